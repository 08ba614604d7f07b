// SPDX-License-Identifier: Apache-2.0
/* Reads a wallet in each line of its input and says what it found: coin, proved or not, address. */
#include <stdio.h>
#include <string.h>

#include "util/span.h"
#include "util/wallet.h"

int main(void)
{
	char line[512];

	while (fgets(line, sizeof(line), stdin)) {
		struct wallet wallet;

		line[strcspn(line, "\n")] = '\0';
		if (wallet_read(span_of(line), &wallet))
			printf("%s %s %.*s\n", wallet.coin, wallet.proved ? "proved" : "shape",
				(int)wallet.text.len, wallet.text.data);
		else
			puts("none");
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* An ordinary program whose text talks of mining: what a compiler and an editor are busy with. */
#include <stdio.h>

/* stratum+tcp://pool.example:3333 --donate-level xmrig */
static const char *const words[] = {"mining.subscribe", "mining.authorize", "keepalived", "login"};

int main(void)
{
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		puts(words[i]);
	return 0;
}

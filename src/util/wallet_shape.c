/* SPDX-License-Identifier: Apache-2.0 */
/* Does a piece of text look like a wallet address? Shape only, no checksum. */
#include "util/wallet_shape.h"

#include <string.h>

#define ADDRESS_LEN 95
#define INTEGRATED_LEN 106
#define COIN_LEN_MAX 8

static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static struct span skip_coin(struct span text)
{
	for (size_t i = 0; i < text.len && i <= COIN_LEN_MAX; i++) {
		if (text.data[i] == ':')
			return (struct span){text.data + i + 1, text.len - i - 1};
		if (text.data[i] < 'A' || text.data[i] > 'Z')
			break;
	}
	return text;
}

struct span wallet_shape(struct span text)
{
	size_t run = 0;

	text = skip_coin(text);
	while (run < text.len && text.data[run] && strchr(base58, text.data[run]))
		run++;
	if (run < text.len && !(text.data[run] && strchr(".+#/:", text.data[run])))
		return (struct span){0};
	if ((run == ADDRESS_LEN && (text.data[0] == '4' || text.data[0] == '8')) ||
		(run == INTEGRATED_LEN && text.data[0] == '4'))
		return (struct span){text.data, run};
	return (struct span){0};
}

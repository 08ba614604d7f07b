// SPDX-License-Identifier: Apache-2.0
/* Feeds any bytes, and addresses made of any bytes, to the reader of wallets. */
/* Parser: src/util/wallet.c src/util/base58.c src/util/bech32.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/base58.h"
#include "util/wallet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = {(const char *)data, len};
	struct wallet wallet, again;

	if (!wallet_read(text, &wallet))
		return 0;
	expect(wallet.text.len >= 14 && wallet.text.len <= 120); /* "bc1sw50qgdz25j" is short */
	expect(wallet.text.data >= text.data);
	expect(wallet.text.data + wallet.text.len <= text.data + text.len);
	/* The address by itself is the same wallet; with a byte less it is none. */
	expect(wallet_read(wallet.text, &again));
	expect(again.text.data == wallet.text.data && again.text.len == wallet.text.len);
	expect(again.coin == wallet.coin && again.proved == wallet.proved);
	wallet.text.len--;
	expect(!wallet_read(wallet.text, &again));
	return 0;
}

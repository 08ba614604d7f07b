/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which wallet a text begins with; random ones are tests/tools/test_wallets.py's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"
#include "util/span.h"
#include "util/wallet.h"
#include "wallet_fixture.h"

/* Published ones: the Monero project's fund, old and new; Bitcoin's first block; BIP 173, 350. */
#define FUND_OLD                                                                                   \
	"44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RV" \
	"G"                                                                                        \
	"QBEP3A"
#define FUND                                                                                       \
	"888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoog" \
	"D"                                                                                        \
	"avup3H"
#define GENESIS "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
#define BIP173 "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define BIP350 "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
#define HEX40 "de0b295669a9fd93d5f28d9ec85e40f4cb697bae"

static const struct {
	const char *name, *text, *coin; /* Ethereum's has no checksum and is never proved */
} addresses[] = {
	{"standard", WALLET, "monero"},
	{"sub-address", WALLET_SUBADDRESS, "monero"},
	{"integrated", WALLET_INTEGRATED, "monero"},
	{"published", FUND_OLD, "monero"},
	{"published sub-address", FUND, "monero"},
	{"wownero",
		"Wo41LbxA3QaHJS4bMek1T8LRaPSUXAymuAiuJBG8dWc86PKAUYZBqxJHJS4bMek1T8LRaPSUXAymuAiuJB"
		"G8d"
		"Wc81H2unNkKe",
		"wownero"},
	{"sumo",
		"Sumoo3W1pKeL9U5JJu67y5HyChVdUofy5HyEQ6KesmvSHyRAaekWn9iL9U5JJu67y5HyChVdUofy5HyEQ6"
		"Ke"
		"smvSHyRAap68ooM",
		"sumo"},
	{"bitcoin", GENESIS, "bitcoin"},
	{"bitcoin, a script's", "3BfXswheUNFfTb6Mdwu1HWGKHfQEoC1KYy", "bitcoin"},
	{"bitcoin, leading zeros", "11117jDft966BgJkJKzR2XMh1xTHrnWiM", "bitcoin"},
	{"litecoin", "LVCUDcX318BLdE65gzDi8ty9MMUoKPBV3y", "litecoin"},
	{"dogecoin", "DF7cVf9rDsqZuRaXFSDyQe4z2GqpWSSZr3", "dogecoin"},
	{"ravencoin", "RKFi2v6VXHjrSRm7z2DXxQEauQa7rn5p6E", "ravencoin"},
	{"bech32", BIP173, "bitcoin"},
	{"bech32m", BIP350, "bitcoin"},
	{"ethereum", "0x" HEX40, "ethereum"},
};

/* With what pools take around it. */
static const struct {
	const char *name, *text, *coin, *address;
} logins[] = {
	{"worker", WALLET ".rig1", "monero", WALLET},
	{"worker of an integrated one", WALLET_INTEGRATED ".rig1", "monero", WALLET_INTEGRATED},
	{"difficulty", WALLET "+5000", "monero", WALLET},
	{"referral", WALLET "#x", "monero", WALLET},
	{"worker with a slash", WALLET "/w", "monero", WALLET},
	{"password", WALLET ":x", "monero", WALLET},
	{"suffix of nothing", WALLET ".", "monero", WALLET},
	{"worker behind bech32", BIP173 ".w", "bitcoin", BIP173},
	{"worker behind ethereum", "0x" HEX40 ".w", "ethereum", "0x" HEX40},
	{"coin", "XMR:" WALLET, "monero", WALLET},
	{"coin and worker", "XMR:" WALLET ".w", "monero", WALLET},
	{"longest coin", "ABCDEFGH:" WALLET, "monero", WALLET},
	{"no coin before the colon", ":" WALLET, "monero", WALLET},
};

static const struct {
	const char *name, *text;
} none[] = {
	{"longer than a coin", "ABCDEFGHI:" WALLET},
	{"small letters", "xmr:" WALLET},
	{"other suffix", WALLET "-x"},
	{"blank behind", WALLET " "},
	{"blank before", " " WALLET},
	{"another checksum", WALLET_OTHER_CHECKSUM},
	{"95 digits", "4" WALLET_KEYS "123456789ABCDEFGH"},
	{"integrated, another checksum", "4FUG9JVRbNx" WALLET_KEYS "9SFMth6Phce6HZMSUs"},
	{"a digit more", WALLET "1"},
	{"a block worth more than eight bytes", "zzzzzzzzzzz" WALLET_KEYS "6hZabxz"},
	{"a last block worth more than its bytes", "45mb8Vfvz7S" WALLET_KEYS "zzzzzzz"},
	{"0 is no digit", "40mb8Vfvz7S" WALLET_KEYS "6hZabxz"},
	{"l is no digit", "4lmb8Vfvz7S" WALLET_KEYS "6hZabxz"},
	{"a payment id behind the standard prefix", "45mb8Vfvz7S" WALLET_KEYS "9SFMth6Phce6FZk167"},
	{"none behind the integrated one", "4FUG9JVRbNx" WALLET_KEYS "6kHWobG"},
	{"test network", WALLET_TESTNET},
	{"stage network", WALLET_STAGENET},
	{"bitcoin, another checksum", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"},
	{"bitcoin, a one more", "1" GENESIS},
	{"bitcoin, test network", "mqVUFTJBjVNY9XsYERCngo7i18iE8WhpVH"},
	{"bech32, test network", "tb1q88888888888888888888888888888888kfpjyz"},
	{"bech32, another checksum", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"},
	{"ethereum, 39", "0xe0b295669a9fd93d5f28d9ec85e40f4cb697bae"},
	{"a hash", "0x" HEX40 "de0b295669a9fd93d5f28d9e"},
	{"40 digits alone", HEX40},
	{"no hexadecimal", "0xge0b295669a9fd93d5f28d9ec85e40f4cb697bae"},
	{"0X", "0X" HEX40},
	{"a digest", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"an e-mail address", "somebody@example.org"},
	{"ones", "1111111111111111111111111"},
	{"nothing", ""},
	{"colon only", "XMR:"},
};

static void expect(const char *name, const char *text, const char *coin, const char *address)
{
	struct wallet wallet = {.coin = "none"};

	if (!wallet_read(span_of(text), &wallet) || strcmp(wallet.coin, coin) != 0)
		fail_msg("%s: %s", name, wallet.coin);
	if (!span_equal(wallet.text, span_of(address)) || wallet.text.data < text ||
		wallet.text.data > text + strlen(text))
		fail_msg("%s: %.*s", name, (int)wallet.text.len, wallet.text.data);
	if (wallet.proved != (strcmp(coin, "ethereum") != 0))
		fail_msg("%s: %s", name, wallet.proved ? "proved" : "not proved");
}

static void found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++)
		expect(addresses[i].name, addresses[i].text, addresses[i].coin, addresses[i].text);
	for (size_t i = 0; i < COUNT(logins); i++)
		expect(logins[i].name, logins[i].text, logins[i].coin, logins[i].address);
}

static void not_found(void **state)
{
	struct wallet wallet = {.coin = "untouched"};

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++)
		if (wallet_read(span_of(none[i].text), &wallet))
			fail_msg("%s: %s", none[i].name, wallet.coin);
	assert_false(wallet_read((struct span){NULL, 0}, &wallet));
	assert_false(wallet_read((struct span){WALLET "\0x", sizeof(WALLET "\0x") - 1}, &wallet));
	assert_string_equal(wallet.coin, "untouched");
}

/* What fell off the end of 512 bytes, or of an argument, is not there to be proved. */
static void cut_off(void **state)
{
	struct wallet wallet;

	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++)
		for (size_t len = 0; len < strlen(addresses[i].text); len++)
			if (wallet_read((struct span){addresses[i].text, len}, &wallet))
				fail_msg("%s: %zu", addresses[i].name, len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(not_found),
		cmocka_unit_test(cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

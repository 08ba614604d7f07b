/* SPDX-License-Identifier: Apache-2.0 */
/* Which coin does a wallet address belong to, and does its checksum prove it? */
#include "util/wallet.h"

#include <sodium.h>
#include <string.h>

#include "util/base58.h"
#include "util/bech32.h"
#include "util/keccak256.h"
#include "util/span.h"

#define COIN_LEN_MAX 8
#define CHECKSUM 4
#define CRYPTONOTE_KEYS 64 /* public spend key and view key */
#define CRYPTONOTE_PAYMENT 8 /* the payment id inside an integrated address */
#define CRYPTONOTE_TAG_MAX 4 /* bytes of a prefix */
#define CRYPTONOTE_MAX (CRYPTONOTE_TAG_MAX + CRYPTONOTE_KEYS + CRYPTONOTE_PAYMENT + CHECKSUM)
#define BASE58CHECK_SIZE 25 /* version, RIPEMD-160, checksum */
#define ETHEREUM_LEN 42

/*
 * Main networks alone: nobody pays for work on a test network (monero src/cryptonote_config.h;
 * the others: xmrig src/base/tools/cryptonote/WalletAddress.cpp).
 */
static const struct {
	uint64_t tag;
	bool integrated;
	const char *coin;
} cryptonote[] = {
	{18, false, "monero"},
	{42, false, "monero"},
	{19, true, "monero"},
	{0x2bb39a, false, "sumo"},
	{0x8319a, false, "sumo"},
	{0x29339a, true, "sumo"},
	{0x2cca, false, "arqma"},
	{0x6847, false, "arqma"},
	{0x116bc7, true, "arqma"},
	{0x1032, false, "wownero"},
	{0x2fb0, false, "wownero"},
	{0x1a9a, true, "wownero"},
	{0x5a, false, "graft"},
	{0x66, false, "graft"},
	{0x5b, true, "graft"},
	{0x424200, false, "townforge"},
	{0x424201, false, "townforge"},
};

/* First byte of the decoded address (each coin's src/chainparams.cpp, main network). */
static const struct {
	uint8_t version;
	const char *coin;
} base58check[] = {
	{0, "bitcoin"},
	{5, "bitcoin"},
	{48, "litecoin"},
	{50, "litecoin"},
	{30, "dogecoin"},
	{22, "dogecoin"},
	{60, "ravencoin"},
	{122, "ravencoin"},
};

static const struct {
	const char *prefix, *coin;
} bech32[] = {
	{"bc", "bitcoin"},
	{"ltc", "litecoin"},
};

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

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The address alone, without what pools take behind it; len 0 where something else follows. */
static struct span skip_suffix(struct span text)
{
	size_t run = 0;

	while (run < text.len && is_alphanumeric(text.data[run]))
		run++;
	if (run < text.len && !memchr(".+#/:", text.data[run], 5))
		return (struct span){0};
	return (struct span){text.data, run};
}

/* Little-endian groups of seven bits. Returns the bytes it took, 0 where there is no end. */
static size_t read_tag(const uint8_t *data, size_t len, uint64_t *ret_tag)
{
	uint64_t tag = 0;

	for (size_t i = 0; i < len && i < CRYPTONOTE_TAG_MAX; i++) {
		tag |= (uint64_t)(data[i] & 0x7f) << (7 * i);
		if (!(data[i] & 0x80)) {
			*ret_tag = tag;
			return i + 1;
		}
	}
	return 0;
}

static const char *read_cryptonote(struct span text)
{
	uint8_t data[CRYPTONOTE_MAX], digest[KECCAK256_SIZE];
	ssize_t len = base58_decode_blocks(text, data, sizeof(data));
	size_t tag_len, body;
	uint64_t tag;

	if (len < CRYPTONOTE_KEYS + CHECKSUM)
		return NULL;
	body = (size_t)len - CHECKSUM;
	tag_len = read_tag(data, body, &tag);
	keccak256(data, body, digest);
	if (!tag_len || memcmp(digest, data + body, CHECKSUM) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(cryptonote) / sizeof(cryptonote[0]); i++) {
		size_t payment = cryptonote[i].integrated ? CRYPTONOTE_PAYMENT : 0;

		if (cryptonote[i].tag == tag && body == tag_len + CRYPTONOTE_KEYS + payment)
			return cryptonote[i].coin;
	}
	return NULL;
}

static const char *read_base58check(struct span text)
{
	uint8_t data[BASE58CHECK_SIZE], digest[crypto_hash_sha256_BYTES];

	if (base58_decode_number(text, data, sizeof(data)))
		return NULL;
	crypto_hash_sha256(digest, data, sizeof(data) - CHECKSUM);
	crypto_hash_sha256(digest, digest, sizeof(digest));
	if (memcmp(digest, data + sizeof(data) - CHECKSUM, CHECKSUM) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(base58check) / sizeof(base58check[0]); i++)
		if (base58check[i].version == data[0])
			return base58check[i].coin;
	return NULL;
}

static const char *read_bech32(struct span text)
{
	for (size_t i = 0; i < sizeof(bech32) / sizeof(bech32[0]); i++)
		if (bech32_holds(text, bech32[i].prefix))
			return bech32[i].coin;
	return NULL;
}

/* The mixed case of EIP-55 is optional and pools do not ask for it: it proves nothing. */
static bool is_ethereum(struct span text)
{
	if (text.len != ETHEREUM_LEN || !span_starts(text, "0x"))
		return false;
	for (size_t i = 2; i < text.len; i++)
		if (!memchr("0123456789abcdefABCDEF", text.data[i], 22))
			return false;
	return true;
}

bool wallet_read(struct span text, struct wallet *ret_wallet)
{
	static const char *(*const proofs[])(struct span text) = {
		read_cryptonote, read_base58check, read_bech32};
	struct span address = skip_suffix(skip_coin(text));

	for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
		const char *coin = proofs[i](address);

		if (coin) {
			*ret_wallet = (struct wallet){address, coin, true};
			return true;
		}
	}
	if (!is_ethereum(address))
		return false;
	*ret_wallet = (struct wallet){address, "ethereum", false};
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which coin does a wallet address belong to, and does its checksum prove it? */
#ifndef MINERWATCH_WALLET_H
#define MINERWATCH_WALLET_H

#include "decode.h"

struct wallet {
	struct span text; /* the address alone, inside what was given */
	const char *coin; /* "monero", ...; static */
	bool proved; /* its own checksum holds; false: by shape alone */
};

/*
 * text: a login, an argument: an address, after an optional "COIN:" and followed by nothing or by a
 * suffix pools take (".worker", "+difficulty", "#referral", "/worker", ":x").
 *
 * Proved, or else none: CryptoNote addresses (Monero's standard, sub- and integrated ones and those
 * of its relatives: base58 in blocks of 8 bytes, the last 4 bytes a Keccak-256 checksum), Bitcoin's
 * and its relatives' (base58 with a double SHA-256 checksum, bech32). Main networks alone.
 * By shape alone: Ethereum's, 0x and 40 hexadecimal digits; what it is said as must tell.
 * *ret_wallet is untouched where there is none. An address cut off is none.
 */
bool wallet_read(struct span text, struct wallet *ret_wallet);

#endif

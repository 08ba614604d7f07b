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
 * suffix pools take (".worker", "+difficulty", "#referral", "/worker", ":x"). Monero: standard,
 * sub- and integrated addresses, base58 in blocks of 8 bytes, the last 4 a Keccak-256 checksum
 * (monero src/common/base58.cpp, src/cryptonote_config.h); one whose checksum fails is none.
 */
bool wallet_read(struct span text, struct wallet *ret_wallet);

#endif

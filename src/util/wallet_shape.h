/* SPDX-License-Identifier: Apache-2.0 */
/* Does a piece of text look like a wallet address? Shape only, no checksum. */
#ifndef MINERWATCH_WALLET_SHAPE_H
#define MINERWATCH_WALLET_SHAPE_H

#include "decode.h"

/*
 * The Monero address text begins with, after an optional "COIN:", and followed by nothing or by one
 * of the suffixes pools take (".worker", "+difficulty", "#referral", "/worker", ":x"). Standard and
 * sub-addresses: 95 base58 characters beginning 4 or 8; integrated: 106 beginning 4
 * (monero src/cryptonote_config.h). len 0: none.
 */
struct span wallet_shape(struct span text);

#endif

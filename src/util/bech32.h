/* SPDX-License-Identifier: Apache-2.0 */
/* Checks bech32, the digits of Bitcoin's newer addresses. */
#ifndef MINERWATCH_BECH32_H
#define MINERWATCH_BECH32_H

#include "decode.h"

/*
 * Does text, whose part before the last '1' is prefix, carry a checksum that holds: bech32 for
 * witness version 0 (BIP 173), bech32m for later ones (BIP 350)? All in small letters or all in
 * capitals.
 */
bool bech32_holds(struct span text, const char *prefix);

#endif

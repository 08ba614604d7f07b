/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes base58, the digits of most wallet addresses. */
#ifndef MINERWATCH_BASE58_H
#define MINERWATCH_BASE58_H

#include <stdint.h>
#include <sys/types.h>

#include "decode.h"

/*
 * CryptoNote: blocks of 11 digits for 8 bytes, the last one shorter (monero
 * src/common/base58.cpp). Returns the bytes written, or -EINVAL: another digit, a length no bytes
 * give, a block worth more than its bytes hold, or more than size bytes.
 */
ssize_t base58_decode_blocks(struct span text, uint8_t *buffer, size_t size);

/* Bitcoin: one big-endian number of exactly size bytes, a '1' for each leading zero byte. 0 or
 * -EINVAL. */
int base58_decode_number(struct span text, uint8_t *buffer, size_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Keccak-256 as CryptoNote coins use it: the checksum of their addresses. */
#ifndef MINERWATCH_KECCAK256_H
#define MINERWATCH_KECCAK256_H

#include <stddef.h>
#include <stdint.h>

#define KECCAK256_SIZE 32

/*
 * The Keccak submission of 2011 with capacity 512: padding 0x01, not SHA-3's 0x06 (FIPS 202), so
 * that no library at hand has it. Meant for the 69 to 80 bytes of an address, not for speed.
 */
void keccak256(const uint8_t *data, size_t len, uint8_t ret_digest[KECCAK256_SIZE]);

#endif

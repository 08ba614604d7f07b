/* SPDX-License-Identifier: Apache-2.0 */
/* Keccak-256 as CryptoNote coins use it: the checksum of their addresses. */
#include "util/keccak256.h"

#include <string.h>

#define LANES 25
#define ROUNDS 24
#define RATE 136 /* bytes absorbed at a time: 1600 - 2 * 256 bits */

static uint64_t rotate(uint64_t lane, unsigned by)
{
	return lane << (by & 63) | lane >> (-by & 63);
}

/* Each lane takes in the parity of the column before it and of the one behind. */
static void mix_columns(uint64_t state[LANES])
{
	uint64_t parity[5];

	for (unsigned x = 0; x < 5; x++)
		parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
	for (unsigned i = 0; i < LANES; i++)
		state[i] ^= parity[(i + 4) % 5] ^ rotate(parity[(i + 1) % 5], 1);
}

/* The walk of the specification: lane (x, y) goes to (y, 2x + 3y), rotated by triangle numbers. */
static void rotate_and_move(uint64_t state[LANES])
{
	uint64_t carried = state[1];
	unsigned x = 1, y = 0;

	for (unsigned t = 0; t < LANES - 1; t++) {
		unsigned next = (2 * x + 3 * y) % 5;
		uint64_t displaced;

		x = y;
		y = next;
		displaced = state[x + 5 * y];
		state[x + 5 * y] = rotate(carried, (t + 1) * (t + 2) / 2);
		carried = displaced;
	}
}

static void mix_rows(uint64_t state[LANES])
{
	for (unsigned row = 0; row < LANES; row += 5) {
		uint64_t lanes[5];

		memcpy(lanes, state + row, sizeof(lanes));
		for (unsigned x = 0; x < 5; x++)
			state[row + x] ^= ~lanes[(x + 1) % 5] & lanes[(x + 2) % 5];
	}
}

/* The next round constant's bits come from a linear feedback register: x^8 + x^6 + x^5 + x^4 + 1.
 */
static uint64_t next_constant(uint8_t *feedback)
{
	uint64_t constant = 0;

	for (unsigned j = 0; j < 7; j++) {
		if (*feedback & 1)
			constant |= UINT64_C(1) << ((1U << j) - 1);
		*feedback = (uint8_t)(*feedback << 1 ^ (*feedback & 0x80 ? 0x71 : 0));
	}
	return constant;
}

static void permute(uint64_t state[LANES])
{
	uint8_t feedback = 1;

	for (unsigned round = 0; round < ROUNDS; round++) {
		mix_columns(state);
		rotate_and_move(state);
		mix_rows(state);
		state[0] ^= next_constant(&feedback);
	}
}

/* Lanes are little-endian whatever the machine is. */
static void absorb_byte(uint64_t state[LANES], size_t at, uint8_t byte)
{
	state[at / 8] ^= (uint64_t)byte << (at % 8 * 8);
}

void keccak256(const uint8_t *data, size_t len, uint8_t ret_digest[KECCAK256_SIZE])
{
	uint64_t state[LANES] = {0};
	size_t at = 0;

	for (size_t i = 0; i < len; i++) {
		absorb_byte(state, at++, data[i]);
		if (at == RATE) {
			permute(state);
			at = 0;
		}
	}
	absorb_byte(state, at, 0x01);
	absorb_byte(state, RATE - 1, 0x80);
	permute(state);
	for (size_t i = 0; i < KECCAK256_SIZE; i++)
		ret_digest[i] = (uint8_t)(state[i / 8] >> (i % 8 * 8));
}

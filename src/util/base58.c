/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes base58, the digits of most wallet addresses. */
#include "util/base58.h"

#include <errno.h>
#include <string.h>

#define BLOCK_DIGITS 11
#define BLOCK_BYTES 8

static const char digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* Bytes that so many digits stand for; 0: no number of bytes gives so many digits. */
static const uint8_t block_bytes[BLOCK_DIGITS + 1] = {0, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8};

static int value_of(char digit)
{
	const char *found = memchr(digits, digit, sizeof(digits) - 1);

	return found ? (int)(found - digits) : -1;
}

static int decode_block(const char *block, size_t len, uint8_t *buffer)
{
	size_t size = block_bytes[len];
	uint64_t number = 0;

	if (size == 0)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		int value = value_of(block[i]);

		if (value < 0 || __builtin_mul_overflow(number, 58, &number) ||
			__builtin_add_overflow(number, (uint64_t)value, &number))
			return -EINVAL;
	}
	if (size < BLOCK_BYTES && number >> (8 * size))
		return -EINVAL;
	for (size_t i = 0; i < size; i++)
		buffer[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
	return 0;
}

ssize_t base58_decode_blocks(struct span text, uint8_t *buffer, size_t size)
{
	size_t used = 0;

	for (size_t at = 0; at < text.len; at += BLOCK_DIGITS) {
		size_t len = text.len - at < BLOCK_DIGITS ? text.len - at : BLOCK_DIGITS;

		if (block_bytes[len] > size - used ||
			decode_block(text.data + at, len, buffer + used))
			return -EINVAL;
		used += block_bytes[len];
	}
	return (ssize_t)used;
}

/* buffer = buffer * 58 + value; false where it does not fit. */
static bool append_digit(uint8_t *buffer, size_t size, int value)
{
	unsigned carry = (unsigned)value;

	for (size_t i = size; i > 0; i--) {
		carry += buffer[i - 1] * 58U;
		buffer[i - 1] = (uint8_t)carry;
		carry >>= 8;
	}
	return carry == 0;
}

int base58_decode_number(struct span text, uint8_t *buffer, size_t size)
{
	size_t ones = 0, zeros = 0;

	memset(buffer, 0, size);
	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.data[i]);

		if (value < 0 || !append_digit(buffer, size, value))
			return -EINVAL;
	}
	while (ones < text.len && text.data[ones] == '1')
		ones++;
	while (zeros < size && buffer[zeros] == 0)
		zeros++;
	return ones == zeros ? 0 : -EINVAL;
}

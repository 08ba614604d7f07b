/* SPDX-License-Identifier: Apache-2.0 */
/* Checks bech32, the digits of Bitcoin's newer addresses. */
#include "util/bech32.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define CHECKSUM_DIGITS 6
#define TEXT_MAX 90 /* BIP 173 */
#define BECH32 1
#define BECH32M 0x2bc830a3

static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t next_remainder(uint32_t remainder, unsigned value)
{
	static const uint32_t generator[5] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = remainder >> 25;

	remainder = (remainder & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		if (top >> i & 1)
			remainder ^= generator[i];
	return remainder;
}

static bool is_mixed(struct span text)
{
	bool small = false, capital = false;

	for (size_t i = 0; i < text.len; i++) {
		small |= text.data[i] >= 'a' && text.data[i] <= 'z';
		capital |= text.data[i] >= 'A' && text.data[i] <= 'Z';
	}
	return small && capital;
}

static int value_of(char digit)
{
	char small = digit >= 'A' && digit <= 'Z' ? (char)(digit | 0x20) : digit;
	const char *found = memchr(digits, small, sizeof(digits) - 1);

	return found ? (int)(found - digits) : -1;
}

bool bech32_holds(struct span text, const char *prefix)
{
	size_t len = strlen(prefix);
	uint32_t remainder = 1;
	int version;

	if (text.len > TEXT_MAX || text.len < len + 2 + CHECKSUM_DIGITS ||
		strncasecmp(text.data, prefix, len) != 0 || text.data[len] != '1' || is_mixed(text))
		return false;
	for (size_t i = 0; i < len; i++)
		remainder = next_remainder(remainder, (unsigned char)prefix[i] >> 5);
	remainder = next_remainder(remainder, 0);
	for (size_t i = 0; i < len; i++)
		remainder = next_remainder(remainder, prefix[i] & 0x1f);
	for (size_t i = len + 1; i < text.len; i++) {
		int value = value_of(text.data[i]);

		if (value < 0)
			return false;
		remainder = next_remainder(remainder, (unsigned)value);
	}
	version = value_of(text.data[len + 1]);
	return remainder == (version == 0 ? BECH32 : BECH32M);
}

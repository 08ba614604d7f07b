// SPDX-License-Identifier: Apache-2.0
/* Tells well-formed UTF-8 (RFC 3629) from other bytes. */
#include "util/utf8.h"

/*
 * One row a kind of first byte. The bounds of the second byte keep out overlong forms, surrogates
 * and code points above U+10FFFF (RFC 3629, section 4).
 */
static const struct {
	uint8_t first_low, first_high;
	uint8_t second_low, second_high;
	uint8_t len;
	uint8_t first_bits; /* of the code point, in the first byte */
} sequences[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f},
	{0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f},
	{0xe1, 0xec, 0x80, 0xbf, 3, 0x0f},
	{0xed, 0xed, 0x80, 0x9f, 3, 0x0f},
	{0xee, 0xef, 0x80, 0xbf, 3, 0x0f},
	{0xf0, 0xf0, 0x90, 0xbf, 4, 0x07},
	{0xf1, 0xf3, 0x80, 0xbf, 4, 0x07},
	{0xf4, 0xf4, 0x80, 0x8f, 4, 0x07},
};

#define SEQUENCES (sizeof(sequences) / sizeof(sequences[0]))

/* The row of the sequence that bytes may begin, by as many of its first two bytes as are there. */
static size_t find_row(const uint8_t *bytes, size_t len)
{
	size_t row;

	for (row = 0; row < SEQUENCES; row++)
		if (bytes[0] >= sequences[row].first_low && bytes[0] <= sequences[row].first_high)
			break;
	if (row < SEQUENCES && len > 1 &&
		(bytes[1] < sequences[row].second_low || bytes[1] > sequences[row].second_high))
		row = SEQUENCES;
	return row;
}

static bool is_continuation(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

size_t utf8_decode(struct span text, uint32_t *ret_code)
{
	const uint8_t *bytes = (const uint8_t *)text.data;
	uint32_t code;
	size_t row, i;

	if (text.len == 0)
		return 0;
	if (bytes[0] < 0x80) {
		*ret_code = bytes[0];
		return 1;
	}
	row = find_row(bytes, text.len);
	if (row == SEQUENCES || text.len < sequences[row].len)
		return 0;
	code = bytes[0] & sequences[row].first_bits;
	for (i = 1; i < sequences[row].len; i++) {
		if (!is_continuation(bytes[i]))
			return 0;
		code = code << 6 | (bytes[i] & 0x3f);
	}
	*ret_code = code;
	return sequences[row].len;
}

static struct span rest_of(struct span text, size_t at)
{
	return (struct span){text.data + at, text.len - at};
}

bool utf8_valid(struct span text)
{
	uint32_t code;
	size_t at, len;

	for (at = 0; at < text.len; at += len) {
		len = utf8_decode(rest_of(text, at), &code);
		if (len == 0)
			return false;
	}
	return true;
}

struct span utf8_cut(struct span text, size_t max)
{
	uint32_t code;
	size_t at = 0, len;

	if (text.len <= max)
		return text;
	for (;;) {
		len = utf8_decode(rest_of(text, at), &code);
		if (len == 0)
			len = 1;
		if (len > max - at)
			break;
		at += len;
	}
	return (struct span){text.data, at};
}

struct span utf8_whole(struct span text)
{
	const uint8_t *bytes = (const uint8_t *)text.data;
	size_t tail = 0, row;

	while (tail < 3 && tail < text.len && is_continuation(bytes[text.len - 1 - tail]))
		tail++;
	tail++; /* the byte that begins it */
	if (tail > text.len)
		return text;
	row = find_row(bytes + text.len - tail, tail);
	if (row < SEQUENCES && tail < sequences[row].len)
		text.len -= tail;
	return text;
}

bool utf8_unsafe(uint32_t code)
{
	static const struct {
		uint32_t low, high;
	} ranges[] = {
		{0x0000, 0x001f},
		{0x007f, 0x009f},
		{0x061c, 0x061c},
		{0x200e, 0x200f},
		{0x2028, 0x202e},
		{0x2066, 0x2069},
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].low && code <= ranges[i].high)
			return true;
	return false;
}

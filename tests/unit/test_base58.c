/* SPDX-License-Identifier: Apache-2.0 */
/* Tests both ways of reading base58. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"
#include "util/base58.h"
#include "util/span.h"

/* monero tests/unit_tests/base58.cpp has the same limits; size SIZE_MAX: refused. */
static const struct {
	const char *text, *bytes;
	size_t size;
} blocks[] = {
	{"", "", 0},
	{"1", "", SIZE_MAX},
	{"11", "\0", 1},
	{"5Q", "\xff", 1},
	{"5R", "", SIZE_MAX}, /* 256 */
	{"111", "\0\0", 2},
	{"LUv", "\xff\xff", 2},
	{"LUw", "", SIZE_MAX},
	{"1111", "", SIZE_MAX},
	{"11111111", "", SIZE_MAX},
	{"11111111111", "\0\0\0\0\0\0\0\0", 8},
	{"jpXCZedGfVQ", "\xff\xff\xff\xff\xff\xff\xff\xff", 8},
	{"jpXCZedGfVR", "", SIZE_MAX}, /* 2^64 */
	{"zzzzzzzzzzz", "", SIZE_MAX},
	{"jpXCZedGfVQ5Q", "\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9},
	{"jpXCZedGfVQjpXCZedGfVQ", "", SIZE_MAX}, /* 16 bytes do not fit */
	{"5O", "", SIZE_MAX},
};

static void decodes_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(blocks); i++) {
		uint8_t got[9];
		ssize_t len = base58_decode_blocks(span_of(blocks[i].text), got, sizeof(got));

		if (blocks[i].size == SIZE_MAX ? len >= 0 : len != (ssize_t)blocks[i].size)
			fail_msg("%s: %zd", blocks[i].text, len);
		if (len > 0)
			assert_memory_equal(got, blocks[i].bytes, (size_t)len);
	}
}

static const struct {
	const char *text, *bytes;
	size_t size;
	int err;
} numbers[] = {
	{"1", "\0", 1, 0},
	{"2", "\1", 1, 0},
	{"5Q", "\xff", 1, 0},
	{"5R", "", 1, -1},
	{"5R", "\1\0", 2, 0},
	{"15Q", "\0\xff", 2, 0},
	{"5Q", "", 2, -1}, /* one byte too few */
	{"115Q", "", 2, -1}, /* a '1' too many */
	{"", "", 1, -1},
	{"5l", "", 1, -1},
};

static void decodes_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		uint8_t got[2];
		int err = base58_decode_number(span_of(numbers[i].text), got, numbers[i].size);

		if ((err < 0) != (numbers[i].err < 0))
			fail_msg("%s: %d", numbers[i].text, err);
		if (err == 0)
			assert_memory_equal(got, numbers[i].bytes, numbers[i].size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_blocks),
		cmocka_unit_test(decodes_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

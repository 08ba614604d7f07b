/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which bytes count as UTF-8, where they may be cut, and which code points are unsafe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "util/span.h"
#include "util/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* len 0: no sequence. The bounds are those of RFC 3629, section 4. */
static const struct {
	const char *name, *input;
	size_t len;
	uint32_t code;
} sequences[] = {
	{"ascii", "a", 1, 'a'},
	{"delete", "\x7f", 1, 0x7f},
	{"lone continuation", "\x80", 0, 0},
	{"overlong 2", "\xc0\xaf", 0, 0},
	{"overlong 2, highest", "\xc1\xbf", 0, 0},
	{"first of 2", "\xc2\x80", 2, 0x80},
	{"last of 2", "\xdf\xbf", 2, 0x7ff},
	{"bad second of 2", "\xc3(", 0, 0},
	{"overlong 3", "\xe0\x9f\xbf", 0, 0},
	{"first of 3", "\xe0\xa0\x80", 3, 0x800},
	{"before surrogates", "\xed\x9f\xbf", 3, 0xd7ff},
	{"first surrogate", "\xed\xa0\x80", 0, 0},
	{"last surrogate", "\xed\xbf\xbf", 0, 0},
	{"after surrogates", "\xee\x80\x80", 3, 0xe000},
	{"last of 3", "\xef\xbf\xbf", 3, 0xffff},
	{"bad third of 3", "\xe2\x82(", 0, 0},
	{"unfinished 3", "\xe2\x82", 0, 0},
	{"overlong 4", "\xf0\x8f\xbf\xbf", 0, 0},
	{"first of 4", "\xf0\x90\x80\x80", 4, 0x10000},
	{"last of all", "\xf4\x8f\xbf\xbf", 4, 0x10ffff},
	{"beyond Unicode", "\xf4\x90\x80\x80", 0, 0},
	{"unfinished 4", "\xf0\x90\x80", 0, 0},
	{"five bytes", "\xf8\x88\x80\x80\x80", 0, 0},
	{"ff", "\xff", 0, 0},
	{"empty", "", 0, 0},
};

static void test_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sequences); i++) {
		uint32_t code = 0;
		size_t len = utf8_decode(span_of(sequences[i].input), &code);

		if (len != sequences[i].len || code != sequences[i].code)
			fail_msg("%s: %zu bytes, U+%04X", sequences[i].name, len, (unsigned)code);
	}
}

static void test_valid(void **state)
{
	(void)state;
	assert_true(utf8_valid((struct span){NULL, 0}));
	assert_true(utf8_valid((struct span){"a\0b", 3}));
	assert_true(utf8_valid(span_of("h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80")));
	assert_false(utf8_valid(span_of("ok\xff")));
	assert_false(utf8_valid(span_of("ok\xe2\x82")));
}

static const struct {
	const char *name, *input;
	size_t max, len;
} cuts[] = {
	{"fits", "abc", 3, 3},
	{"ascii", "abcd", 3, 3},
	{"nothing", "abc", 0, 0},
	{"before a 2", "ab\xc3\xa9", 3, 2},
	{"after a 2", "ab\xc3\xa9z", 4, 4},
	{"inside a 4", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 7, 4},
	{"invalid bytes are single", "\xe2\x82\xe2\x82", 3, 3},
	{"all invalid", "\xff\xff\xff\xff", 3, 3},
};

static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cuts); i++) {
		struct span kept = utf8_cut(span_of(cuts[i].input), cuts[i].max);

		if (kept.len != cuts[i].len)
			fail_msg("%s: %zu bytes", cuts[i].name, kept.len);
	}
}

static const struct {
	const char *name, *input;
	size_t len;
} wholes[] = {
	{"whole", "ab\xc3\xa9", 4},
	{"empty", "", 0},
	{"1 of 2", "ab\xc3", 2},
	{"1 of 3", "ab\xe2", 2},
	{"2 of 3", "ab\xe2\x82", 2},
	{"3 of 4", "\xf0\x9f\x98", 0},
	{"no beginning: second byte forbidden", "a\xed\xa0", 3},
	{"no beginning: continuations alone", "a\x80\x80", 3},
	{"no beginning: never a first byte", "a\xff", 2},
	{"all continuations", "\x80\x80\x80\x80\x80", 5},
};

static void test_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wholes); i++) {
		struct span kept = utf8_whole(span_of(wholes[i].input));

		if (kept.len != wholes[i].len)
			fail_msg("%s: %zu bytes", wholes[i].name, kept.len);
	}
	assert_int_equal(utf8_whole((struct span){NULL, 0}).len, 0);
}

/* First and last of each range, and their neighbours. */
static const struct {
	uint32_t code;
	bool unsafe;
} codes[] = {
	{0x00, true},
	{'\n', true},
	{0x1b, true},
	{0x1f, true},
	{' ', false},
	{'~', false},
	{0x7f, true},
	{0x80, true},
	{0x9f, true},
	{0xa0, false},
	{0x61b, false},
	{0x61c, true}, /* Arabic letter mark */
	{0x61d, false},
	{0x200d, false},
	{0x200e, true},
	{0x200f, true},
	{0x2010, false},
	{0x2027, false},
	{0x2028, true},
	{0x2029, true},
	{0x202a, true},
	{0x202e, true}, /* right-to-left override */
	{0x202f, false},
	{0x2065, false},
	{0x2066, true},
	{0x2069, true},
	{0x206a, false},
	{0xfffd, false},
	{0x10202e, false},
};

static void test_unsafe(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++)
		if (utf8_unsafe(codes[i].code) != codes[i].unsafe)
			fail_msg("U+%04X", (unsigned)codes[i].code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_unsafe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Unit test of src/examiner/pattern_search.c: all patterns found, wherever the pieces are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "examiner/pattern_search.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
#define LONG_64 "0123456789ghijkl0123456789ghijkl0123456789ghijkl0123456789ghijk!"

static const struct rules_pattern patterns[] = {
	{TEXT("alpha"), TEXT("abcdef"), PATTERN_MEDIUM, NULL, 0},
	{TEXT("beta"), TEXT("abcdxyz"), PATTERN_STRONG, NULL, 0}, /* begins like alpha */
	{TEXT("gamma"), TEXT(LONG_64), PATTERN_MEDIUM, NULL, 0},
	{TEXT("nuls"), TEXT("\0\0\0\0\1\0"), PATTERN_STRONG, NULL, 0},
};

/* Names found, '|' between them. */
static const char *found(const struct pattern_search *search)
{
	static char names[CONTENT_PATTERNS_MAX + 1];
	size_t len = pattern_search_names(search, names);

	for (size_t i = 0; i + 1 < len; i++)
		if (!names[i])
			names[i] = '|';
	names[len] = '\0';
	return names;
}

static void found_in_one_piece(void **state)
{
	static const struct {
		const char *name;
		struct span bytes;
		const char *found;
	} rows[] = {
		{"nothing", TEXT("a text of no interest"), ""},
		{"empty", TEXT(""), ""},
		{"shorter than any", TEXT("abc"), ""},
		{"the whole", TEXT("abcdef"), "alpha"},
		{"at the end", TEXT("xxabcdef"), "alpha"},
		{"cut off", TEXT("xxabcde"), ""},
		{"two with one beginning, strong first", TEXT("abcdefabcdxyz"), "beta|alpha"},
		{"overlapping itself", TEXT("ababcdefab"), "alpha"},
		{"twice is once", TEXT("abcdef abcdef"), "alpha"},
		{"the longest", TEXT("x" LONG_64), "gamma"},
		{"its last byte is another",
			TEXT("0123456789ghijkl0123456789ghijkl0123456789ghijkl"
			     "0123456789ghijk?"),
			""},
		{"with NULs", TEXT("\0\0\0\0\0\1\0"), "nuls"},
	};
	struct pattern_search *search = pattern_search_new(patterns, COUNT(patterns));

	(void)state;
	assert_non_null(search);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *copy = malloc(rows[i].bytes.len + 1); /* a sanitizer sees what is beyond */

		assert_non_null(copy);
		print_message("%s\n", rows[i].name);
		memcpy(copy, rows[i].bytes.data, rows[i].bytes.len);
		pattern_search_reset(search);
		pattern_search_push(search, copy, rows[i].bytes.len);
		assert_string_equal(found(search), rows[i].found);
		free(copy);
	}
	pattern_search_free(search);
}

/* Pieces of every size, so that each pattern is cut at each of its bytes. */
static void found_over_every_border(void **state)
{
	static const char text[] = "........abcdef" LONG_64 "...abcdxyz\0\0\0\0\1\0......";
	struct pattern_search *search = pattern_search_new(patterns, COUNT(patterns));

	(void)state;
	assert_non_null(search);
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		pattern_search_reset(search);
		for (size_t at = 0; at < sizeof(text); at += piece)
			pattern_search_push(search, text + at,
				sizeof(text) - at < piece ? sizeof(text) - at : piece);
		assert_string_equal(found(search), "beta|nuls|alpha|gamma");
	}
	pattern_search_free(search);
}

static void not_found_over_a_cut(void **state)
{
	struct pattern_search *search = pattern_search_new(patterns, COUNT(patterns));

	(void)state;
	assert_non_null(search);
	pattern_search_push(search, "abc", 3);
	pattern_search_cut(search);
	pattern_search_push(search, "def", 3);
	assert_string_equal(found(search), "");
	pattern_search_push(search, "abcdef", 6);
	pattern_search_cut(search); /* what was found stays */
	assert_string_equal(found(search), "alpha");
	pattern_search_reset(search);
	assert_string_equal(found(search), "");
	pattern_search_free(search);
}

static void names_are_bounded(void **state)
{
	static char names[100][49], bytes[100][9];
	struct rules_pattern many[100];
	struct pattern_search *search;
	char got[CONTENT_PATTERNS_MAX];
	size_t len;

	(void)state;
	for (unsigned i = 0; i < COUNT(many); i++) {
		snprintf(names[i], sizeof(names[i]), "%048u", i);
		snprintf(bytes[i], sizeof(bytes[i]), "%08u", i);
		many[i] = (struct rules_pattern){
			.name = {names[i], 48},
			.bytes = {bytes[i], 8},
			.strength = i == 99 ? PATTERN_STRONG : PATTERN_MEDIUM,
		};
	}
	search = pattern_search_new(many, COUNT(many));
	assert_non_null(search);
	for (unsigned i = 0; i < COUNT(many); i++)
		pattern_search_push(search, bytes[i], 8);
	len = pattern_search_names(search, got);
	assert_int_equal(len, CONTENT_PATTERNS_MAX / 49 * 49);
	assert_int_equal(got[len - 1], '\0');
	assert_string_equal(got, names[99]); /* the strong one is not among those left out */
	pattern_search_free(search);
	search = pattern_search_new(NULL, 0);
	assert_non_null(search);
	pattern_search_push(search, "abcdef", 6);
	assert_int_equal(pattern_search_names(search, got), 0);
	pattern_search_free(search);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_in_one_piece),
		cmocka_unit_test(found_over_every_border),
		cmocka_unit_test(not_found_over_a_cut),
		cmocka_unit_test(names_are_bounded),
	};

	pattern_search_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the small questions about bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"
#include "util/span.h"

static struct span bytes(const char *text, size_t len)
{
	return (struct span){text, len};
}

static void compares(void **state)
{
	(void)state;
	assert_true(span_equal(bytes(NULL, 0), span_of("")));
	assert_true(span_equal(span_of("ab"), bytes("abc", 2)));
	assert_false(span_equal(span_of("ab"), span_of("abc")));
	assert_false(span_equal(span_of("abd"), span_of("abc")));
	assert_true(span_equal(bytes("a\0b", 3), bytes("a\0b", 3)));
	assert_false(span_equal(bytes("a\0b", 3), bytes("a\0c", 3)));
	assert_true(span_starts(span_of("abc"), "ab"));
	assert_true(span_starts(bytes(NULL, 0), ""));
	assert_false(span_starts(bytes("abc", 1), "ab"));
	assert_false(span_starts(span_of("bab"), "ab"));
}

static void base_names(void **state)
{
	static const struct {
		const char *path, *name;
	} rows[] = {{"/usr/bin/x", "x"}, {"x", "x"}, {"", ""}, {"/", ""}, {"a/", ""}, {"//b", "b"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(
			span_equal(span_basename(span_of(rows[i].path)), span_of(rows[i].name)));
	assert_int_equal(span_basename(bytes(NULL, 0)).len, 0);
}

static void arguments(void **state)
{
	static const struct {
		const char *name, *args;
		size_t len;
		unsigned count;
		const char *last;
	} rows[] = {
		{"none", "", 0, 0, NULL},
		{"one", "a", 2, 1, "a"},
		{"two", "a\0bc", 5, 2, "bc"},
		{"cut", "a\0bc", 4, 2, "bc"},
		{"empty ones", "\0\0\0", 3, 3, ""},
		{"empty in between", "a\0\0b", 5, 3, "b"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span args = bytes(rows[i].args, rows[i].len), argument;
		unsigned count = 0;

		while (span_next_argument(&args, &argument))
			count++;
		assert_int_equal(count, rows[i].count);
		if (count)
			assert_true(span_equal(argument, span_of(rows[i].last)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares),
		cmocka_unit_test(base_names),
		cmocka_unit_test(arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_patterns.c: rows, their escapes, their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <string.h>

#include "rules_fixture.h"
#include "util/span.h"

static void test_rows(void **state)
{
	static const struct {
		const char *name;
		enum pattern_strength strength;
		struct span bytes;
	} expected[] = {
		{"a", PATTERN_STRONG, {"two words", 9}},
		{"b-2", PATTERN_MEDIUM, {"\x00\xff\x12\x34\x56\x78", 6}},
		{"slash", PATTERN_STRONG, {"back\\slash", 10}},
		{"upper", PATTERN_MEDIUM, {"abc\xef\xab\xcd", 6}},
	};
	const struct rules_pattern *patterns;
	struct rules *rules;
	size_t count;

	(void)state;
	directory_text(
		"patterns.list", "slash strong back\\\\slash\nb-2 medium hex:00fF12345678\n");
	directory_text("patterns.add.list", "a strong two\\x20words | me\nupper medium "
					    "abc\\xEF\\xAB\\xcD\nslash strong back\\\\slash\n");
	rules = directory_load_sound();
	patterns = rules_patterns(rules, &count);
	assert_int_equal(count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_string_equal(patterns[i].name.data, expected[i].name);
		assert_int_equal(patterns[i].strength, expected[i].strength);
		assert_true(span_equal(patterns[i].bytes, expected[i].bytes));
		assert_int_equal(rules_pattern_strength(rules, span_of(expected[i].name)),
			expected[i].strength);
	}
	assert_int_equal(rules_pattern_strength(rules, SPAN("b")), PATTERN_NONE);
	assert_int_equal(rules_pattern_strength(rules, SPAN("b-22")), PATTERN_NONE);
	assert_int_equal(rules_pattern_strength(rules, SPAN("")), PATTERN_NONE);
	rules_free(rules);
}

static void test_refused(void **state)
{
	static const struct refusal rows[] = {
		{"patterns.add.list", "a strong\n",
			"patterns.add.list:1: not NAME strong|medium|randomx"},
		{"patterns.add.list", "A strong abcdef\n", "patterns.add.list:1: not a name"},
		{"patterns.add.list", "a weak abcdef\n",
			"patterns.add.list:1: not strong, medium or randomx"},
		{"patterns.add.list", "a strong abcde\n", "patterns.add.list:1: not 6 to 64 bytes"},
		{"patterns.add.list", "a strong abcdef\\n\n", "patterns.add.list:1: not 6 to 64"},
		{"patterns.add.list", "a strong abcdef\\x2\n", "patterns.add.list:1: not 6 to 64"},
		{"patterns.add.list", "a strong hex:0011223344g5\n",
			"patterns.add.list:1: not 6 to 64"},
		{"patterns.add.list", "a strong hex:00112233445\n",
			"patterns.add.list:1: not 6 to 64"},
		{"patterns.add.list",
			"a strong 0123456789012345678901234567890123456789012345678901234567890123"
			"4\n",
			"patterns.add.list:1: not 6 to 64"},
		{"patterns.add.list", "a strong abcdef\na strong abcdeg\n",
			"patterns.add.list:2: a is another pattern in line 1 of patterns.add.list"},
		{"patterns.add.list", "#\na strong abcdef\na medium abcdef\n",
			"patterns.add.list:3: a is another pattern in line 2"},
		{"patterns.add.list", "donate-host strong abcdef\n",
			"patterns.add.list:1: donate-host is another pattern in line "},
	};

	(void)state;
	assert_rows_refused(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_rows),
		IN_DIRECTORY(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

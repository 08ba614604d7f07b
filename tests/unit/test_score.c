/* SPDX-License-Identifier: Apache-2.0 */
/* Tests decay, combination and thresholds, also where numbers are largest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "core_fixture.h"
#include "score.h"

#define PPM(thousandths) ((thousandths)*1000u)

static void decays(void **state)
{
	static const struct {
		const char *name;
		struct score_part part;
		uint64_t now_ns;
		uint32_t expected;
	} rows[] = {
		{"lowered", {0, 800000, 100, 0, 250000}, SECONDS(1000000), 600000},
		{"lowered to nothing", {0, 800000, 100, 0, 1000000}, SECONDS(1000000), 0},
		{"lowered, and a half", {0, 800000, 100, SECONDS(7), 500000}, SECONDS(107), 200000},
		{"alive", {0, 800000, 100, 0, 0}, SECONDS(1000000), 800000},
		{"no half-life", {0, 800000, 0, 5, 0}, UINT64_MAX, 800000},
		{"at its end", {0, 800000, 100, SECONDS(7), 0}, SECONDS(7), 800000},
		{"before its end", {0, 800000, 100, SECONDS(7), 0}, SECONDS(6), 800000},
		{"a quarter", {0, 800000, 100, SECONDS(7), 0}, SECONDS(32), 700000},
		{"a half", {0, 800000, 100, SECONDS(7), 0}, SECONDS(57), 600000},
		{"just before one", {0, 800000, 100, SECONDS(7), 0}, SECONDS(107) - 1, 400004},
		{"one", {0, 800000, 100, SECONDS(7), 0}, SECONDS(107), 400000},
		{"one and a half", {0, 800000, 100, SECONDS(7), 0}, SECONDS(157), 300000},
		{"two", {0, 800000, 100, SECONDS(7), 0}, SECONDS(207), 200000},
		{"nineteen", {0, 1000000, 1, 1, 0}, SECONDS(19) + 1, 1},
		{"thirty-one", {0, 1000000, 1, 1, 0}, SECONDS(31) + 1, 0},
		{"thirty-two", {0, 1000000, 1, 1, 0}, SECONDS(32) + 1, 0},
		{"sixty-four", {0, 1000000, 1, 1, 0}, SECONDS(64) + 1, 0},
		{"longest half-life", {0, 1000000, UINT32_MAX, 1, 0}, UINT64_C(1) << 62, 481565},
		{"all at its largest", {0, 1000000, UINT32_MAX, 1, 0}, UINT64_MAX, 53283},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t got = score_decay(&rows[i].part, rows[i].now_ns);

		if (got != rows[i].expected)
			fail_msg("%s: %u", rows[i].name, got);
	}
}

static void combines(void **state)
{
	static const struct {
		const char *name;
		struct score_part parts[4];
		unsigned count, expected;
	} rows[] = {
		{"nothing", {{0}}, 0, 0},
		{"one", {{0, PPM(850), 0, 0, 0}}, 1, 85},
		{"certain", {{0, PPM(1000), 0, 0, 0}, {1, PPM(10), 0, 0, 0}}, 2, 100},
		{"two groups", {{0, PPM(650), 0, 0, 0}, {1, PPM(400), 0, 0, 0}}, 2, 79},
		{"other way round", {{1, PPM(400), 0, 0, 0}, {0, PPM(650), 0, 0, 0}}, 2, 79},
		{"a group counts once", {{3, PPM(300), 0, 0, 0}, {3, PPM(300), 0, 0, 0}}, 2, 30},
		{"its strongest first", {{3, PPM(300), 0, 0, 0}, {3, PPM(200), 0, 0, 0}}, 2, 30},
		{"its strongest last", {{3, PPM(200), 0, 0, 0}, {3, PPM(300), 0, 0, 0}}, 2, 30},
		{"a half exactly", {{0, PPM(500), 0, 0, 0}}, 1, 50},
		{"just below", {{0, 499999, 0, 0, 0}}, 1, 49},
		{"below by the product", {{0, 292893, 0, 0, 0}, {1, 292893, 0, 0, 0}}, 2, 49},
		{"three halves",
			{{0, PPM(500), 0, 0, 0}, {1, PPM(500), 0, 0, 0}, {2, PPM(500), 0, 0, 0}}, 3,
			87},
		{"last group", {{31, PPM(500), 0, 0, 0}}, 1, 50},
		{"no such group", {{32, PPM(500), 0, 0, 0}}, 1, 0},
		{"faded", {{0, PPM(800), 100, 1, 0}}, 1, 40},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned got = score_combine(rows[i].parts, rows[i].count, SECONDS(100) + 1);

		if (got != rows[i].expected)
			fail_msg("%s: %u", rows[i].name, got);
	}
}

static void severities(void **state)
{
	static const struct {
		unsigned score;
		enum severity severity;
		const char *name;
	} rows[] = {
		{0, SEVERITY_NONE, "none"},
		{49, SEVERITY_NONE, "none"},
		{50, SEVERITY_MEDIUM, "medium"},
		{69, SEVERITY_MEDIUM, "medium"},
		{70, SEVERITY_HIGH, "high"},
		{89, SEVERITY_HIGH, "high"},
		{90, SEVERITY_CRITICAL, "critical"},
		{100, SEVERITY_CRITICAL, "critical"},
	};
	struct rules *rules;

	(void)state;
	assert_int_equal(rules_load(NULL, stderr, &rules), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(score_severity(rules, rows[i].score), rows[i].severity);
		assert_string_equal(severity_name(rows[i].severity), rows[i].name);
		assert_int_equal(severity_number(rows[i].name), rows[i].severity);
	}
	assert_int_equal(severity_number("High"), SEVERITY_NONE);
	assert_int_equal(severity_number(""), SEVERITY_NONE);
	rules_free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decays),
		cmocka_unit_test(combines),
		cmocka_unit_test(severities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests event time as text, against known moments and against the C library's calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/rfc3339.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define S INT64_C(1000000000)

static const struct {
	const char *name;
	uint64_t boot_ns;
	int64_t offset_ns;
	const char *expected;
} rows[] = {
	{"epoch", 0, 0, "1970-01-01T00:00:00.000000000Z"},
	{"last nanosecond of a second", 999999999, 0, "1970-01-01T00:00:00.999999999Z"},
	{"nanoseconds carry", 999999999, 1, "1970-01-01T00:00:01.000000000Z"},
	{"nanoseconds borrow", 0, -1, "1969-12-31T23:59:59.999999999Z"},
	{"whole second before the epoch", 0, -1 * S, "1969-12-31T23:59:59.000000000Z"},
	{"clock not set", 5 * S + 7, -3 * S, "1970-01-01T00:00:02.000000007Z"},
	{"leap day", 0, 951782400 * S, "2000-02-29T00:00:00.000000000Z"},
	{"after the leap day", 0, 951868800 * S, "2000-03-01T00:00:00.000000000Z"},
	{"2100 is no leap year", 0, INT64_C(4107542400) * S, "2100-03-01T00:00:00.000000000Z"},
	{"end of a year", 123456789, 1798761599 * S, "2026-12-31T23:59:59.123456789Z"},
	{"earliest", 0, INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
	{"latest", UINT64_MAX, INT64_MAX, "2846-10-30T23:21:50.564327422Z"},
	{"both ends", UINT64_MAX, INT64_MIN, "2262-04-11T23:47:16.854775807Z"},
};

static void test_moments(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[RFC3339_SIZE];

		rfc3339_format(rows[i].boot_ns, rows[i].offset_ns, text);
		if (strcmp(text, rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].name, text);
	}
}

/* Every 11th day from 1690 to 2250, each at another time of day. */
static void test_calendar(void **state)
{
	(void)state;
	for (int64_t day = -102000; day < 102000; day += 11) {
		time_t seconds = day * 86400 + (day * 7919 % 86400 + 86400) % 86400;
		char text[RFC3339_SIZE], expected[RFC3339_SIZE + 1];
		struct tm tm;

		assert_non_null(gmtime_r(&seconds, &tm));
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000000042Z", &tm);
		rfc3339_format(42, seconds * S, text);
		assert_string_equal(text, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_calendar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

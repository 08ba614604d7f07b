/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reader of the times that runtimes write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "examiner/created_time.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *text;
	uint64_t expected;
} rows[] = {
	{"2026-11-22T01:00:00Z", 1795309200000000000},
	{"2026-11-22T01:00:00.5Z", 1795309200500000000},
	{"2026-11-22T01:00:00.123456789Z", 1795309200123456789},
	{"2026-11-22T01:00:00.123456789987Z", 1795309200123456789},
	{"2026-11-22T03:30:00+02:30", 1795309200000000000},
	{"2026-11-21T20:00:00.25-05:00", 1795309200250000000},
	{"2026-11-22T01:00:00.Z", 1795309200000000000},
	{"2024-02-29T00:00:00Z", 1709164800000000000},
	{"1970-01-01T00:00:01Z", 1000000000},
	{"1970-01-01T00:00:00+00:01", 0},
	{"1969-12-31T23:59:59Z", 0},
	{"0001-01-01T00:00:00Z", 0}, /* Go's zero time */
	{"2262-01-01T00:00:00Z", 0},
	{"2026-11-22T01:00:00", 0},
	{"2026-11-22T01:00:00z", 0},
	{"2026-11-22T01:00:00Zx", 0},
	{"2026-11-22T01:00:00+2", 0},
	{"2026-11-22T01:00:00+02:30x", 0},
	{"2026-11-22T01:00:00+24:00", 0},
	{"2026-11-22T01:00:00+00:60", 0},
	{"2026-11-22T01:00:00*02:30", 0},
	{"2026-11-22 01:00:00Z", 0},
	{"2026-11-22", 0},
	{"", 0},
};

static void test_times(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (created_time(rows[i].text) != rows[i].expected)
			print_message("%s\n", rows[i].text);
		assert_int_equal(created_time(rows[i].text), rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_times)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

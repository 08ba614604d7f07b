/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what 30 seconds of samples sum up to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"
#include "state/rounding_window.h"

struct sample {
	unsigned second, mode;
	uint64_t demand_ms;
};

static void sums(void **state)
{
	static const struct {
		const char *name;
		struct sample samples[6]; /* ends with demand 0 */
		unsigned now;
		struct rounding_sum expected;
	} rows[] = {
		{"nothing", {{0}}, 100, {0}},
		{"one", {{100, 1, 20}}, 100, {1, 0, 1, 1, 20}},
		{"three modes", {{100, 1, 20}, {101, 2, 20}, {102, 3, 20}}, 102, {3, 0, 3, 3, 60}},
		{"the same mode again", {{100, 2, 20}, {101, 2, 20}, {101, 2, 20}}, 101,
			{3, 0, 1, 2, 60}},
		{"to nearest supports and no more", {{100, 0, 20}, {101, 2, 20}}, 103,
			{1, 1, 1, 3, 40}},
		{"29 s later", {{100, 1, 20}}, 129, {1, 0, 1, 30, 20}},
		{"30 s later", {{100, 1, 20}}, 130, {0}},
		{"the old leave", {{100, 1, 20}, {129, 2, 10}}, 130, {1, 0, 1, 2, 10}},
		{"a second used again", {{100, 1, 20}, {130, 2, 10}}, 130, {1, 0, 1, 1, 10}},
		{"after a long gap", {{100, 1, 20}, {101, 3, 20}, {999, 2, 10}}, 999,
			{1, 0, 1, 1, 10}},
		{"at boot", {{0, 1, 20}, {3, 2, 10}}, 5, {2, 0, 2, 6, 30}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rounding_window window = {0};
		struct rounding_sum sum;

		for (const struct sample *at = rows[i].samples; at->demand_ms; at++)
			rounding_window_add(
				&window, SECONDS(at->second), at->mode, at->demand_ms * 1000000);
		rounding_window_sum(&window, SECONDS(rows[i].now), &sum);
		if (memcmp(&sum, &rows[i].expected, sizeof(sum)) != 0)
			fail_msg("%s: %u samples, %u supporting, %u modes, %u s, %u ms",
				rows[i].name, sum.samples, sum.supporting, sum.modes, sum.span_s,
				(unsigned)sum.demand_ms);
	}
}

static void demand_without_a_sample(void **state)
{
	struct rounding_window window = {0};
	struct rounding_sum sum;

	(void)state;
	rounding_window_add(&window, SECONDS(10), 1, 1000000);
	rounding_window_run(&window, SECONDS(12), 7000000);
	rounding_window_sum(&window, SECONDS(12), &sum);
	assert_int_equal(sum.samples, 1);
	assert_int_equal(sum.demand_ms, 8);
}

static void the_largest_numbers(void **state)
{
	struct rounding_window window = {0};
	struct rounding_sum sum;

	(void)state;
	for (unsigned i = 0; i < 70000; i++)
		rounding_window_add(&window, UINT64_MAX, 3, UINT64_MAX);
	rounding_window_sum(&window, UINT64_MAX, &sum);
	assert_int_equal(sum.samples, UINT16_MAX);
	assert_int_equal(sum.demand_ms, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums),
		cmocka_unit_test(demand_without_a_sample),
		cmocka_unit_test(the_largest_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

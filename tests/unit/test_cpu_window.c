/* SPDX-License-Identifier: Apache-2.0 */
/* Tests demand over windows, and what a burst makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "core_fixture.h"
#include "state/cpu_window.h"

#define MS(n) ((uint64_t)(n)*1000000)

static struct cpu_window *window;
static uint64_t now_ns;

static int make(void **state)
{
	(void)state;
	window = cpu_window_new();
	now_ns = SECONDS(5000) + MS(300);
	return window ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	free(window);
	return 0;
}

static void use(unsigned seconds, uint64_t run_ms, uint64_t wait_ms)
{
	for (unsigned i = 0; i < seconds; i++) {
		now_ns += SECONDS(1);
		if (run_ms || wait_ms)
			cpu_window_add(window, now_ns, MS(run_ms), MS(wait_ms));
	}
}

static uint32_t demand(unsigned seconds)
{
	return cpu_window_demand(window, now_ns, seconds);
}

static void nothing_before_it_was_watched(void **state)
{
	(void)state;
	assert_int_equal(demand(10), 0);
	use(1, 1000, 0);
	now_ns += SECONDS(10) - 1;
	assert_int_equal(demand(10), 0);
	now_ns += 1;
	assert_int_equal(demand(10), 100);
	assert_int_equal(demand(0), 0);
	assert_int_equal(demand(CPU_WINDOW_LONG_S + 1), 0);
}

static void averages(void **state)
{
	static const struct {
		const char *name;
		unsigned seconds;
		uint64_t run_ms, wait_ms;
		unsigned window_s;
		uint32_t expected;
	} rows[] = {
		{"one CPU, 10 s", 12, 1000, 0, 10, 1000},
		{"one CPU, 30 s", 32, 1000, 0, 30, 1000},
		{"one CPU, 64 s", 66, 1000, 0, 64, 1000},
		{"one CPU, 10 min", 640, 1000, 0, 600, 1000},
		{"longest", 1840, 1000, 0, 1800, 1000},
		{"ran little, waited much", 12, 200, 800, 10, 1000},
		{"half", 12, 500, 0, 10, 500},
		{"four CPUs", 12, 4000, 0, 10, 4000},
		{"sixty-four CPUs, 10 min", 640, 64000, 0, 600, 64000},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		drop(state);
		make(state);
		use(rows[i].seconds, rows[i].run_ms, rows[i].wait_ms);
		if (demand(rows[i].window_s) != rows[i].expected)
			fail_msg("%s: %u", rows[i].name, demand(rows[i].window_s));
	}
}

static void old_use_leaves_the_window(void **state)
{
	(void)state;
	use(70, 1000, 0);
	use(3, 0, 0);
	assert_in_range(demand(10), 700, 800);
	use(20, 0, 0);
	assert_int_equal(demand(10), 0);
	assert_in_range(demand(64), 600, 700);
	use(100, 0, 0);
	assert_int_equal(demand(64), 0);
	use(2, 1000, 0); /* the ring went round: nothing of before is left in it */
	assert_in_range(demand(64), 15, 32);
	use(2000, 0, 0);
	use(1, 1, 0);
	assert_int_equal(demand(1800), 0);
}

static void a_burst_leaves_parts_idle(void **state)
{
	(void)state;
	use(10, 10, 0);
	use(4, 8000, 0);
	assert_in_range(demand(10), 900, 4000);
	assert_in_range(cpu_window_least(window, now_ns, 10), 0, 100);
	use(12, 1000, 0);
	assert_int_equal(cpu_window_least(window, now_ns, 10), 1000);
	use(2, 0, 0); /* the newest part is idle, the oldest busy */
	assert_in_range(cpu_window_least(window, now_ns, 10), 0, 500);
	use(620, 10, 0);
	use(60, 64000, 0);
	assert_in_range(demand(600), 900, 64000);
	assert_in_range(cpu_window_least(window, now_ns, 600), 0, 100);
	assert_int_equal(cpu_window_least(window, now_ns, 4), 0); /* no whole bucket a part */
	assert_int_equal(cpu_window_least(window, now_ns, 0), 0);
}

static void the_largest_numbers(void **state)
{
	(void)state;
	cpu_window_add(window, now_ns, UINT64_MAX, UINT64_MAX);
	cpu_window_add(window, now_ns, UINT64_MAX, 0);
	now_ns += SECONDS(11);
	assert_int_equal(demand(10), 0); /* left the window's ten whole seconds */
	cpu_window_add(window, now_ns, UINT64_MAX, 0);
	now_ns += SECONDS(2);
	assert_int_equal(demand(10), UINT32_MAX / 10000);
	cpu_window_add(window, UINT64_MAX, 1, 1);
	cpu_window_demand(window, UINT64_MAX, 10);
	cpu_window_add(window, 0, 1, 1);
	cpu_window_demand(window, 0, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_before_it_was_watched, make, drop),
		cmocka_unit_test_setup_teardown(averages, make, drop),
		cmocka_unit_test_setup_teardown(old_use_leaves_the_window, make, drop),
		cmocka_unit_test_setup_teardown(a_burst_leaves_parts_idle, make, drop),
		cmocka_unit_test_setup_teardown(the_largest_numbers, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

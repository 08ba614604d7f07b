/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which lines are kept until they have arrived. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "unacknowledged.h"
#include "util/span.h"

static uint64_t add(struct unacknowledged *lines, unsigned number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u\n", number);
	return unacknowledged_add(lines, span_of(text));
}

static void assert_kept(const struct unacknowledged *lines, unsigned from, unsigned to)
{
	char text[16];

	assert_int_equal(lines->count, to + 1 - from);
	for (unsigned i = 0; i < lines->count; i++) {
		snprintf(text, sizeof(text), "%u\n", from + i);
		assert_true(span_equal(lines->lines[i], span_of(text)));
	}
}

static void until_they_have_arrived(void **state)
{
	struct unacknowledged lines = {0};

	(void)state;
	for (unsigned i = 1; i <= 5; i++)
		assert_int_equal(add(&lines, i), i);
	assert_kept(&lines, 1, 5);
	unacknowledged_up_to(&lines, 0);
	assert_kept(&lines, 1, 5);
	unacknowledged_up_to(&lines, 3);
	assert_kept(&lines, 4, 5);
	unacknowledged_up_to(&lines, 2); /* said late */
	assert_kept(&lines, 4, 5);
	add(&lines, 6);
	unacknowledged_up_to(&lines, 6);
	assert_int_equal(lines.count, 0);
	assert_int_equal(add(&lines, 7), 7);
	assert_kept(&lines, 7, 7);
	unacknowledged_done(&lines);
}

static void the_oldest_goes(void **state)
{
	struct unacknowledged lines = {0};

	(void)state;
	for (unsigned i = 1; i <= UNACKNOWLEDGED_MAX + 3; i++)
		add(&lines, i);
	assert_kept(&lines, 4, UNACKNOWLEDGED_MAX + 3);
	assert_int_equal(lines.forgotten, 3);
	unacknowledged_up_to(&lines, 4);
	assert_kept(&lines, 5, UNACKNOWLEDGED_MAX + 3);
	unacknowledged_done(&lines);
	assert_int_equal(lines.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(until_they_have_arrived),
		cmocka_unit_test(the_oldest_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that two uses of a session id are told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/session_table.h"

static void counts_members(void **state)
{
	struct session_table table = {0};

	(void)state;
	assert_int_equal(session_join(&table, 0, 5), 0);
	session_leave(&table, 0);
	session_leave(&table, 9); /* never joined */
	assert_int_equal(session_join(&table, 7, 100), 100);
	assert_int_equal(session_join(&table, 7, 200), 100);
	assert_int_equal(session_join(&table, 8, 300), 300);
	session_leave(&table, 7);
	assert_int_equal(session_join(&table, 7, 400), 100); /* one member is left */
	session_leave(&table, 7);
	session_leave(&table, 7);
	assert_int_equal(session_join(&table, 7, 500), 500);
	session_table_done(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(counts_members)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

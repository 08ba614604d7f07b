/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the bound of the table of connections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/connection_table.h"

static void made_once(void **state)
{
	struct connection_table *table = connection_table_new();
	struct connection *first;

	(void)state;
	assert_null(connection_find(table, 7));
	first = connection_get(table, 7, 10);
	assert_int_equal(first->socket, 7);
	assert_int_equal(first->first_ns, 10);
	assert_ptr_equal(connection_get(table, 7, 20), first);
	assert_int_equal(first->first_ns, 10);
	assert_ptr_equal(connection_find(table, 7), first);
	assert_ptr_not_equal(connection_get(table, 8, 20), first);
	connection_table_free(table);
	connection_table_free(NULL);
}

static void the_longest_unused_goes(void **state)
{
	struct connection_table *table = connection_table_new();

	(void)state;
	for (uint64_t socket = 1; socket <= CONNECTION_MAX; socket++)
		connection_get(table, socket, socket);
	connection_find(table, 2); /* a look is no use of it */
	connection_get(table, 1, CONNECTION_MAX + 1);
	connection_get(table, CONNECTION_MAX + 1, CONNECTION_MAX + 2);
	assert_non_null(connection_find(table, 1));
	assert_null(connection_find(table, 2));
	assert_non_null(connection_find(table, 3));
	assert_non_null(connection_find(table, CONNECTION_MAX + 1));
	connection_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_once),
		cmocka_unit_test(the_longest_unused_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

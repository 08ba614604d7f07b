/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the list of processes whose sockets are to be looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sources/sockets.h"

static void once_each_in_order(void **state)
{
	struct sockets sockets = {0};
	uint32_t pids[SCANNED_MAX];

	(void)state;
	assert_int_equal(sockets_take(&sockets, pids), 0);
	sockets_request(&sockets, 7);
	sockets_request(&sockets, 9);
	sockets_request(&sockets, 7);
	assert_int_equal(sockets_take(&sockets, pids), 2);
	assert_int_equal(pids[0], 7);
	assert_int_equal(pids[1], 9);
	assert_int_equal(sockets_take(&sockets, pids), 0);
	sockets_request(&sockets, 7);
	assert_int_equal(sockets_take(&sockets, pids), 1);
	assert_int_equal(sockets.refused, 0);
}

static void full(void **state)
{
	struct sockets sockets = {0};
	uint32_t pids[SCANNED_MAX];

	(void)state;
	for (uint32_t pid = 1; pid <= SCANNED_MAX + 3; pid++)
		sockets_request(&sockets, pid);
	sockets_request(&sockets, 1); /* is in it: not refused */
	assert_int_equal(sockets.refused, 3);
	assert_int_equal(sockets_take(&sockets, pids), SCANNED_MAX);
	assert_int_equal(pids[SCANNED_MAX - 1], SCANNED_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(once_each_in_order),
		cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

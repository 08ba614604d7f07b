// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_pools.c: which rows of its two lists are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include "rules_fixture.h"

static void test_rows_refused(void **state)
{
	static const struct refusal rows[] = {
		{"pools.add.list", "10.0.0.256\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.1/8\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.0/33\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "0.0.0.0/0:3333\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "::/0\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.1:0\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.1:65536\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.1:\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "[10.0.0.1]:3333\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "[::1\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "[::1]3333\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "com\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "*.example.com\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "a..example\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", ".example.com\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "1.2.3.4.5\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "stratum+tcp://pool.example:3333\n",
			"pools.add.list:1: not HOST nor ADDRESS"},
	};

	(void)state;
	assert_rows_refused(rows, COUNT(rows));
}

static void test_donate_rows_refused(void **state)
{
	static const struct refusal rows[] = {
		{"donate_hosts.add.list", "192.0.2.7\n", "donate_hosts.add.list:1: not HOST"},
		{"donate_hosts.add.list", "a.example:3333\n", "donate_hosts.add.list:1: not HOST"},
		{"donate_hosts.add.list", "com\n", "donate_hosts.add.list:1: not HOST"},
		{"donate_hosts.add.list", "a.example b.example\n",
			"donate_hosts.add.list:1: not HOST"},
	};

	(void)state;
	assert_rows_refused(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_rows_refused),
		IN_DIRECTORY(test_donate_rows_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

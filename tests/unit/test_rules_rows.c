// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_rows.c: which rows of the other lists are refused. */
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
		{"names.add.list", "ok\na/b\n", "names.add.list:2: not a file name"},
		{"names.add.list", "ok-*\nminer*\n", "names.add.list:2: a * that does not end"},
		{"names.add.list", "mi-*er\n", "names.add.list:1: a * that does not end"},
		{"names.add.list", "*\n", "names.add.list:1: a * that does not end"},
		{"names.add.list", "two words\n", "names.add.list:1: 2 fields instead of 1"},
		{"options.add.list", "--x strong\n", "options.add.list:1: 2 fields instead of 3"},
		{"options.add.list", "--x huge none\n",
			"options.add.list:1: not generic, weak, medium or strong: huge"},
		{"options.add.list", "--x strong two\n",
			"options.add.list:1: not none, required, optional, endpoint or login: two"},
		{"options.add.list", "--x=y strong none\n",
			"options.add.list:1: not an option: --x=y"},
		{"options.add.list", "x strong none\n", "options.add.list:1: not an option"},
		{"options.add.list", "-- strong none\n", "options.add.list:1: not an option"},
		{"options.add.list", "---x strong none\n", "options.add.list:1: not an option"},
		{"options.add.list", "\n-o strong required\n",
			"options.add.list:2: -o contradicts line"},
		{"options.add.list", "-o generic none\n",
			"options.add.list:1: -o contradicts line"},
		{"options.add.list", "-Z generic none\n-Z medium none\n",
			"options.add.list:2: -Z contradicts line 1 of options.add.list"},
		{"schemes.add.list", "Stratum://\n", "schemes.add.list:1: not a scheme"},
		{"schemes.add.list", "://\n", "schemes.add.list:1: not a scheme"},
		{"schemes.add.list", "stratum:/\n", "schemes.add.list:1: not a scheme"},
		{"schemes.add.list", "stratum://x\n", "schemes.add.list:1: not a scheme"},
		{"schemes.add.list", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa://\n",
			"schemes.add.list:1: not a scheme"},
		{"ports.add.list", "0\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "65536\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "-1\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "5-4\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "5-\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "0x50\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "18446744073709551617\n", "ports.add.list:1: not a port"},
	};

	(void)state;
	assert_rows_refused(rows, COUNT(rows));
}

static void test_port_ranges(void **state)
{
	static const struct {
		const char *text;
		unsigned low, high;
	} rows[] = {
		{"1", 1, 1},
		{"63-64", 63, 64},
		{"64-127", 64, 127},
		{"1-65535", 1, 65535},
		{"130-1000", 130, 1000},
		{"65535", 65535, 65535},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rules *rules;

		directory_text("ports.list", rows[i].text);
		rules = directory_load_sound();
		for (unsigned port = 0; port <= UINT16_MAX; port++)
			assert_int_equal(rules_port(rules, (uint16_t)port),
				port >= rows[i].low && port <= rows[i].high);
		rules_free(rules);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_rows_refused),
		IN_DIRECTORY(test_port_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

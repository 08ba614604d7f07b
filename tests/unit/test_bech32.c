/* SPDX-License-Identifier: Apache-2.0 */
/* Tests bech32 with the vectors of BIP 173 and BIP 350. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"
#include "util/bech32.h"
#include "util/span.h"

static const struct {
	const char *name, *text;
	bool holds;
} rows[] = {
	{"version 0", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", true},
	{"capitals", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", true},
	{"version 1", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", true},
	{"version 16", "BC1SW50QGDZ25J", true},
	{"version 1 with bech32", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
		false},
	{"version 0 with bech32m", "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq54mell",
		false},
	{"mixed case", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4", false},
	{"another prefix", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", false},
	{"no separator", "bcqw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", false},
	{"b is no digit", "bc1bw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", false},
	{"no data", "bc1gmk9yu", false},
	{"longer than 90",
		"bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
		"qqqq"
		"qqqqqq",
		false},
	{"nothing", "", false},
};

static void checksums(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (bech32_holds(span_of(rows[i].text), "bc") != rows[i].holds)
			fail_msg("%s", rows[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(checksums)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what has the shape of a Monero address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"
#include "util/span.h"
#include "util/wallet_shape.h"

#define FIFTY "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqr"
#define BODY93 FIFTY "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghij"
#define BODY94 BODY93 "k"
#define BODY105 BODY94 "123456789AB"

static const struct {
	const char *name, *text;
	size_t skip, len; /* of what is found; len 0: nothing */
} rows[] = {
	{"standard", "4" BODY94, 0, 95},
	{"sub-address", "8" BODY94, 0, 95},
	{"integrated", "4" BODY105, 0, 106},
	{"integrated sub-address: there is none", "8" BODY105, 0, 0},
	{"94", "4" BODY93, 0, 0},
	{"96", "4" BODY94 "1", 0, 0},
	{"105", "4" BODY94 "123456789A", 0, 0},
	{"107", "4" BODY105 "1", 0, 0},
	{"begins with 5", "5" BODY94, 0, 0},
	{"worker", "4" BODY94 ".rig1", 0, 95},
	{"worker of an integrated one", "4" BODY105 ".rig1", 0, 106},
	{"difficulty", "4" BODY94 "+5000", 0, 95},
	{"referral", "4" BODY94 "#x", 0, 95},
	{"worker with a slash", "4" BODY94 "/w", 0, 95},
	{"password", "4" BODY94 ":x", 0, 95},
	{"suffix of nothing", "4" BODY94 ".", 0, 95},
	{"other suffix", "4" BODY94 "-x", 0, 0},
	{"blank behind", "4" BODY94 " ", 0, 0},
	{"0 is no base58", "40" BODY93, 0, 0},
	{"l is no base58", "4l" BODY93, 0, 0},
	{"coin", "XMR:4" BODY94, 4, 95},
	{"coin and worker", "XMR:4" BODY94 ".w", 4, 95},
	{"longest coin", "ABCDEFGH:4" BODY94, 9, 95},
	{"longer than a coin", "ABCDEFGHI:4" BODY94, 0, 0},
	{"small letters", "xmr:4" BODY94, 0, 0},
	{"no coin before the colon", ":4" BODY94, 1, 95},
	{"nothing", "", 0, 0},
	{"colon only", "XMR:", 0, 0},
};

static void shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span found = wallet_shape(span_of(rows[i].text));

		if (found.len != rows[i].len ||
			(found.len && found.data != rows[i].text + rows[i].skip))
			fail_msg("%s: %zu", rows[i].name, found.len);
	}
	assert_int_equal(wallet_shape((struct span){"4" BODY94, 94}).len, 0);
	assert_int_equal(wallet_shape((struct span){"4" BODY94 "\0x", 97}).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shapes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which ids may become a part of a path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "examiner/container_id.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEX64 "5694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c2"

static const struct {
	const char *id;
	bool safe;
} rows[] = {
	{HEX64, true},
	{"a", true},
	{"Z9", true},
	{"a.b-c_d", true},
	{HEX64 "012345678901", true}, /* 76 */
	{HEX64 "0123456789012", false},
	{"", false},
	{".", false},
	{"..", false},
	{"a..b", false},
	{"a.-b", false},
	{"-a", false},
	{".a", false},
	{"a.", false},
	{"a_", false},
	{"a/b", false},
	{"../a", false},
	{"a/../b", false},
	{"a b", false},
	{"a\nb", false},
	{"a+b", false},
	{"\xc3\xa4", false},
	{"/", false},
	{"/etc/shadow", false},
	{"../../../../etc/shadow", false},
	{"..\\..\\etc", false},
	{"./a", false},
	{"a/.", false},
	{"a/", false},
	{"a//b", false},
	{"...", false},
	{"a...b", false},
	{"%2e%2e%2f", false},
	{"a%00b", false},
	{"~root", false},
	{"$HOME", false},
	{"`id`", false},
	{"a;b", false},
	{"a|b", false},
	{"a*", false},
	{"a?b", false},
	{"[a]", false},
	{"{a,b}", false},
	{"a:b", false},
	{"a@b", false},
	{"\x1b[2J", false},
	{"a\tb", false},
	{"a\x7f", false},
	{"\xff\xfe", false},
};

static void test_ids(void **state)
{
	unsigned hostile = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (container_id_is_safe(rows[i].id) != rows[i].safe)
			print_message("%s\n", rows[i].id);
		assert_int_equal(container_id_is_safe(rows[i].id), rows[i].safe);
		hostile += !rows[i].safe;
	}
	assert_true(hostile >= 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_ids)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

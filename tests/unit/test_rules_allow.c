// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_allow.c: whom a row covers, until when, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules_fixture.h"
#include "util/span.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DAY_NS UINT64_C(86400000000000)

static const uint8_t a[32] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45,
	0x67, 0x89, 0xab, 0xcd, 0xef};
static const uint8_t other[32] = {1};

static void test_covers(void **state)
{
	static const struct {
		const char *row;
		const uint8_t *sha256;
		const char *image, *exe, *cgroup_path;
		bool covered;
	} rows[] = {
		{"digest " A " silence", a, "", "", "", true},
		{"digest " A " silence", other, "", "", "", false},
		{"digest " A " silence", NULL, "", "", "", false},
		{"image own.example/p2pool * silence", a, "own.example/p2pool:1", "/p2pool", "",
			true},
		{"image own.example/p2pool:1 * silence", a, "own.example/p2pool:2", "/x", "",
			false},
		{"image own.example/p2pool /p2pool silence", a, "own.example/p2pool:1", "/p2pool",
			"", true},
		{"image own.example/p2pool /p2pool silence", a, "own.example/p2pool:1",
			"/tmp/p2pool", "", false},
		{"image own.example/p2pool * silence", a, "", "/p2pool", "", false},
		{"cgroup /system.slice/p2pool.service silence", a, "", "",
			"/system.slice/p2pool.service", true},
		{"cgroup /system.slice/p2pool.service silence", a, "", "",
			"/system.slice/p2pool.service/sub", true},
		{"cgroup /system.slice/p2pool.service silence", a, "", "",
			"/system.slice/p2pool.service2", false},
		{"cgroup /system.slice/p2pool.service silence", a, "", "", "/system.slice", false},
		{"cgroup /system.slice/p2pool.service silence", a, "", "", "", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct allow_facts facts = {rows[i].sha256, span_of(rows[i].image),
			span_of(rows[i].exe), span_of(rows[i].cgroup_path)};
		char text[256];
		struct rules *rules;
		size_t index = 99;

		snprintf(text, sizeof(text), "%s | our own\n", rows[i].row);
		print_message("%s", text);
		directory_text("allow.add.list", text);
		rules = directory_load_sound();
		assert_int_equal(rules_allow_count(rules), 1);
		assert_int_equal(rules_allowed(rules, &facts, 1, &index) != NULL, rows[i].covered);
		assert_int_equal(index, rows[i].covered ? 0 : 99);
		rules_free(rules);
	}
}

static void test_effects(void **state)
{
	const struct allow_facts facts = {.sha256 = a, .cgroup_path = SPAN("/p2pool")};
	const struct rules_allow *row;
	struct rules *rules;
	size_t index;

	(void)state;
	directory_text("allow.add.list",
		"digest " A
		" lower=0.25 until=1970-01-02 | first\ncgroup /p2pool silence | second # x\n");
	rules = directory_load_sound();
	row = rules_allowed(rules, &facts, 2 * DAY_NS - 1, &index);
	assert_non_null(row);
	assert_int_equal(index, 0);
	assert_int_equal(row->effect, ALLOW_LOWER);
	assert_int_equal(row->factor_ppm, 250000);
	assert_int_equal(row->until_ns, 2 * DAY_NS);
	assert_string_equal(row->reason, "first");
	/* Its last day is over. */
	row = rules_allowed(rules, &facts, 2 * DAY_NS, &index);
	assert_non_null(row);
	assert_int_equal(index, 1);
	assert_int_equal(row->effect, ALLOW_SILENCE);
	assert_int_equal(row->factor_ppm, 0);
	assert_int_equal(row->line, 2);
	assert_ptr_equal(row, rules_allow_row(rules, 1));
	rules_free(rules);
}

static void test_remarks(void **state)
{
	struct rules *rules;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	directory_text("digests.add.list", A "\n");
	directory_text("allow.add.list",
		"cgroup /a silence until=2024-02-29 | one\ncgroup /b silence | two\n"
		"digest " A " silence | three\n");
	rules = directory_load_sound();
	rules_allow_remark(rules, UINT64_C(1709251199999999999), out); /* 2024-02-29T23:59:59 */
	fflush(out);
	assert_null(strstr(text, "list:1"));
	rules_allow_remark(rules, UINT64_C(1709251200000000000), out);
	fclose(out);
	assert_non_null(strstr(text, "allow.add.list:1: its time is over"));
	assert_null(strstr(text, "list:2"));
	assert_non_null(strstr(text, "allow.add.list:3: digests.add.list lists this digest"));
	free(text);
	rules_free(rules);
}

/* A running sensor asks from one second to the next. */
static void test_over(void **state)
{
	static const struct {
		uint64_t since_ns, wall_ns;
		bool told;
	} rows[] = {
		{1, 2 * DAY_NS - 1, false},
		{2 * DAY_NS - 1, 2 * DAY_NS, true},
		{2 * DAY_NS, 2 * DAY_NS + 1, false},
		{1, 3 * DAY_NS, true},
	};
	struct rules *rules;

	(void)state;
	directory_text("allow.list", "\ncgroup /a silence until=1970-01-02 | one\n"
				     "cgroup /b silence | two\n");
	rules = directory_load_sound();
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		rules_allow_over(rules, rows[i].since_ns, rows[i].wall_ns, out);
		fclose(out);
		assert_string_equal(text,
			rows[i].told ? "allow.list:2: its time is over, it allows nothing any "
				       "more\n"
				     : "");
		free(text);
	}
	rules_free(rules);
}

static void test_of_no_effect(void **state)
{
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"digest " A " silence | x\ncgroup /a silence | y\ndigest " A " lower=0.5 | z\n",
			"allow.add.list:3: has no effect, line 1 of allow.add.list goes first\n"},
		{"cgroup /a silence until=2037-01-02 | x\ncgroup /a lower=0.5 | y\n", ""},
		{"cgroup /a silence until=2037-01-02 | x\n"
		 "cgroup /a lower=0.5 until=2037-01-02 | y\n",
			"allow.add.list:2: has no effect, line 1 of allow.add.list goes first\n"},
		{"cgroup /a silence | x\ncgroup /a/b silence | y\ncgroup /b silence | z\n", ""},
		{"image a * silence | x\nimage a /a silence | y\nimage b * silence | z\n", ""},
		{"image a /a silence | x\nimage docker.io/library/a /a lower=0.1 | y\n",
			"allow.add.list:2: has no effect, line 1 of allow.add.list goes first\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rules *rules;
		char *text;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		directory_text("allow.add.list", rows[i].text);
		rules = directory_load_sound();
		rules_allow_remark(rules, 1, out);
		fclose(out);
		assert_string_equal(text, rows[i].told);
		rules_free(rules);
		free(text);
	}
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"digest " A " | no effect",
		"digest abc silence | no digest",
		"digest " A " silence 2026-01-01 | no until",
		"digest " A " silence until=2026-02-29 | no such day",
		"digest " A " silence until=2026-13-01 | no such month",
		"digest " A " silence until=26-01-01 | short",
		"digest " A " silence until=2026-01-01 more | too much",
		"digest " A " lower=1 | lowers nothing",
		"digest " A " lower=2 | raises",
		"digest " A " lower=x | no number",
		"image a b silence | no path",
		"image a silence | no exe",
		"image A:: * silence | no image",
		"cgroup / silence | everything",
		"cgroup a silence | relative",
		"cgroup /a/ silence | slash",
		"exe /a silence | no such thing",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char text[256];

		snprintf(text, sizeof(text), "%s\n", bad[i]);
		print_message("%s", text);
		directory_text("allow.add.list", text);
		assert_refused("allow.add.list:1: not digest SHA256");
	}
	directory_text("allow.add.list", "cgroup /a silence\n");
	assert_refused("allow.add.list:1: says no reason");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_covers),
		IN_DIRECTORY(test_effects),
		IN_DIRECTORY(test_remarks),
		IN_DIRECTORY(test_over),
		IN_DIRECTORY(test_of_no_effect),
		IN_DIRECTORY(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

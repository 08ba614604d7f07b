// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_read.c: how a file is cut into rows, and how problems are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules_fixture.h"

static void test_fields_refused(void **state)
{
	static const struct refusal rows[] = {
		{"names.add.list", "a b c d e f g\n", "names.add.list:1: more than 6 fields"},
		{"names.add.list", "a |\n", "names.add.list:1: \"|\" stands alone"},
		{"names.add.list", "a |b c\n", "names.add.list:1: \"|\" stands alone"},
		{"names.add.list", "| b\n", "names.add.list:1: a source without"},
		{"names.add.list", "a\033[2J\n",
			"names.add.list:1: control character 0x1b in byte 2"},
		{"names.add.list", "a\r\rb\n", "names.add.list:1: control character 0x0d"},
		{"names.add.list", "a\177\n", "names.add.list:1: control character 0x7f"},
	};

	(void)state;
	assert_rows_refused(rows, COUNT(rows));
}

static void test_lines(void **state)
{
	static const char nul[] = "ok\nbad\0row\n";
	char *line = malloc((1 << 19) + 1);

	(void)state;
	assert_non_null(line);
	memset(line, 'a', 1 << 19);
	line[1 << 19] = '\n';
	directory_write("names.list", line, (1 << 19) + 1);
	assert_refused("names.list:1: line is longer than 4096 bytes");
	memset(line, '#', 4097);
	directory_write("names.list", line, 4097);
	assert_refused("names.list:1: line is longer than 4096 bytes");
	directory_write("names.list", line, 4096);
	rules_free(directory_load_sound());
	directory_write("names.list", nul, sizeof(nul) - 1);
	assert_refused("names.list:2: control character 0x00 in byte 4");
	free(line);
}

static void test_problems_are_capped(void **state)
{
	char text[3 * 150 + 1];
	struct rules *rules = NULL;
	unsigned lines = 0;

	(void)state;
	for (unsigned i = 0; i < 150; i++)
		memcpy(text + 3 * i, "a/\n", 4);
	directory_text("names.list", text);
	assert_int_equal(directory_load(&rules), -EINVAL);
	for (const char *c = directory_told(); *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 101);
	assert_non_null(strstr(directory_told(), "names.list:100: "));
	assert_non_null(strstr(directory_told(), "\n50 more problems\n"));
}

/* What the sensor's loop has to cut and sort at a swap is bounded, however it is spread. */
static void test_lists_are_bounded(void **state)
{
	struct rules *rules = directory_load_sound();
	size_t rows = RULES_ROWS_MAX - rules->list_rows,
	       bytes = RULES_LISTS_MAX - rules->list_bytes;
	char *text = calloc(1, bytes + 1), expected[128];

	(void)state;
	assert_non_null(text);
	rules_free(rules);
	for (size_t i = 0; i < rows - 1; i++)
		memcpy(text + 2 * i, "a\n", 2);
	directory_text("names.add.list", text);
	directory_text("ports.add.list", "1\n");
	rules_free(directory_load_sound());
	directory_text("donate_hosts.add.list", "b.c\n");
	assert_int_equal(directory_load(&rules), -EINVAL);
	snprintf(expected, sizeof(expected), ": more than %d rows in all lists together",
		RULES_ROWS_MAX);
	assert_non_null(strstr(directory_told(), expected));
	directory_text("donate_hosts.add.list", "");
	directory_text("ports.add.list", "");
	for (size_t i = 0; i < bytes; i++)
		text[i] = i % 64 == 63 || i == bytes - 1 ? '\n' : '#';
	directory_text("names.add.list", text);
	rules_free(directory_load_sound());
	directory_text("ports.add.list", "#");
	assert_int_equal(directory_load(&rules), -EINVAL);
	assert_non_null(strstr(directory_told(), " bytes in all lists together"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_fields_refused),
		IN_DIRECTORY(test_lines),
		IN_DIRECTORY(test_problems_are_capped),
		IN_DIRECTORY(test_lists_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

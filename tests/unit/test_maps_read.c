/* SPDX-License-Identifier: Apache-2.0 */
/* Unit test of src/examiner/maps_read.c: lines as kernels write them, and as nobody should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "examiner/maps_read.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void lines(void **state)
{
	static const struct {
		const char *name, *line;
		bool read;
		struct mapping mapping;
	} rows[] = {
		{"a library",
			"7f00-7f80 r-xp 00001000 08:01 1234                       /lib/x y.so\n",
			true,
			{0x7f00, 0x7f80, 1234, 8 << 20 | 1, true, false, true, "/lib/x y.so"}},
		{"of no file", "1000-2000 rwxp 00000000 00:00 0 \n", true,
			{0x1000, 0x2000, 0, 0, true, true, true, ""}},
		{"the stack", "1000-2000 rw-p 00000000 00:00 0                  [stack]\n", true,
			{0x1000, 0x2000, 0, 0, true, true, false, "[stack]"}},
		{"a memfd", "0-1 r--s 0 00:01 77 /memfd:a (deleted)\n", true,
			{0, 1, 77, 1, true, false, false, "/memfd:a (deleted)"}},
		{"a newline in a name", "0-1 r-xp 0 fe:10 5 /a\\012b\n", true,
			{0, 1, 5, 0xfe << 20 | 0x10, true, false, true, "/a\nb"}},
		{"no line's end", "0-1 r-xp 0 00:01 5 /a", false, {0}},
		{"ends before it begins", "2-1 r-xp 0 00:01 5 /a\n", false, {0}},
		{"too few", "0-1 r-xp 0 00:01\n", false, {0}},
		{"short rights", "0-1 r-x 0 00:01 5 /a\n", false, {0}},
		{"empty", "\n", false, {0}},
		{"nothing", "", false, {0}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct mapping *wanted = &rows[i].mapping;
		const char *text = rows[i].line;
		struct mapping got;

		print_message("%s\n", rows[i].name);
		assert_int_equal(maps_next(&text, &got), rows[i].read);
		if (!rows[i].read)
			continue;
		assert_int_equal(got.from, wanted->from);
		assert_int_equal(got.to, wanted->to);
		assert_int_equal(got.inode, wanted->inode);
		assert_int_equal(got.dev, wanted->dev);
		assert_int_equal(got.readable, wanted->readable);
		assert_int_equal(got.writable, wanted->writable);
		assert_int_equal(got.executable, wanted->executable);
		assert_string_equal(got.path, wanted->path);
		assert_false(maps_next(&text, &got));
	}
}

static void what_cannot_be_read_is_passed_over(void **state)
{
	const char *text = "rubbish\n1-2 r-xp 0 00:01 5 /a\n\n3-4 r-xp 0 00:01 6 /b\n";
	struct mapping got;

	(void)state;
	assert_true(maps_next(&text, &got));
	assert_int_equal(got.inode, 5);
	assert_true(maps_next(&text, &got));
	assert_int_equal(got.inode, 6);
	assert_false(maps_next(&text, &got));
}

static void long_names_are_cut(void **state)
{
	static char line[2000] = "1-2 r-xp 0 00:01 5 /";
	const char *text = line;
	struct mapping got;

	(void)state;
	memset(line + strlen(line), 'x', 1500);
	strcat(line, "\n");
	assert_true(maps_next(&text, &got));
	assert_int_equal(strlen(got.path), EVENT_FILENAME_MAX - 1);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(what_cannot_be_read_is_passed_over),
		cmocka_unit_test(long_names_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

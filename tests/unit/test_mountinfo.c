/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reader of /proc/PID/mountinfo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mountinfo.h"
#include "util/span.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name, *line, *expected; /* NULL: refused */
} lines[] = {
	{"plain",
		"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
		"36 35 98:0 /mnt1 /mnt2 ext3 /dev/root rw,errors=continue"},
	{"no tag", "1 0 0:1 / / rw - tmpfs tmpfs rw\n", "1 0 0:1 / / tmpfs tmpfs rw"},
	{"three tags", "1 0 0:1 / / rw a:1 b:2 c - tmpfs tmpfs rw\n", "1 0 0:1 / / tmpfs tmpfs rw"},
	{"no source", "1 0 0:1 / / rw - tmpfs  rw\n", "1 0 0:1 / / tmpfs  rw"},
	{"no options", "1 0 0:1 / / rw - tmpfs a\n", "1 0 0:1 / / tmpfs a "},
	{"options with a space", "1 0 0:1 / / rw - t a b c\n", "1 0 0:1 / / t a b c"},
	{"largest", "4294967295 4294967295 4294967295:4294967295 r p rw - t a b\n",
		"4294967295 4294967295 4294967295:4294967295 r p t a b"},
	{"too large", "4294967296 0 0:1 / / rw - t a b\n", NULL},
	{"far too large", "99999999999999999999999 0 0:1 / / rw - t a b\n", NULL},
	{"negative", "-1 0 0:1 / / rw - t a b\n", NULL},
	{"colon for a digit", "1: 0 0:1 / / rw - t a b\n", NULL},
	{"parent", "1 x 0:1 / / rw - t a b\n", NULL},
	{"major", "1 0 x:1 / / rw - t a b\n", NULL},
	{"minor", "1 0 0:x / / rw - t a b\n", NULL},
	{"no minor", "1 0 0 / / rw - t a b\n", NULL},
	{"empty id", " 0 0:1 / / rw - t a b\n", NULL},
	{"empty root", "1 0 0:1  / rw - t a b\n", NULL},
	{"empty point", "1 0 0:1 /  rw - t a b\n", NULL},
	{"no fstype", "1 0 0:1 / / rw - \n", NULL},
	{"no dash", "1 0 0:1 / / rw t a b\n", NULL},
	{"dash within a word", "1 0 0:1 / / rw -t a b\n", NULL},
	{"ends at the point", "1 0 0:1 / /\n", NULL},
	{"empty", "\n", NULL},
	{"without end", "1 0 0:1 / / rw - tmpfs tmpfs rw", NULL},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct mountinfo mountinfo = {.rest = span_of(lines[i].line)};
		struct mountinfo_mount got;
		char text[512];
		bool found = mountinfo_next(&mountinfo, &got);

		if (found != (lines[i].expected != NULL) || mountinfo.refused != !found)
			fail_msg("%s", lines[i].name);
		if (!found)
			continue;
		snprintf(text, sizeof(text), "%u %u %u:%u %.*s %.*s %.*s %.*s %.*s", got.id,
			got.parent, got.major, got.minor, (int)got.root.len, got.root.data,
			(int)got.point.len, got.point.data, (int)got.fstype.len, got.fstype.data,
			(int)got.source.len, got.source.data, (int)got.options.len,
			got.options.data);
		if (strcmp(text, lines[i].expected))
			fail_msg("%s: %s", lines[i].name, text);
		assert_false(mountinfo_next(&mountinfo, &got));
	}
}

static void test_many_lines(void **state)
{
	struct mountinfo mountinfo = {.rest = span_of("1 0 0:1 / / rw - t a b\n"
						      "nonsense\n\n"
						      "2 1 0:1 / /a rw - t a b\n"
						      "3 1 0:1 / /b rw - t a b")};
	struct mountinfo_mount mount;

	(void)state;
	assert_true(mountinfo_next(&mountinfo, &mount));
	assert_int_equal(mount.id, 1);
	assert_int_equal(mountinfo.refused, 0);
	assert_true(mountinfo_next(&mountinfo, &mount));
	assert_int_equal(mount.id, 2);
	assert_int_equal(mountinfo.refused, 2);
	assert_false(mountinfo_next(&mountinfo, &mount));
	assert_int_equal(mount.id, 2);
	assert_int_equal(mountinfo.refused, 3);
	assert_false(mountinfo_next(&mountinfo, &mount));

	mountinfo = (struct mountinfo){.rest = {NULL, 0}};
	assert_false(mountinfo_next(&mountinfo, &mount));
	assert_int_equal(mountinfo.refused, 0);
}

/* The real thing: every line of our own. */
static void test_own_mountinfo(void **state)
{
	char *text = calloc(1, MOUNTINFO_MAX);
	struct mountinfo mountinfo;
	struct mountinfo_mount mount;
	FILE *file = fopen("/proc/self/mountinfo", "re");
	unsigned count = 0, expected = 0;
	size_t len;

	(void)state;
	assert_non_null(text);
	assert_non_null(file);
	len = fread(text, 1, MOUNTINFO_MAX, file);
	fclose(file);
	for (size_t i = 0; i < len; i++)
		expected += text[i] == '\n';
	mountinfo = (struct mountinfo){.rest = {text, len}};
	while (mountinfo_next(&mountinfo, &mount))
		count++;
	assert_true(expected > 0);
	assert_int_equal(count, expected);
	assert_int_equal(mountinfo.refused, 0);
	free(text);
}

static const struct {
	const char *field, *expected;
} escapes[] = {
	{"", ""}, {"/a", "/a"}, {"/a\\040b\\011\\012\\134\\043", "/a b\t\n\\#"}, {"\\101", "A"},
	{"\\377", "\xff"}, {"\\400", "\\400"}, {"\\/00", "\\/00"}, {"\\080", "\\080"},
	{"\\0/0", "\\0/0"}, {"\\008", "\\008"}, {"\\00/", "\\00/"}, {"\\04", "\\04"}, {"\\", "\\"},
	{"\\\\040", "\\ "}, {"\\134040", "\\040"}, /* undone once */
};

static void test_escapes(void **state)
{
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(escapes); i++) {
		assert_int_equal(mountinfo_text(span_of(escapes[i].field), text, sizeof(text)), 0);
		if (strcmp(text, escapes[i].expected))
			fail_msg("%s: %s", escapes[i].field, text);
	}
	strcpy(text, "before");
	assert_int_equal(mountinfo_text(span_of("\\040bcd"), text, 4), -ENAMETOOLONG);
	assert_string_equal(text, "before");
	assert_int_equal(mountinfo_text(span_of("\\040bc"), text, 4), 0);
	assert_string_equal(text, " bc");
	assert_int_equal(mountinfo_text(span_of(""), text, 0), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_own_mountinfo),
		cmocka_unit_test(test_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

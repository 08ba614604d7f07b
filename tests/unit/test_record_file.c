/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the trace writer refuses: arguments, and files that are not its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_fixture.h"

#define MAX RECORD_MAX_SMALLEST

static void old_trace(const char *path)
{
	char content[3 * TRACE_ALIGN] = TRACE_MAGIC;

	file_write(path, content, sizeof(content));
	assert_int_equal(chmod(path, 0644), 0);
}

static void old_empty(const char *path)
{
	file_write(path, "", 0);
}

static void old_other(const char *path)
{
	file_write(path, "root:x:0:0:root:/root:/bin/bash\n", 32);
}

static void old_short(const char *path)
{
	file_write(path, "MWT", 3);
}

static void old_directory(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static void old_fifo(const char *path)
{
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void old_symlink(const char *path)
{
	old_trace(scratch_path("target"));
	assert_int_equal(symlink(scratch_path("target"), path), 0);
}

static void old_dangling(const char *path)
{
	assert_int_equal(symlink(scratch_path("not there"), path), 0);
}

static void old_linked(const char *path)
{
	old_trace(scratch_path("second name"));
	assert_int_equal(link(scratch_path("second name"), path), 0);
}

static void test_existing_files(void **state)
{
	static const struct {
		const char *name;
		void (*make)(const char *path);
		int expected;
	} rows[] = {
		{"trace", old_trace, 0},
		{"empty", old_empty, 0},
		{"other", old_other, -EEXIST},
		{"short", old_short, -EEXIST},
		{"directory", old_directory, -EEXIST},
		{"fifo", old_fifo, -EEXIST},
		{"symlink", old_symlink, -ELOOP},
		{"dangling", old_dangling, -ELOOP},
		{"linked", old_linked, -EPERM},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = scratch_path(rows[i].name);
		struct stat before, after;
		struct record *record;
		int err;

		rows[i].make(path);
		assert_int_equal(lstat(path, &before), 0);
		err = record_open(path, MAX, &record);
		if (err != rows[i].expected)
			fail_msg("%s: %d", rows[i].name, err);
		assert_int_equal(lstat(path, &after), 0);
		assert_int_equal(before.st_ino, after.st_ino);
		if (err) {
			assert_int_equal(before.st_size, after.st_size);
			assert_int_equal(before.st_mode, after.st_mode);
		} else {
			assert_int_equal(after.st_size, TRACE_ALIGN);
			assert_int_equal(after.st_mode & 07777, 0600);
			assert_int_equal(record_close(record), 0);
		}
	}
	assert_int_equal(access(scratch_path("not there"), F_OK), -1);
}

static void test_second_recorder(void **state)
{
	const char *path = scratch_path("busy");
	struct event_end end = {.header = {.type = EVENT_END, .size = sizeof(end)}};
	struct record *first, *second = NULL;
	struct reading reading;

	(void)state;
	assert_int_equal(record_open(path, MAX, &first), 0);
	assert_int_equal(record_write(first, &end, sizeof(end)), 0);
	assert_int_equal(record_tick(first), 0);
	assert_int_equal(record_open(path, MAX, &second), -EBUSY);
	assert_null(second);
	assert_int_equal(record_close(first), 0);
	reading_take(path, &reading);
	assert_int_equal(reading.result, 0);
	assert_int_equal(record_open(path, MAX, &second), 0);
	assert_int_equal(record_close(second), 0);
	reading_free(&reading);
}

static void test_mode_of_a_new_file(void **state)
{
	mode_t old = umask(0);
	struct record *record;
	struct stat st;

	(void)state;
	assert_int_equal(record_open(scratch_path("mode"), MAX, &record), 0);
	umask(old);
	assert_int_equal(stat(scratch_path("mode"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(record_close(record), 0);
}

static void test_owner(void **state)
{
	static const struct {
		const char *name, *uid, *gid;
		int before; /* owner of a trace that is there already; -1: none */
		int expected;
		unsigned owner, group;
	} rows[] = {
		{"new", NULL, NULL, -1, 0, 0, 0},
		{"new, sudo", "12345", "23456", -1, 0, 12345, 23456},
		{"half of sudo", "12345", NULL, -1, 0, 0, 0},
		{"no number", "12345x", "1", -1, 0, 0, 0},
		{"minus one", "4294967295", "1", -1, 0, 0, 0},
		{"too large", "4294967296", "1", -1, 0, 0, 0},
		{"empty id", "", "1", -1, 0, 0, 0},
		{"plus", "+5", "1", -1, 0, 0, 0},
		{"sign", "-5", "1", -1, 0, 0, 0},
		{"another's", NULL, NULL, 12345, -EPERM, 12345, 0},
		{"the user's own, sudo", "12345", "23456", 12345, 0, 12345, 23456},
		{"another's, sudo", "12345", "23456", 777, -EPERM, 777, 0},
	};

	(void)state;
	if (geteuid()) {
		print_message("skipped: only root can give files away\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = scratch_path(rows[i].name);
		struct record *record = NULL;
		struct stat st;

		if (rows[i].before >= 0) {
			old_trace(path);
			assert_int_equal(chown(path, (uid_t)rows[i].before, 0), 0);
		}
		if (rows[i].uid)
			setenv("SUDO_UID", rows[i].uid, 1);
		if (rows[i].gid)
			setenv("SUDO_GID", rows[i].gid, 1);
		assert_int_equal(record_open(path, MAX, &record), rows[i].expected);
		unsetenv("SUDO_UID");
		unsetenv("SUDO_GID");
		assert_int_equal(stat(path, &st), 0);
		if (st.st_uid != rows[i].owner || st.st_gid != rows[i].group)
			fail_msg("%s: %u:%u", rows[i].name, st.st_uid, st.st_gid);
		assert_int_equal(record_close(record), 0);
	}
}

static void test_refused_arguments(void **state)
{
	static char data[EVENT_RECORD_MAX + 1];
	struct record *record = NULL;
	char *short_one = calloc(1, 1); /* nothing may be read behind it (sanitizers see) */

	(void)state;
	assert_int_equal(record_open(scratch_path("x"), MAX - 1, &record), -EINVAL);
	assert_int_equal(record_open(scratch_path("x"), RECORD_MAX_LARGEST + 1, &record), -EINVAL);
	assert_int_equal(record_open(scratch_path("no/where"), MAX, &record), -ENOENT);
	assert_null(record);
	assert_int_equal(access(scratch_path("x"), F_OK), -1);
	assert_int_equal(record_open(scratch_path("x"), MAX, &record), 0);
	assert_int_equal(record_write(record, data, 0), -EINVAL);
	assert_int_equal(record_write(record, data, sizeof(data)), -EINVAL);
	assert_int_equal(record_write(record, data, sizeof(data) - 1), 0);
	assert_int_equal(record_write(record, short_one, 1), 0);
	free(short_one);
	assert_int_equal(record_close(record), 0);
	assert_int_equal(record_close(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_arguments),
		cmocka_unit_test(test_existing_files),
		cmocka_unit_test(test_second_recorder),
		cmocka_unit_test(test_mode_of_a_new_file),
		cmocka_unit_test(test_owner),
	};

	/* As without sudo. */
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

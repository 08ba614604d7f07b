/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that only files which the host's root alone can have written are opened, and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container_fixture.h"
#include "examiner/host_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* host/in is the directory; host/in/escape leads to host/file, host/in/link to host/in/file. */
static const struct {
	const char *path;
	int err;
} rows[] = {
	{"file", 0},
	{"sub/file", 0},
	{"sub/../file", 0},
	{"../file", -EXDEV},
	{"link", -ELOOP},
	{"sublink/file", -ELOOP},
	{"/file", 0},
	{"/link", 0}, /* to /file */
	{"/escape", 0}, /* to ../../../../file: no higher than the root */
	{"/../../../file", 0},
	{"/outside", -ENOENT}, /* to a path that exists outside */
	{"missing", -ENOENT},
	{"owned", -EPERM},
	{"writable", -EPERM},
	{"group", -EPERM},
	{"fifo", -EPERM},
	{"sub", -EPERM},
};

static void make(struct container_fixture *fixture)
{
	static const char *const files[] = {"host/file", "host/in/file", "host/in/sub/file",
		"host/in/owned", "host/in/writable", "host/in/group"};

	fixture_make(fixture, FIXTURE_BARE);
	for (size_t i = 0; i < COUNT(files); i++)
		fixture_write(fixture, files[i], "text");
	assert_int_equal(chown(fixture_file(fixture, "host/in/owned"), 65534, 0), 0);
	assert_int_equal(chmod(fixture_file(fixture, "host/in/writable"), 0602), 0);
	assert_int_equal(chmod(fixture_file(fixture, "host/in/group"), 0620), 0);
	assert_int_equal(mkfifo(fixture_file(fixture, "host/in/fifo"), 0600), 0);
	assert_int_equal(symlink("/file", fixture_file(fixture, "host/in/link")), 0);
	assert_int_equal(symlink("sub", fixture_file(fixture, "host/in/sublink")), 0);
	assert_int_equal(
		symlink("../../../../../../file", fixture_file(fixture, "host/in/escape")), 0);
	fixture_symlink(fixture, "host/file", "host/in/outside");
}

static void test_open(void **state)
{
	struct container_fixture fixture;
	int dir;

	(void)state;
	make(&fixture);
	dir = open(fixture_file(&fixture, "host/in"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = host_file_open(dir, rows[i].path);

		if ((fd < 0 ? fd : 0) != rows[i].err)
			print_message("%s\n", rows[i].path);
		assert_int_equal(fd < 0 ? fd : 0, rows[i].err);
		if (fd >= 0)
			close(fd);
	}
	close(dir);
	fixture_remove(&fixture);
}

static void test_read(void **state)
{
	struct container_fixture fixture;
	size_t len;
	char *text;
	int dir;

	(void)state;
	make(&fixture);
	dir = open(fixture_file(&fixture, "host/in"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(host_file_read(dir, "file", 3, &text, &len), -EFBIG);
	assert_int_equal(host_file_read(dir, "file", 4, &text, &len), 0);
	assert_int_equal(len, 4);
	assert_string_equal(text, "text");
	free(text);
	close(dir);
	fixture_remove(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_read),
	};

	if (geteuid() != 0) {
		print_message("ok 1 # skip only root can make files of root's\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

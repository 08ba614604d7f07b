/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which files are trusted, and that they are read whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_fixture.h"
#include "util/trusted_file.h"

#define FILE_MAX 4096

/* Makes the file at path as a row of hostile files wants it. */
static void make_regular(const char *path, mode_t mode, size_t size)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs("for: 5\n#", file);
	for (size_t i = 8; i < size; i++)
		fputc('x', file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void make_fifo(const char *path)
{
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void make_directory(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static void make_foreign(const char *path)
{
	make_regular(path, 0600, 8);
	assert_int_equal(chown(path, 65534, 65534), 0);
}

/* As in a ConfigMap. */
static void make_link(const char *path)
{
	char target[128];

	snprintf(target, sizeof(target), "%s.target", path);
	make_regular(target, 0644, 8);
	assert_int_equal(symlink(target, path), 0);
}

static const struct {
	const char *name;
	void (*make)(const char *path); /* NULL: a regular file */
	mode_t mode;
	size_t size;
	bool good;
	bool root; /* only root can make it */
} files[] = {
	{"good", NULL, 0644, 8, true, false},
	{"link", make_link, 0, 0, true, false},
	{"largest", NULL, 0600, FILE_MAX, true, false},
	{"too-large", NULL, 0600, FILE_MAX + 1, false, false},
	{"group-writable", NULL, 0620, 8, false, false},
	{"world-writable", NULL, 0602, 8, false, false},
	{"fifo", make_fifo, 0, 0, false, false},
	{"directory", make_directory, 0, 0, false, false},
	{"foreign", make_foreign, 0, 0, false, true},
};

static void kinds_of_files(void **state)
{
	char directory[] = "/tmp/test_config-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(directory));
	for (size_t i = 0; i < COUNT(files); i++) {
		const char *refusal = NULL;
		char *data = NULL;
		size_t len;
		int err;

		if (files[i].root && getuid() != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, files[i].name);
		if (files[i].make)
			files[i].make(path);
		else
			make_regular(path, files[i].mode, files[i].size);
		err = trusted_file_read(path, FILE_MAX, &data, &len, &refusal);
		if ((err == 0) != files[i].good || (err == -EINVAL) != (refusal != NULL))
			fail_msg("%s: %d, %s", files[i].name, err, refusal);
		if (err == 0 && (len < 8 || memcmp(data, "for: 5\n#", 8) != 0))
			fail_msg("%s: other bytes", files[i].name);
		free(data);
		remove(path);
	}
	snprintf(path, sizeof(path), "%s/link.target", directory);
	unlink(path);
	assert_int_equal(rmdir(directory), 0);
}

static void absent(void **state)
{
	const char *refusal = "";
	char *data;
	size_t len;

	(void)state;
	assert_int_equal(trusted_file_read("/nowhere/at/all", 9, &data, &len, &refusal), -ENOENT);
	assert_null(refusal);
}

/* Files of /proc say they are empty; what comes all the same is not read in part. */
static void longer_than_it_says(void **state)
{
	const char *refusal = NULL;
	char *data;
	size_t len;

	(void)state;
	assert_int_equal(trusted_file_read("/proc/self/limits", 9, &data, &len, &refusal), -EINVAL);
	assert_string_equal(refusal, "changes while it is read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_files),
		cmocka_unit_test(absent),
		cmocka_unit_test(longer_than_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

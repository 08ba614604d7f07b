/* SPDX-License-Identifier: Apache-2.0 */
/* Tests when the text of ld.so.preload is reported, and how much of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_fixture.h"
#include "decode.h"
#include "sources/preload.h"

static struct preload preload;
static unsigned records;
static char text[EVENT_PRELOAD_MAX + 1]; /* of the last record */
static char path[64];

static int keep(void *context, void *record, size_t len)
{
	struct event event;

	(void)context;
	assert_int_equal(event_decode(record, len, &event), 0);
	assert_int_equal(event.header->type, EVENT_PRELOAD);
	memset(text, 0, sizeof(text));
	if (event.data.len)
		memcpy(text, event.data.data, event.data.len);
	records++;
	return 0;
}

static void look_at(uint64_t second)
{
	const struct record_out out = {.feed = keep};

	assert_int_equal(preload_tick(&preload, path, SECONDS(second), &out), 0);
}

static void write_text(const char *what)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(what, file);
	fclose(file);
}

static int make(void **state)
{
	int fd;

	(void)state;
	preload = (struct preload){0};
	records = 0;
	snprintf(path, sizeof(path), "/tmp/preload.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void changes_are_reported_once_a_minute(void **state)
{
	(void)state;
	look_at(1);
	assert_int_equal(records, 0); /* there is none, and that is nothing to say */
	write_text("/lib/a.so\n");
	look_at(60);
	assert_int_equal(records, 0); /* not yet looked at again */
	look_at(61);
	assert_int_equal(records, 1);
	assert_string_equal(text, "/lib/a.so\n");
	look_at(200);
	assert_int_equal(records, 1);
	write_text("/lib/b.so\n"); /* as long as before */
	look_at(300);
	assert_string_equal(text, "/lib/b.so\n");
	unlink(path);
	look_at(400);
	assert_int_equal(records, 3);
	assert_string_equal(text, "");
}

static void there_at_the_start(void **state)
{
	(void)state;
	write_text("/lib/a.so\n");
	look_at(1);
	assert_int_equal(records, 1);
}

static void long_and_strange_files(void **state)
{
	char longer[EVENT_PRELOAD_MAX + 100];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	write_text(longer);
	look_at(1);
	assert_int_equal(records, 1);
	assert_int_equal(strlen(text), EVENT_PRELOAD_MAX);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	look_at(100); /* does not wait for somebody to write */
	assert_string_equal(text, "");
	unlink(path);
	assert_int_equal(symlink("/dev/zero", path), 0);
	look_at(200); /* reads no device */
	assert_int_equal(records, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(changes_are_reported_once_a_minute, make, clean),
		cmocka_unit_test_setup_teardown(there_at_the_start, make, clean),
		cmocka_unit_test_setup_teardown(long_and_strange_files, make, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

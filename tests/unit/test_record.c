/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the trace writer keeps within its bounds, and after what went wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_fixture.h"

#define MAX RECORD_MAX_SMALLEST

static struct record *open_new(const char *path)
{
	struct record *record;

	unlink(path);
	assert_int_equal(record_open(path, MAX, &record), 0);
	return record;
}

static void write_one(
	struct record *record, struct record_list *list, unsigned type, size_t len, uint64_t *seed)
{
	static char data[EVENT_RECORD_MAX];

	record_make(data, len, type, seed);
	assert_int_equal(record_write(record, data, len), 0);
	list_add(list, data, len);
}

static uint64_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

/*
 * What a reader must find after `blocks` blocks of which first[i] is the index of the first record:
 * the copies of HOST and WALL when blocks are gone, then every record left.
 */
static void expect_state(const char *path, const struct record_list *list, const unsigned *first,
	uint64_t dropped, bool ended)
{
	struct reading reading;
	struct record_list expected = {0};

	reading_take(path, &reading);
	assert_int_equal(reading.lost, dropped);
	assert_int_equal(reading.partial, dropped > 0);
	for (unsigned i = 0; i < list->records; i++) {
		size_t len;
		const void *data = list_record(list, i, &len);

		if (i >= first[dropped] || i < 2)
			list_add(&expected, data, len);
	}
	assert_int_equal(reading.list.records, expected.records);
	assert_true(list_part(&expected, 0, &reading.list));
	assert_int_equal(reading.result, ended ? 0 : -EBADMSG);
	if (!ended)
		assert_non_null(strstr(reading.problem.reason, "its end record is missing"));
	list_free(&expected);
	reading_free(&reading);
}

/* Over four laps, after each block: exact counts, the bound kept, nothing lost but the oldest. */
static void test_wrapped_trace_keeps_the_newest(void **state)
{
	const char *path = scratch_path("wrapped");
	struct record *record = open_new(path);
	struct record_list list = {0};
	unsigned first[200] = {0};
	uint64_t seed = 5, dropped = 0;

	(void)state;
	write_one(record, &list, EVENT_HOST, sizeof(struct event_host), &seed);
	write_one(record, &list, EVENT_WALL, sizeof(struct event_wall), &seed);
	for (unsigned block = 0; block < 131; block++) {
		unsigned records = 1 + (unsigned)(seed % 7);

		if (block)
			first[block] = list.records;
		while (records--)
			write_one(record, &list, EVENT_EXEC, 1000 + seed % 7000, &seed);
		if (block == 130)
			write_one(record, &list, EVENT_END, sizeof(struct event_end), &seed);
		assert_int_equal(record_tick(record), 0);
		assert_in_range(size_of(path), 0, MAX);
		assert_in_range(record_dropped_blocks(record), dropped, block);
		dropped = record_dropped_blocks(record);
		expect_state(path, &list, first, dropped, block == 130);
	}
	assert_true(dropped > 60);
	assert_int_equal(record_close(record), 0);
	/* At most the rest of one block and the room of one at the end may go unused. */
	assert_in_range(size_of(path), MAX - TRACE_BLOCK_MAX, MAX);
	list_free(&list);
}

/* Each block carries the facts that held when it began, not later ones. */
static void test_context_is_of_the_time_before(void **state)
{
	const char *path = scratch_path("context");
	struct record *record = open_new(path);
	struct record_list list = {0};
	struct reading reading;
	uint64_t seed = 3;
	const void *data, *wall;
	size_t len, wall_len;
	unsigned walls[100], block;

	(void)state;
	write_one(record, &list, EVENT_HOST, 500, &seed);
	for (block = 0; block < 40; block++) {
		/* The second record of every block changes the wall clock. */
		for (unsigned i = 0; i < 6; i++) {
			if (i == 1) {
				walls[block] = list.records;
				write_one(record, &list, EVENT_WALL, 48, &seed);
			}
			write_one(record, &list, EVENT_TASK, 8000, &seed);
		}
		assert_int_equal(record_tick(record), 0);
	}
	block = (unsigned)record_dropped_blocks(record);
	assert_true(block > 0);
	reading_take(path, &reading);
	data = list_record(&reading.list, 1, &len);
	wall = list_record(&list, walls[block - 1], &wall_len);
	assert_int_equal(len, wall_len);
	assert_memory_equal(data, wall, len);
	assert_int_equal(record_close(record), 0);
	reading_free(&reading);
	list_free(&list);
}

static void test_block_closes_by_size(void **state)
{
	const char *path = scratch_path("size");
	struct record *record = open_new(path);
	struct record_list list = {0};
	uint64_t seed = 9;

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		write_one(record, &list, EVENT_EXEC, 8000, &seed);
	assert_int_equal(size_of(path), TRACE_ALIGN);
	write_one(record, &list, EVENT_EXEC, 8000, &seed);
	assert_in_range(size_of(path), 64000, TRACE_ALIGN + TRACE_BLOCK_MAX);
	assert_int_equal(record_close(record), 0);
	list_free(&list);
}

static void test_refused_arguments(void **state)
{
	static char data[EVENT_RECORD_MAX + 1];
	struct record *record = NULL;

	(void)state;
	assert_int_equal(record_open(scratch_path("x"), MAX - 1, &record), -EINVAL);
	assert_int_equal(record_open(scratch_path("x"), RECORD_MAX_LARGEST + 1, &record), -EINVAL);
	assert_int_equal(record_open(scratch_path("no/where"), MAX, &record), -ENOENT);
	assert_null(record);
	assert_int_equal(access(scratch_path("x"), F_OK), -1);
	record = open_new(scratch_path("x"));
	assert_int_equal(record_write(record, data, 0), -EINVAL);
	assert_int_equal(record_write(record, data, sizeof(data)), -EINVAL);
	assert_int_equal(record_write(record, data, sizeof(data) - 1), 0);
	assert_int_equal(record_close(record), 0);
	assert_int_equal(record_close(NULL), 0);
}

/* A full disk, played by the file size limit: the write stops in the middle of a block. */
static void test_failed_write_is_final_and_leaves_whole_blocks(void **state)
{
	const char *path = scratch_path("full");
	struct record *record = open_new(path);
	struct rlimit limit, old;
	struct record_list list = {0};
	struct reading reading;
	uint64_t seed = 21, whole;
	char data[8000];
	int err = 0;

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		write_one(record, &list, EVENT_EXEC, sizeof(data), &seed);
	assert_int_equal(record_tick(record), 0);
	whole = size_of(path);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = (struct rlimit){.rlim_cur = whole + 1000, .rlim_max = old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (unsigned i = 0; i < 20 && !err; i++) {
		record_make(data, sizeof(data), EVENT_EXEC, &seed);
		err = record_write(record, data, sizeof(data));
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(err, -EFBIG);
	assert_int_equal(record_write(record, data, sizeof(data)), -EFBIG);
	assert_int_equal(record_tick(record), -EFBIG);
	assert_int_equal(record_close(record), -EFBIG);
	reading_take(path, &reading);
	assert_int_equal(reading.result, -EBADMSG);
	assert_int_equal(reading.problem.offset, whole);
	assert_int_equal(reading.list.len, list.len);
	assert_true(list_part(&list, 0, &reading.list));
	reading_free(&reading);
	list_free(&list);
}

/* The file may belong to the user behind sudo: what is read back from it is not to be trusted. */
static void test_foreign_write_stops_the_recording(void **state)
{
	const char *path = scratch_path("foreign_write");
	struct record *record = open_new(path);
	struct record_list list = {0};
	uint64_t seed = 77;
	char data[8000];
	int err = 0, fd;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		write_one(record, &list, EVENT_EXEC, sizeof(data), &seed);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "\xff\xff\xff\xff", 4, TRACE_ALIGN + 44), 4);
	close(fd);
	for (unsigned i = 0; i < 100 && !err; i++) {
		record_make(data, sizeof(data), EVENT_EXEC, &seed);
		err = record_write(record, data, sizeof(data));
	}
	assert_int_equal(err, -EBADMSG);
	assert_int_equal(record_close(record), -EBADMSG);
	list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrapped_trace_keeps_the_newest),
		cmocka_unit_test(test_context_is_of_the_time_before),
		cmocka_unit_test(test_block_closes_by_size),
		cmocka_unit_test(test_refused_arguments),
		cmocka_unit_test(test_failed_write_is_final_and_leaves_whole_blocks),
		cmocka_unit_test(test_foreign_write_stops_the_recording),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

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
#define BLOCKS 307

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
	const void *data;
	size_t len;

	reading_take(path, &reading);
	assert_int_equal(reading.lost, dropped);
	assert_int_equal(reading.partial, dropped > 0);
	if (dropped) {
		for (unsigned i = 0; i < 2; i++) {
			data = list_record(list, i, &len);
			list_add(&expected, data, len);
		}
	}
	for (unsigned i = first[dropped]; i < list->records; i++) {
		data = list_record(list, i, &len);
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

/*
 * A lap of small blocks, then some of large ones (which end before the small ones did): after each
 * block exact counts, the bound kept, nothing lost but the oldest.
 */
static void test_wrapped_trace_keeps_the_newest(void **state)
{
	const char *path = scratch_path("wrapped");
	struct record *record = open_new(path);
	struct record_list list = {0};
	unsigned first[BLOCKS] = {0};
	uint64_t seed = 5, dropped = 0;

	(void)state;
	write_one(record, &list, EVENT_HOST, sizeof(struct event_host), &seed);
	write_one(record, &list, EVENT_WALL, sizeof(struct event_wall), &seed);
	for (unsigned block = 0; block < BLOCKS; block++) {
		unsigned records = block < 240 ? 1 : 5 + (unsigned)(seed % 3);

		if (block)
			first[block] = list.records;
		while (records--)
			write_one(record, &list, EVENT_EXEC, 1000 + seed % 7000, &seed);
		if (block == BLOCKS - 1)
			write_one(record, &list, EVENT_END, sizeof(struct event_end), &seed);
		assert_int_equal(record_tick(record), 0);
		assert_in_range(size_of(path), 0, MAX);
		assert_in_range(record_dropped_blocks(record), dropped, block);
		dropped = record_dropped_blocks(record);
		expect_state(path, &list, first, dropped, block == BLOCKS - 1);
	}
	assert_true(dropped > BLOCKS - 50);
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

/* What a partial trace says of its rules are those that judged what is left. */
static void test_context_has_the_rules_in_force(void **state)
{
	const char *path = scratch_path("rules");
	struct record *record = open_new(path);
	struct event_host host = {.header.type = EVENT_HOST, .rules_digest = "old"}, found;
	struct event_rules rules = {.header.type = EVENT_RULES, .rules_digest = "new"};
	struct record_list list = {0};
	struct reading reading;
	uint64_t seed = 11;
	const void *data;
	size_t len;

	(void)state;
	memcpy(host.hostname, "name", 5);
	assert_int_equal(record_write(record, &host, sizeof(host)), 0);
	assert_int_equal(record_write(record, &rules, sizeof(rules)), 0);
	while (record_dropped_blocks(record) == 0)
		write_one(record, &list, EVENT_TASK, 8000, &seed);
	assert_int_equal(record_close(record), 0);
	reading_take(path, &reading);
	data = list_record(&reading.list, 0, &len);
	assert_int_equal(len, sizeof(found));
	memcpy(&found, data, sizeof(found));
	memcpy(host.rules_digest, rules.rules_digest, sizeof(host.rules_digest));
	assert_memory_equal(&found, &host, sizeof(found));
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
	static const char *const rows[] = {"damaged", "another block's header"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = scratch_path(rows[i]);
		struct record *record = open_new(path);
		struct record_list list = {0};
		struct trace_block_header header;
		uint64_t seed = 77;
		char data[8000];
		int err = 0, fd;

		for (unsigned k = 0; k < 100; k++)
			write_one(record, &list, EVENT_EXEC, sizeof(data), &seed);
		fd = open(path, O_RDWR | O_CLOEXEC);
		assert_int_equal(pread(fd, &header, sizeof(header), TRACE_ALIGN), sizeof(header));
		if (i == 0)
			header.compressed_bytes = UINT32_MAX;
		header.sequence = 1;
		if (i == 1)
			trace_block_header_seal(&header);
		assert_int_equal(pwrite(fd, &header, sizeof(header), TRACE_ALIGN), sizeof(header));
		close(fd);
		for (unsigned k = 0; k < 100 && !err; k++) {
			record_make(data, sizeof(data), EVENT_EXEC, &seed);
			err = record_write(record, data, sizeof(data));
		}
		assert_int_equal(err, -EBADMSG);
		assert_int_equal(record_close(record), -EBADMSG);
		list_free(&list);
	}
}

/* What fills up a record to a multiple of 8 is zeros, not what the block before left there. */
static void test_padding_is_zero(void **state)
{
	static char raw[TRACE_RAW_MAX];
	const char *path = scratch_path("padding");
	struct record *record = open_new(path);
	struct record_list list = {0};
	struct trace_block_header header;
	uint64_t seed = 13, second;
	size_t len;
	char *file;

	(void)state;
	write_one(record, &list, EVENT_EXEC, 1000, &seed);
	assert_int_equal(record_tick(record), 0);
	second = size_of(path);
	assert_int_equal(record_write(record, "x", 1), 0);
	assert_int_equal(record_close(record), 0);
	file = file_read(path, &len);
	memcpy(&header, file + second, sizeof(header));
	assert_null(trace_payload_unpack(&header, file + second + sizeof(header), raw));
	assert_int_equal(header.raw_bytes, 16);
	assert_memory_equal(raw, "\1\0\0\0\0\0\0\0x\0\0\0\0\0\0\0", 16);
	free(file);
	list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrapped_trace_keeps_the_newest),
		cmocka_unit_test(test_context_is_of_the_time_before),
		cmocka_unit_test(test_context_has_the_rules_in_force),
		cmocka_unit_test(test_block_closes_by_size),
		cmocka_unit_test(test_failed_write_is_final_and_leaves_whole_blocks),
		cmocka_unit_test(test_foreign_write_stops_the_recording),
		cmocka_unit_test(test_padding_is_zero),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

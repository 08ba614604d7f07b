/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the trace reader against cut and flipped files: what it still feeds, what memory it takes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace_fixture.h"

#define BLOCKS 5
#define PER_BLOCK 3 /* records, as small_trace makes them */

/* File offsets at which the blocks of a whole trace of one lap begin, and the end of the last. */
static void block_offsets(const char *file, uint64_t *ret_offsets, uint64_t *ret_ends)
{
	uint64_t at = TRACE_ALIGN;

	for (unsigned i = 0; i < BLOCKS; i++) {
		struct trace_block_header header;

		memcpy(&header, file + at, sizeof(header));
		assert_int_equal(header.sequence, i);
		ret_offsets[i] = at;
		ret_ends[i] = at + sizeof(header) + header.compressed_bytes;
		at += trace_block_bytes(&header);
	}
}

static void test_cut_at_every_offset(void **state)
{
	const char *path = scratch_path("whole"), *cut_path = scratch_path("cut");
	uint64_t offsets[BLOCKS], ends[BLOCKS];
	struct record_list list = {0};
	size_t len;
	char *file;

	(void)state;
	small_trace(path, BLOCKS, &list);
	file = file_read(path, &len);
	block_offsets(file, offsets, ends);
	for (size_t cut = 0; cut < len; cut++) {
		struct reading reading;
		unsigned whole = 0;

		file_write(cut_path, file, cut);
		reading_take(cut_path, &reading);
		while (whole < BLOCKS && ends[whole] <= cut)
			whole++;
		assert_int_equal(reading.list.records, whole * PER_BLOCK);
		assert_true(list_part(&list, 0, &reading.list));
		assert_false(reading.partial);
		assert_int_equal(reading.result, whole == BLOCKS ? 0 : -EBADMSG);
		if (whole < BLOCKS && cut >= sizeof(struct trace_file_header))
			assert_int_equal(reading.problem.offset,
				cut < offsets[whole] ? cut : offsets[whole]);
		reading_free(&reading);
	}
	free(file);
	list_free(&list);
}

static bool is_padding(size_t at, const uint64_t *offsets, const uint64_t *ends)
{
	if (at < TRACE_ALIGN)
		return at >= sizeof(struct trace_file_header);
	for (unsigned i = 0; i < BLOCKS; i++) {
		if (at >= offsets[i] && at < ends[i])
			return false;
	}
	return true;
}

/* Fed is a sound part: the blocks before the damage or, where block 0 was hit, those after it. */
static void test_flip_in_every_byte(void **state)
{
	const char *path = scratch_path("whole"), *flip_path = scratch_path("flip");
	uint64_t offsets[BLOCKS], ends[BLOCKS];
	struct record_list list = {0};
	size_t len;
	char *file;

	(void)state;
	small_trace(path, BLOCKS, &list);
	file = file_read(path, &len);
	block_offsets(file, offsets, ends);
	for (size_t at = 0; at < len; at++) {
		bool padding = is_padding(at, offsets, ends);
		struct reading reading;
		unsigned hit = BLOCKS;

		file[at] ^= (char)(1 << at % 8);
		file_write(flip_path, file, len);
		file[at] ^= (char)(1 << at % 8);
		reading_take(flip_path, &reading);
		assert_int_equal(reading.result, padding ? 0 : -EBADMSG);
		while (hit && at < offsets[hit - 1])
			hit--;
		if (padding) {
			assert_int_equal(reading.list.len, list.len);
		} else if (hit) {
			assert_int_equal(reading.problem.offset, offsets[hit - 1]);
			if (!reading.partial)
				assert_int_equal(reading.list.records, (hit - 1) * PER_BLOCK);
		} else {
			assert_int_equal(reading.list.records, 0);
		}
		if (!reading.partial)
			assert_true(list_part(&list, 0, &reading.list));
		else
			assert_int_equal(hit, 1);
		reading_free(&reading);
	}
	free(file);
	list_free(&list);
}

static int feed_nothing(void *context, void *record, size_t len)
{
	(void)context;
	(void)record;
	(void)len;
	return 0;
}

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/* KiB of memory a child of its own needs at most to read the trace, beyond what it had before. */
static long growth_of_reading(const char *path)
{
	int ends[2], status;
	long grown = 0;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		struct record_out out = {.feed = feed_nothing};
		struct rusage before, after;
		struct trace *trace;

		getrusage(RUSAGE_SELF, &before);
		if (trace_open(path, &trace))
			_exit(1);
		trace_feed(trace, &out);
		getrusage(RUSAGE_SELF, &after);
		grown = after.ru_maxrss - before.ru_maxrss;
		_exit(write(ends[1], &grown, sizeof(grown)) != sizeof(grown));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(read(ends[0], &grown, sizeof(grown)), sizeof(grown));
	close(ends[0]);
	close(ends[1]);
	return grown;
}

/* Many small blocks, and the largest file there may be with nothing in it. */
static void test_memory_is_bounded(void **state)
{
	struct record_list list = {0};
	const char *path = scratch_path("large");
	char page[TRACE_ALIGN];

	(void)state;
#ifdef SANITIZED
	print_message("skipped: the sanitizer's own memory hides the reader's\n");
	skip();
#endif
	small_trace(path, 1500, &list);
	assert_in_range(growth_of_reading(path), 0, 1024);
	list_free(&list);
	file_header_make(page);
	file_write(path, page, sizeof(page));
	assert_int_equal(truncate(path, 1 << 28), 0);
	assert_in_range(growth_of_reading(path), 0, 1024);
}

/*
 * A crash while a block is written over old ones, at each sector of it: everything is fed that was
 * whole before, but for the blocks in the way of the new one.
 */
static void test_crash_while_overwriting(void **state)
{
	const char *path = scratch_path("lap"), *torn_path = scratch_path("torn");
	static char data[EVENT_RECORD_MAX];
	uint64_t seed = 31, old_dropped = 0;
	struct record_list list = {0};
	size_t before_len = 0, after_len = 0, start = 0, end, lost_records;
	char *before = NULL, *after;
	struct record *record;

	(void)state;
	unlink(path);
	assert_int_equal(record_open(path, RECORD_MAX_SMALLEST, &record), 0);
	for (unsigned block = 0; block < 60; block++) {
		for (unsigned i = 0; i < 5; i++) {
			record_make(data, sizeof(data), EVENT_EXEC, &seed);
			assert_int_equal(record_write(record, data, sizeof(data) - i), 0);
			list_add(&list, data, sizeof(data) - i);
		}
		if (block == 59) {
			before = file_read(path, &before_len);
			old_dropped = record_dropped_blocks(record);
		}
		assert_int_equal(record_tick(record), 0);
	}
	after = file_read(path, &after_len);
	assert_int_equal(before_len, after_len);
	assert_true(old_dropped > 0 && record_dropped_blocks(record) > old_dropped);
	while (before[start] == after[start])
		start++;
	start = start / TRACE_ALIGN * TRACE_ALIGN;
	for (end = after_len; before[end - 1] == after[end - 1];)
		end--;
	for (size_t cut = start; cut < end; cut += TRACE_ALIGN) {
		struct reading reading;

		memcpy(before + start, after + start, cut - start);
		file_write(torn_path, before, before_len);
		reading_take(torn_path, &reading);
		lost_records = 5 * (cut == start ? old_dropped : record_dropped_blocks(record));
		assert_int_equal(reading.result, -EBADMSG);
		assert_int_equal(reading.problem.offset, start);
		assert_int_equal(reading.list.records, 59 * 5 - lost_records);
		assert_true(list_part(&list, (unsigned)lost_records, &reading.list));
		reading_free(&reading);
	}
	assert_int_equal(record_close(record), 0);
	free(before);
	free(after);
	list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_at_every_offset),
		cmocka_unit_test(test_flip_in_every_byte),
		cmocka_unit_test(test_memory_is_bounded),
		cmocka_unit_test(test_crash_while_overwriting),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

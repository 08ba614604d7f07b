/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the trace reader delivers of sound traces, and which files it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "trace_fixture.h"

static void test_small_trace_round_trip(void **state)
{
	(void)state;
	for (unsigned blocks = 2; blocks <= 7; blocks++) {
		struct record_list list = {0};
		struct reading reading;

		small_trace(scratch_path("small"), blocks, &list);
		reading_take(scratch_path("small"), &reading);
		assert_int_equal(reading.result, 0);
		assert_false(reading.damaged);
		assert_false(reading.partial);
		assert_int_equal(reading.lost, 0);
		assert_int_equal(reading.list.len, list.len);
		assert_true(list_part(&list, 0, &reading.list));
		reading_free(&reading);
		list_free(&list);
	}
}

/* All lengths around the multiples of 8, and the longest; blocks close by size alone. */
static void test_every_length_round_trip(void **state)
{
	static char data[EVENT_RECORD_MAX];
	struct record_list list = {0};
	struct reading reading;
	struct record *record;
	uint64_t seed = 11;

	(void)state;
	assert_int_equal(record_open(scratch_path("long"), RECORD_MAX_SMALLEST, &record), 0);
	for (size_t len = 1; len <= EVENT_RECORD_MAX; len += len < 70 ? 1 : 677) {
		memset(data, 0, sizeof(data));
		noise(&seed, data + 2, len > 2 ? len - 2 : 0);
		assert_int_equal(record_write(record, data, len), 0);
		list_add(&list, data, len);
	}
	record_make(data, EVENT_RECORD_MAX, EVENT_END, &seed);
	assert_int_equal(record_write(record, data, EVENT_RECORD_MAX), 0);
	list_add(&list, data, EVENT_RECORD_MAX);
	assert_int_equal(record_close(record), 0);
	reading_take(scratch_path("long"), &reading);
	assert_int_equal(reading.result, 0);
	assert_int_equal(reading.list.len, list.len);
	assert_true(list_part(&list, 0, &reading.list));
	reading_free(&reading);
	list_free(&list);
}

static void kind_directory(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static void kind_fifo(const char *path)
{
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void kind_device(const char *path)
{
	assert_int_equal(symlink("/dev/null", path), 0);
}

static void kind_empty(const char *path)
{
	file_write(path, "", 0);
}

static void kind_foreign(const char *path)
{
	file_write(path, "{\"type\":\"exec\"}, and more than a header's 40 bytes", 50);
}

static void kind_short(const char *path)
{
	file_write(path, "MWTRA", 5);
}

static void kind_header_only(const char *path)
{
	char page[TRACE_ALIGN];

	file_header_make(page);
	file_write(path, page, sizeof(page));
}

static void kind_large(const char *path)
{
	kind_header_only(path);
	assert_int_equal(truncate(path, (off_t)(TRACE_FILE_MAX + 1)), 0);
}

static void header_field(const char *path, size_t offset, uint32_t value, bool sealed)
{
	struct trace_file_header header = {0};
	char page[TRACE_ALIGN] = {0};

	trace_file_header_seal(&header);
	memcpy((char *)&header + offset, &value, sizeof(value));
	if (sealed)
		header.checksum = (uint32_t)crc32(
			0, (void *)&header, offsetof(struct trace_file_header, checksum));
	memcpy(page, &header, sizeof(header));
	file_write(path, page, sizeof(page));
}

static void kind_newer(const char *path)
{
	header_field(path, offsetof(struct trace_file_header, version), TRACE_VERSION + 1, false);
}

static void kind_version_zero(const char *path)
{
	header_field(path, offsetof(struct trace_file_header, version), 0, true);
}

static void kind_header_size(const char *path)
{
	header_field(path, offsetof(struct trace_file_header, header_size), 4096, true);
}

static void kind_reserved(const char *path)
{
	header_field(path, offsetof(struct trace_file_header, reserved), 1, true);
}

static void kind_checksum(const char *path)
{
	header_field(path, offsetof(struct trace_file_header, id), 1, false);
}

static void test_refused_kinds(void **state)
{
	static const struct {
		const char *name;
		void (*make)(const char *path);
		uint64_t offset;
		const char *reason;
	} rows[] = {
		{"directory", kind_directory, 0, "a directory"},
		{"fifo", kind_fifo, 0, "a pipe"},
		{"device", kind_device, 0, "not a regular file"},
		{"empty", kind_empty, 0, "empty"},
		{"foreign", kind_foreign, 0, "not a minerwatch trace"},
		{"short", kind_short, 0, "not a minerwatch trace"},
		{"header only", kind_header_only, TRACE_ALIGN, "block 0 is missing: the file ends"},
		{"large", kind_large, 0, "larger than 4 GiB"},
		{"newer", kind_newer, 0, "newer minerwatch"},
		{"version 0", kind_version_zero, 0, "cannot have"},
		{"header size", kind_header_size, 0, "cannot have"},
		{"reserved", kind_reserved, 0, "cannot have"},
		{"checksum", kind_checksum, 0, "checksum is wrong"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = scratch_path(rows[i].name);
		struct reading reading;

		rows[i].make(path);
		reading_take(path, &reading);
		assert_int_equal(reading.result, -EBADMSG);
		assert_int_equal(reading.list.records, 0);
		assert_int_equal(reading.problem.offset, rows[i].offset);
		if (!strstr(reading.problem.reason, rows[i].reason))
			fail_msg("%s: %s", rows[i].name, reading.problem.reason);
		reading_free(&reading);
	}
}

static void test_open_errors(void **state)
{
	struct trace *trace = NULL;

	(void)state;
	assert_int_equal(trace_open(scratch_path("none"), &trace), -ENOENT);
	assert_null(trace);
	trace_free(NULL);
}

static int feed_fails(void *context, void *record, size_t len)
{
	unsigned *left = context;

	(void)record;
	(void)len;
	return (*left)-- ? 0 : -EPIPE;
}

static void test_feed_error_ends_the_replay(void **state)
{
	unsigned left = 4;
	struct record_out out = {.feed = feed_fails, .context = &left};
	struct record_list list = {0};
	struct trace *trace;

	(void)state;
	small_trace(scratch_path("failing"), 3, &list);
	assert_int_equal(trace_open(scratch_path("failing"), &trace), 0);
	assert_int_equal(trace_feed(trace, &out), -EPIPE);
	assert_null(trace_problem(trace));
	assert_int_equal(left, UINT_MAX);
	trace_free(trace);
	list_free(&list);
}

static void change_by_cut(const char *path)
{
	assert_int_equal(truncate(path, 2 * TRACE_ALIGN), 0);
}

/* Block 1 becomes block 9, checksums right. */
static void change_by_overwriting(const char *path)
{
	struct trace_block_header header;
	size_t len;
	char *file = file_read(path, &len);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	memcpy(&header, file + 2 * TRACE_ALIGN, sizeof(header));
	assert_int_equal(header.sequence, 1);
	header.sequence = 9;
	trace_block_header_seal(&header);
	assert_int_equal(pwrite(fd, &header, sizeof(header), 2 * TRACE_ALIGN), sizeof(header));
	close(fd);
	free(file);
}

/* Another process may still write the trace, or cut it, between open and feed. */
static void test_file_changed_after_open(void **state)
{
	static void (*const rows[])(const char *path) = {change_by_cut, change_by_overwriting};
	const char *path = scratch_path("changed");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned left = UINT_MAX;
		struct record_out out = {.feed = feed_fails, .context = &left};
		struct record_list list = {0};
		struct trace *trace;

		small_trace(path, 3, &list);
		assert_int_equal(trace_open(path, &trace), 0);
		assert_null(trace_problem(trace));
		rows[i](path);
		assert_int_equal(trace_feed(trace, &out), -EBADMSG);
		assert_int_equal(UINT_MAX - left, 3);
		assert_non_null(strstr(trace_problem(trace)->reason, "changed while it was read"));
		trace_free(trace);
		list_free(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_trace_round_trip),
		cmocka_unit_test(test_every_length_round_trip),
		cmocka_unit_test(test_refused_kinds),
		cmocka_unit_test(test_open_errors),
		cmocka_unit_test(test_feed_error_ends_the_replay),
		cmocka_unit_test(test_file_changed_after_open),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

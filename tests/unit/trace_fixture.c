/* SPDX-License-Identifier: Apache-2.0 */
/* Makes and reads traces for the tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "trace_fixture.h"

char scratch[PATH_MAX];

void list_add(struct record_list *list, const void *record, size_t len)
{
	size_t end = list->len + sizeof(len) + len;

	if (end > list->room) {
		list->room = 2 * end;
		list->bytes = realloc(list->bytes, list->room);
		assert_non_null(list->bytes);
	}
	if (list->records == list->offsets_room) {
		list->offsets_room = 2 * list->records + 64;
		list->offsets = realloc(list->offsets, list->offsets_room * sizeof(*list->offsets));
		assert_non_null(list->offsets);
	}
	list->offsets[list->records++] = list->len;
	memcpy(list->bytes + list->len, &len, sizeof(len));
	memcpy(list->bytes + list->len + sizeof(len), record, len);
	list->len = end;
}

static size_t list_offset(const struct record_list *list, unsigned index)
{
	assert_true(index <= list->records);
	return index == list->records ? list->len : list->offsets[index];
}

const void *list_record(const struct record_list *list, unsigned index, size_t *ret_len)
{
	size_t at = list_offset(list, index);

	memcpy(ret_len, list->bytes + at, sizeof(*ret_len));
	return list->bytes + at + sizeof(*ret_len);
}

bool list_part(const struct record_list *list, unsigned from, const struct record_list *part)
{
	size_t at = list_offset(list, from);

	return at + part->len <= list->len &&
	       (!part->len || !memcmp(list->bytes + at, part->bytes, part->len));
}

void list_free(struct record_list *list)
{
	free(list->bytes);
	free(list->offsets);
	*list = (struct record_list){0};
}

static int reading_feed(void *context, void *record, size_t len)
{
	assert_int_equal((uintptr_t)record % 8, 0);
	list_add(context, record, len);
	return 0;
}

void reading_take(const char *path, struct reading *ret_reading)
{
	struct record_out out = {.feed = reading_feed, .context = &ret_reading->list};
	const struct trace_problem *problem;
	struct trace *trace;

	*ret_reading = (struct reading){0};
	assert_int_equal(trace_open(path, &trace), 0);
	ret_reading->partial = trace_partial(trace);
	ret_reading->lost = trace_blocks_lost(trace);
	ret_reading->result = trace_feed(trace, &out);
	problem = trace_problem(trace);
	if (problem) {
		ret_reading->damaged = true;
		ret_reading->problem = *problem;
	}
	trace_free(trace);
}

void reading_free(struct reading *reading)
{
	list_free(&reading->list);
}

int scratch_make(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	snprintf(scratch, sizeof(scratch), "%s/trace_test.XXXXXX", parent ? parent : "/tmp");
	return mkdtemp(scratch) ? 0 : -1;
}

int scratch_remove(void **state)
{
	DIR *directory = opendir(scratch);
	struct dirent *entry;

	(void)state;
	while (directory && (entry = readdir(directory))) {
		const char *path = scratch_path(entry->d_name);

		if (unlink(path) < 0)
			rmdir(path);
	}
	if (directory)
		closedir(directory);
	return rmdir(scratch);
}

const char *scratch_path(const char *name)
{
	static char paths[4][2 * PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", scratch, name);
	return path;
}

void file_write(const char *path, const void *data, size_t len)
{
	int fd;

	/* A new file each time: ext4 writes a truncated one out to the disk at close. */
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

char *file_read(const char *path, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *data;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	data = malloc((size_t)st.st_size + 1);
	assert_non_null(data);
	assert_int_equal(read(fd, data, (size_t)st.st_size), st.st_size);
	close(fd);
	*ret_len = (size_t)st.st_size;
	return data;
}

void noise(uint64_t *seed, void *data, size_t len)
{
	for (size_t at = 0; at < len; at += sizeof(*seed)) {
		*seed ^= *seed << 13;
		*seed ^= *seed >> 7;
		*seed ^= *seed << 17;
		memcpy((char *)data + at, seed,
			len - at < sizeof(*seed) ? len - at : sizeof(*seed));
	}
}

void record_make(void *data, size_t len, unsigned type, uint64_t *seed)
{
	struct event_header header;

	assert_true(len >= sizeof(header));
	noise(seed, data, len);
	memcpy(&header, data, sizeof(header));
	header.type = (__u16)type;
	header.size = (__u32)len;
	memcpy(data, &header, sizeof(header));
}

static void small_record(struct record *record, struct record_list *list, unsigned type, size_t len)
{
	uint64_t seed = list->records + 1;
	char data[256];

	record_make(data, len, type, &seed);
	assert_int_equal(record_write(record, data, len), 0);
	list_add(list, data, len);
}

void small_trace(const char *path, unsigned blocks, struct record_list *list)
{
	struct record *record;

	unlink(path);
	assert_int_equal(record_open(path, RECORD_MAX_SMALLEST, &record), 0);
	for (unsigned i = 0; i < blocks; i++) {
		bool last = i + 1 == blocks;

		small_record(record, list, i ? EVENT_EXEC : EVENT_HOST, 101 + i % 100);
		small_record(record, list, i ? EVENT_FORK : EVENT_WALL, 48);
		small_record(record, list, last ? EVENT_END : EVENT_TASK, 64);
		assert_int_equal(record_tick(record), 0);
	}
	assert_int_equal(record_close(record), 0);
}

size_t block_make(const struct trace_block_header *model, const void *raw, void *ret_block)
{
	struct trace_block_header header = *model;
	char *payload = (char *)ret_block + sizeof(header);
	uLongf bytes = TRACE_BLOCK_MAX - sizeof(header);

	memset(ret_block, 0, TRACE_BLOCK_MAX);
	assert_int_equal(
		compress2((void *)payload, &bytes, raw, header.raw_bytes, Z_BEST_SPEED), Z_OK);
	header.compressed_bytes = (uint32_t)bytes;
	header.payload_checksum = (uint32_t)crc32(0, (void *)payload, (uInt)bytes);
	trace_block_header_seal(&header);
	memcpy(ret_block, &header, sizeof(header));
	return trace_block_bytes(&header);
}

void file_header_make(char page[TRACE_ALIGN])
{
	struct trace_file_header header = {0};

	trace_file_header_seal(&header);
	memset(page, 0, TRACE_ALIGN);
	memcpy(page, &header, sizeof(header));
}

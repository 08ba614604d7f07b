/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers records into compressed blocks and keeps the newest of them in a file of bounded size. */
#include "sources/record.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <zlib.h>

#include "sources/record_file.h"
#include "sources/trace_format.h"
#include "util/file_io.h"

_Static_assert(RECORD_MAX_LARGEST == TRACE_FILE_MAX, "whatever is written can be read");
_Static_assert(3 * (EVENT_RECORD_MAX + sizeof(struct trace_record)) <= TRACE_RAW_MAX,
	"an empty block has room for both copies and any record");

/* A copy of the last record of one type, to begin later blocks with. */
struct context_copy {
	size_t len; /* 0: none seen */
	char bytes[EVENT_RECORD_MAX];
};

struct record {
	int fd;
	int error; /* first failure to write, -errno; final */
	uint64_t max_bytes;
	uint64_t offset; /* where the next block goes */
	uint64_t sequence; /* of the next block */
	uint64_t lap_first; /* sequence of the block at TRACE_ALIGN */
	uint64_t oldest; /* sequence of the oldest block in the file; those before are dropped */
	uint64_t oldest_offset; /* where that is, while it is of the lap before */
	uint64_t old_lap_end; /* where that lap ends; 0: this is the first */
	uint8_t id[16];
	struct context_copy host, wall;
	uint32_t raw_bytes, context_bytes, records; /* of the block that is gathered */
	char raw[TRACE_RAW_MAX];
	char block[TRACE_BLOCK_MAX]; /* the same as it goes to the file */
};

static int file_header_write(struct record *record)
{
	struct trace_file_header header = {0};

	/* Up to 256 bytes come whole or not at all. */
	if (getrandom(record->id, sizeof(record->id), 0) < 0)
		return -errno;
	memcpy(header.id, record->id, sizeof(header.id));
	trace_file_header_seal(&header);
	memset(record->block, 0, TRACE_ALIGN);
	memcpy(record->block, &header, sizeof(header));
	return file_write_at(record->fd, record->block, TRACE_ALIGN, 0);
}

int record_open(const char *path, uint64_t max_bytes, struct record **ret_record)
{
	struct record *record;
	int err;

	if (max_bytes < RECORD_MAX_SMALLEST || max_bytes > RECORD_MAX_LARGEST)
		return -EINVAL;
	record = calloc(1, sizeof(*record));
	if (!record)
		return -ENOMEM;
	record->max_bytes = max_bytes;
	record->offset = TRACE_ALIGN;
	err = record_file_open(path, &record->fd);
	if (err)
		goto out;
	err = file_header_write(record);
	if (err) {
		close(record->fd);
		goto out;
	}
	*ret_record = record;
	record = NULL;
out:
	free(record);
	return err;
}

/* Compresses what has gathered into record->block; everything in the header but oldest. */
static int block_pack(struct record *record, struct trace_block_header *ret_header)
{
	struct trace_block_header header = {
		.sequence = record->sequence,
		.raw_bytes = record->raw_bytes,
		.context_bytes = record->context_bytes,
		.records = record->records,
	};
	char *payload = record->block + sizeof(header);
	uLongf bytes = TRACE_COMPRESSED_MAX;

	memset(record->block, 0, sizeof(record->block));
	/* The fastest level: the sensor's CPU time is dearer than disk. */
	if (compress2((void *)payload, &bytes, (const void *)record->raw, record->raw_bytes,
		    Z_BEST_SPEED) != Z_OK)
		return -ENOMEM;
	memcpy(header.id, record->id, sizeof(header.id));
	header.compressed_bytes = (uint32_t)bytes;
	header.payload_checksum = (uint32_t)crc32(0, (const void *)payload, (uInt)bytes);
	*ret_header = header;
	return 0;
}

/* Begins a new lap. Blocks of the old one behind this place would be in the way of its end. */
static int lap_begin(struct record *record)
{
	if (ftruncate(record->fd, (off_t)record->offset) < 0)
		return -errno;
	record->oldest = record->lap_first;
	record->oldest_offset = TRACE_ALIGN;
	record->old_lap_end = record->offset;
	record->lap_first = record->sequence;
	record->offset = TRACE_ALIGN;
	return 0;
}

/* Drops the oldest blocks until the bytes before end are free. */
static int blocks_drop(struct record *record, uint64_t end)
{
	while (record->oldest_offset < end && record->oldest_offset < record->old_lap_end) {
		struct trace_block_header header;
		ssize_t n =
			pread(record->fd, &header, sizeof(header), (off_t)record->oldest_offset);

		if (n < 0)
			return -errno;
		/* Under sudo the file is the user's, who may have written into it. */
		if (n != sizeof(header) || trace_block_header_check(&header, record->id) ||
			header.sequence != record->oldest)
			return -EBADMSG;
		record->oldest_offset += trace_block_bytes(&header);
		record->oldest++;
	}
	return 0;
}

static int block_write(struct record *record)
{
	struct trace_block_header header;
	uint64_t bytes;
	int err;

	err = block_pack(record, &header);
	if (err)
		return err;
	bytes = trace_block_bytes(&header);
	if (record->offset + bytes > record->max_bytes)
		err = lap_begin(record);
	if (!err)
		err = blocks_drop(record, record->offset + bytes);
	if (err)
		return err;
	header.oldest = record->oldest;
	trace_block_header_seal(&header);
	memcpy(record->block, &header, sizeof(header));
	err = file_write_at(record->fd, record->block, bytes, record->offset);
	if (err)
		return err;
	record->offset += bytes;
	record->sequence++;
	record->raw_bytes = record->context_bytes = record->records = 0;
	return 0;
}

static void append(struct record *record, const void *data, size_t len)
{
	struct trace_record prefix = {.length = (uint32_t)len};
	uint32_t bytes = trace_record_bytes(prefix.length);
	char *to = record->raw + record->raw_bytes;

	memset(to, 0, bytes);
	memcpy(to, &prefix, sizeof(prefix));
	memcpy(to + sizeof(prefix), data, len);
	record->raw_bytes += bytes;
}

static void block_begin(struct record *record)
{
	if (record->host.len)
		append(record, record->host.bytes, record->host.len);
	if (record->wall.len)
		append(record, record->wall.bytes, record->wall.len);
	record->context_bytes = record->raw_bytes;
}

/* What comes after a swap was judged by the new rules, which the copy of HOST is to tell. */
static void rules_remember(struct record *record, const char *rules)
{
	if (record->host.len >= sizeof(struct event_host))
		memcpy(record->host.bytes + offsetof(struct event_host, rules_digest),
			rules + offsetof(struct event_rules, rules_digest),
			sizeof(((struct event_rules *)0)->rules_digest));
}

static void context_remember(struct record *record, const void *data, size_t len)
{
	struct event_header header;
	struct context_copy *copy;

	if (len < sizeof(header))
		return;
	memcpy(&header, data, sizeof(header));
	if (header.type == EVENT_RULES && len >= sizeof(struct event_rules)) {
		rules_remember(record, data);
		return;
	}
	if (header.type == EVENT_HOST)
		copy = &record->host;
	else if (header.type == EVENT_WALL)
		copy = &record->wall;
	else
		return;
	memcpy(copy->bytes, data, len);
	copy->len = len;
}

int record_write(struct record *record, const void *data, size_t len)
{
	if (!len || len > EVENT_RECORD_MAX)
		return -EINVAL;
	if (record->raw_bytes + trace_record_bytes((uint32_t)len) > TRACE_RAW_MAX)
		record_tick(record);
	if (record->error)
		return record->error;
	if (!record->records)
		block_begin(record);
	append(record, data, len);
	record->records++;
	/* Only now: the block's own copies are of what came before it. */
	context_remember(record, data, len);
	return 0;
}

int record_tick(struct record *record)
{
	if (!record->error && record->records)
		record->error = block_write(record);
	return record->error;
}

uint64_t record_dropped_blocks(const struct record *record)
{
	return record->oldest;
}

int record_close(struct record *record)
{
	int err;

	if (!record)
		return 0;
	err = record_tick(record);
	if (fsync(record->fd) < 0 && !err)
		err = -errno;
	if (close(record->fd) < 0 && !err)
		err = -errno;
	free(record);
	return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a trace file as hostile input: delivers its sound part, says where and why that ends. */
#include "sources/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/trace_private.h"
#include "util/file_io.h"

static const char *kind_check(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return "a directory, not a trace";
	if (S_ISFIFO(st->st_mode))
		return "a pipe: save the trace to a file and replay that";
	if (!S_ISREG(st->st_mode))
		return "not a regular file, so not a trace";
	if (!st->st_size)
		return "the file is empty: nothing was recorded";
	if ((uint64_t)st->st_size > TRACE_FILE_MAX)
		return "larger than 4 GiB, the most a trace can have";
	return NULL;
}

static int file_check(struct trace *trace)
{
	struct trace_file_header header = {0};
	const char *reason;
	struct stat st;
	ssize_t n;

	if (fstat(trace->fd, &st) < 0)
		return -errno;
	reason = kind_check(&st);
	if (reason) {
		trace_problem_set(trace, 0, reason);
		return 0;
	}
	trace->size = (uint64_t)st.st_size;
	n = file_read_at(trace->fd, &header, sizeof(header), 0);
	if (n < 0)
		return (int)n;
	reason = trace_file_header_check(&header);
	if (reason) {
		trace_problem_set(trace, 0, reason);
		return 0;
	}
	memcpy(trace->id, header.id, sizeof(trace->id));
	return trace_find_blocks(trace);
}

int trace_open(const char *path, struct trace **ret_trace)
{
	struct trace *trace = calloc(1, sizeof(*trace));
	int err;

	if (!trace)
		return -ENOMEM;
	/* O_NONBLOCK: a FIFO must be refused, not waited for. */
	trace->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	err = trace->fd < 0 ? -errno : file_check(trace);
	if (err) {
		trace_free(trace);
		return err;
	}
	*ret_trace = trace;
	return 0;
}

/* Reads the whole block into trace->raw. Returns 0, -EBADMSG with the problem set, or -errno. */
static int block_read(struct trace *trace, uint64_t offset, uint64_t sequence,
	struct trace_block_header *ret_header)
{
	const char *reason;
	ssize_t n;
	int err = trace_block_header_read(trace, offset, ret_header, &reason);

	if (err && err != -EBADMSG)
		return err;
	/* It was sound when the trace was opened. */
	if (err || ret_header->sequence != sequence) {
		trace_problem_set(trace, offset, "the trace was changed while it was read");
		return -EBADMSG;
	}
	n = file_read_at(trace->fd, trace->compressed, ret_header->compressed_bytes,
		offset + sizeof(*ret_header));
	if (n < 0)
		return (int)n;
	if ((size_t)n < ret_header->compressed_bytes)
		reason = "the file ends inside a block";
	else
		reason = trace_payload_unpack(ret_header, trace->compressed, trace->raw);
	if (reason) {
		trace_problem_set(trace, offset, reason);
		return -EBADMSG;
	}
	return 0;
}

static int block_feed(
	struct trace *trace, const struct trace_block_header *header, const struct record_out *out)
{
	/* The first block of a partial trace brings its host facts and wall clock; block 0 has
	 * none. */
	bool context = header->sequence == trace->oldest.first;
	uint32_t at = context ? 0 : header->context_bytes;

	while (at < header->raw_bytes) {
		struct trace_record *record = (void *)((char *)trace->raw + at);
		struct event_header *event = (void *)(record + 1);
		int err = out->feed(out->context, event, record->length);

		if (err < 0)
			return err;
		trace->last_type = record->length < sizeof(*event) ? 0 : event->type;
		at += trace_record_bytes(record->length);
	}
	return 0;
}

static int run_feed(struct trace *trace, const struct run *run, const struct record_out *out)
{
	uint64_t offset = run->start, sequence = run->first;

	while (offset < run->end) {
		struct trace_block_header header;
		int err = block_read(trace, offset, sequence, &header);

		if (!err)
			err = block_feed(trace, &header, out);
		if (err)
			return err;
		offset += trace_block_bytes(&header);
		sequence++;
	}
	return 0;
}

int trace_feed(struct trace *trace, const struct record_out *out)
{
	const struct run *last = trace->two_laps ? &trace->head : &trace->oldest;
	int err = run_feed(trace, &trace->oldest, out);

	if (!err && trace->two_laps)
		err = run_feed(trace, &trace->head, out);
	if (err)
		return err;
	if (!trace->problem.reason[0] && trace->last_type != EVENT_END)
		trace_problem_set(trace, last->end < trace->size ? last->end : trace->size,
			"the recording was cut off: its end record is missing");
	return trace->problem.reason[0] ? -EBADMSG : 0;
}

const struct trace_problem *trace_problem(const struct trace *trace)
{
	return trace->problem.reason[0] ? &trace->problem : NULL;
}

bool trace_partial(const struct trace *trace)
{
	return trace->oldest.first > 0;
}

uint64_t trace_blocks_lost(const struct trace *trace)
{
	return trace->oldest.first;
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	if (trace->fd >= 0)
		close(trace->fd);
	free(trace);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the blocks of a trace file and decides whether they are all that was written. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sources/trace_private.h"
#include "util/file_io.h"

void trace_problem_set(struct trace *trace, uint64_t offset, const char *reason)
{
	trace->problem.offset = offset;
	snprintf(trace->problem.reason, sizeof(trace->problem.reason), "%s", reason);
}

int trace_block_header_read(const struct trace *trace, uint64_t offset,
	struct trace_block_header *ret_header, const char **ret_reason)
{
	ssize_t n = file_read_at(trace->fd, ret_header, sizeof(*ret_header), offset);

	if (n < 0)
		return (int)n;
	if ((size_t)n < sizeof(*ret_header))
		*ret_reason = "the file ends inside a block header";
	else
		*ret_reason = trace_block_header_check(ret_header, trace->id);
	return *ret_reason ? -EBADMSG : 0;
}

/* Says what stands at offset instead of the block with this sequence. */
static int problem_explain(struct trace *trace, uint64_t offset, uint64_t sequence)
{
	struct trace_block_header header;
	const char *reason = NULL;
	int err;

	if (offset >= trace->size) {
		offset = trace->size;
		err = -EBADMSG;
		reason = "the file ends here";
	} else {
		err = trace_block_header_read(trace, offset, &header, &reason);
	}
	if (err && err != -EBADMSG)
		return err;
	trace->problem.offset = offset;
	snprintf(trace->problem.reason, sizeof(trace->problem.reason),
		"block %" PRIu64 " is missing: %s", sequence,
		reason ? reason : "another one is in its place");
	return 0;
}

static void run_found(struct trace *trace, const struct run *run)
{
	if (!run->end)
		return;
	trace->runs_found++;
	if (run->start == TRACE_ALIGN)
		trace->head = *run;
	if (!trace->oldest.end || run->first < trace->oldest.first)
		trace->oldest = *run;
}

static int find_runs(struct trace *trace)
{
	struct run run = {0};
	uint64_t offset = TRACE_ALIGN;

	while (offset < trace->size) {
		struct trace_block_header header;
		const char *reason;
		int err = trace_block_header_read(trace, offset, &header, &reason);

		if (err && err != -EBADMSG)
			return err;
		if (err) {
			offset += TRACE_ALIGN;
			continue;
		}
		if (run.end != offset || run.next != header.sequence) {
			run_found(trace, &run);
			run = (struct run){.start = offset, .first = header.sequence};
		}
		offset += trace_block_bytes(&header);
		run.end = offset;
		run.next = header.sequence + 1;
		run.oldest = header.oldest;
	}
	run_found(trace, &run);
	return 0;
}

/*
 * Decides whether what was found is all that was written. Only the rest of the block that the
 * newest one overwrote by half may lie between the two laps: it is shorter than a block.
 */
static int judge_runs(struct trace *trace)
{
	const struct run *head = &trace->head, *oldest = &trace->oldest;
	uint64_t rest_end = trace->size;
	bool wrapped;

	trace->two_laps = head->end && head->start != oldest->start && head->first == oldest->next;
	if (!head->end)
		return problem_explain(trace, TRACE_ALIGN, oldest->end ? oldest->next : 0);
	if (trace->runs_found != (trace->two_laps ? 2 : 1))
		return trace->two_laps ? problem_explain(trace, head->end, head->next)
				       : problem_explain(trace, oldest->end, oldest->next);
	if (trace->two_laps && oldest->end < trace->size) {
		trace_problem_set(
			trace, oldest->end, "bytes that are no block follow the last block");
		return 0;
	}
	if (oldest->first != head->oldest)
		return problem_explain(trace, head->end, head->oldest);
	if (trace->two_laps)
		rest_end = oldest->start;
	wrapped = head->oldest > 0;
	if (head->end < rest_end && (!wrapped || rest_end - head->end >= TRACE_BLOCK_MAX))
		return problem_explain(trace, head->end, head->next);
	return 0;
}

int trace_find_blocks(struct trace *trace)
{
	int err = find_runs(trace);

	return err ? err : judge_runs(trace);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The source that delivers a trace's records: replay. */
#ifndef MINERWATCH_TRACE_H
#define MINERWATCH_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "source.h"

struct trace;

/* What is wrong with a trace, for people: "PATH: at byte OFFSET: REASON". */
struct trace_problem {
	uint64_t offset; /* in the file: where the first thing that is not sound begins */
	char reason[128]; /* one clause, no newline, constant text and numbers only */
};

/*
 * Opens a trace and finds its blocks; memory is bounded at 200 KiB whatever the file says. Returns
 * 0 or the -errno of open, fstat or read. A file that is no sound trace opens all the same: its
 * sound part, if any, can be fed, and trace_problem tells the rest.
 */
int trace_open(const char *path, struct trace **ret_trace);

/*
 * Feeds every record in the order of recording, 8-byte aligned, valid during the call. Blocks are
 * fed whole or not at all, and only up to the first gap. Returns 0; -EBADMSG when trace_problem has
 * something to say (the sound part has been fed); else the -errno of reading or of out->feed.
 */
int trace_feed(struct trace *trace, const struct record_out *out);

/* Complete once trace_feed has returned. NULL: the trace is sound. Owned by the trace. */
const struct trace_problem *trace_problem(const struct trace *trace);

/* True when the first blocks are not in the file (any more): host facts then come from a copy. */
bool trace_partial(const struct trace *trace);
/* How many those are. */
uint64_t trace_blocks_lost(const struct trace *trace);

void trace_free(struct trace *trace);

#endif

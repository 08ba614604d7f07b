/* SPDX-License-Identifier: Apache-2.0 */
/* What trace.c and trace_blocks.c share of an open trace. */
#ifndef MINERWATCH_TRACE_PRIVATE_H
#define MINERWATCH_TRACE_PRIVATE_H

#include <sys/types.h>

#include "sources/trace.h"
#include "sources/trace_format.h"

/* Blocks that follow one another in the file and in sequence. */
struct run {
	uint64_t start; /* file offset of the first */
	uint64_t end; /* where the next would begin; 0: there is no such run */
	uint64_t first; /* sequence of the first */
	uint64_t next; /* sequence after the last */
	uint64_t oldest; /* what the last block says of the oldest */
};

struct trace {
	int fd;
	uint64_t size;
	uint8_t id[16];
	unsigned runs_found;
	struct run head; /* the run at the first block's place: holds the newest block */
	struct run oldest; /* the run with the lowest sequence; equals head in a trace of one lap */
	bool two_laps; /* head continues oldest */
	unsigned last_type; /* of the last record fed */
	struct trace_problem problem; /* no reason: none */
	char compressed[TRACE_COMPRESSED_MAX];
	uint64_t raw[TRACE_RAW_MAX / sizeof(uint64_t)];
};

void trace_problem_set(struct trace *trace, uint64_t offset, const char *reason);

/*
 * Returns 0 when a sound header stands there, -EBADMSG when not, or the -errno of reading.
 * *ret_reason: what is not sound about it, else NULL.
 */
int trace_block_header_read(const struct trace *trace, uint64_t offset,
	struct trace_block_header *ret_header, const char **ret_reason);

/* Fills runs_found, head, oldest, two_laps, problem. 0 or the -errno of reading. */
int trace_find_blocks(struct trace *trace);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's end of one sink: hands lines to its writer, believes its answers. */
#ifndef MINERWATCH_SINK_END_H
#define MINERWATCH_SINK_END_H

#include "sinks/line_queue.h"

/* One of a sink_set's. */
struct sink_end {
	const char *target;
	int fd; /* to the writer; -1: between two of them */
	struct line_queue queue;
	uint64_t finish_ns; /* it was told to finish by then; 0: it was not */
	bool stale; /* the writer to come may have opened too early */
	bool gone; /* its reader, for good */
	int trouble; /* -errno it fails with at present; 0: none */
	int lost_for; /* the last -errno a line was given up for; 0: there was no room */
	bool trouble_said;
	uint64_t lost_said, said_ns;
};

/*
 * Hands out what can be, nothing to one that is to finish; what does not go now goes when it has
 * answered, or its end is noticed.
 */
void sink_end_flush(struct sink_end *end);
/* Takes what its writer has answered. True: it has ended. */
bool sink_end_take_answers(struct sink_end *end);
/* There is no writer any more; what it had is for the next one. */
void sink_end_part(struct sink_end *end);
/* The writer is told to finish what it has, within a second of now. */
void sink_end_finish(struct sink_end *end, uint64_t now_ns);
/* Says what fails and what was lost, once a minute at most. */
void sink_end_say(struct sink_end *end, uint64_t now_ns);

#endif

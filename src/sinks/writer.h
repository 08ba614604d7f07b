/* SPDX-License-Identifier: Apache-2.0 */
/* The process that writes to one sink, and what is said between it and the sensor. */
#ifndef MINERWATCH_WRITER_H
#define MINERWATCH_WRITER_H

#include <stdint.h>

#include "sink.h"

/*
 * A packet is a line: this, then its bytes. When the sensor shuts its end down, the writer tries
 * what it was given once more, answers, and ends.
 */
struct writer_head {
	uint64_t number; /* never 0 */
	uint64_t time_ns;
	uint32_t severity, kind;
	uint32_t again;
	uint32_t pad;
	char host[SINK_HOST_MAX];
};

/* What became of a line, or (number 0) why nothing is written at present. */
struct writer_answer {
	uint64_t number;
	int32_t error; /* 0: written; -errno: lost, of number 0: it is tried again */
	uint32_t pad;
};

/*
 * The writer's life; fd: its end of the pair. Opens the target, for as long as that takes, then
 * drops every privilege. Ends where a connection does: the sensor asks for another writer.
 */
void writer_child(int fd, const char *target);

#endif

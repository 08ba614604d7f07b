/* SPDX-License-Identifier: Apache-2.0 */
/* What the pipeline may ask of the examiner, who alone touches other processes' files. */
#ifndef MINERWATCH_EXAMINE_H
#define MINERWATCH_EXAMINE_H

#include <stddef.h>

#include "event.h"
#include "process.h"

enum examine_kind {
	EXAMINE_PROCESS = 1, /* answer: PROCESS */
	EXAMINE_CONTAINER = 2, /* answer: CONTAINER, about the container the process runs in */
	EXAMINE_MEMORY = 3, /* answer: MEMORY */
	EXAMINE_CONTENT = 5, /* answers: CONTENT, one an object */
	EXAMINE_SOCKETS = 4, /* answer: SOCKETs, by the sensor's file iterator; arms them */
};

struct examine_job {
	uint32_t kind; /* enum examine_kind */
	uint32_t objects; /* CONTENT: bit an enum content_object; PROCESS: 1: EVENT_AGAIN */
	struct process_key process;
	uint64_t cgroup_id; /* comes back in the answer's header */
	struct event_file file; /* CONTENT_EXE: what the process was seen to run */
	uint32_t later; /* CONTENT: 1: those that are not go first */
	/* CONTAINER: */
	uint32_t path_len;
	char path[EVENT_CGROUP_PATH_MAX]; /* of that cgroup */
};

#define CONTENT_BIT(object) (UINT32_C(1) << (object))

/* Bytes of a job that travel: the path only as far as it goes. */
static inline size_t examine_job_size(const struct examine_job *job)
{
	return offsetof(struct examine_job, path) + job->path_len;
}

#endif

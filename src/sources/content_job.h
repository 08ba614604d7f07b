/* SPDX-License-Identifier: Apache-2.0 */
/* What the queue must know of jobs that read files: how long they may take, and what to say when
 * they are given up. */
#ifndef MINERWATCH_CONTENT_JOB_H
#define MINERWATCH_CONTENT_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "examine.h"

#define CONTENT_MEMORY_BYTES (UINT64_C(64) << 20) /* of one process' memory that are searched */

/* From weights.conf; what is read of one job's mapped files together is no more than largest. */
struct content_pace {
	uint64_t bytes_per_s; /* 0: none known, no job reads files */
	uint64_t largest; /* bytes of a file */
};

/* What reading the job's bytes takes at that pace; 0 for jobs that read none. */
uint64_t content_job_ns(const struct examine_job *job, const struct content_pace *pace);
/* A CONTENT record that says CONTENT_GAVE_UP; its length, 0 for other jobs. */
size_t content_job_gave_up(const struct examine_job *job, __u64 record[EVENT_RECORD_MAX / 8]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime's own files tell of the container a process runs in. */
#ifndef MINERWATCH_EXAMINE_CONTAINER_H
#define MINERWATCH_EXAMINE_CONTAINER_H

#include "event.h"
#include "examine.h"

/*
 * Writes a CONTAINER record into record. Returns its length; 0 when there is no such process (any
 * more) or its pid is another's by now. Where neither the cgroup's path nor a runtime names a
 * container the record names none. Of nested containers the record names the one that the host's
 * runtime made, where that is confirmed; else the innermost of the path. May block for as long as
 * the runtime's file system does.
 */
size_t examine_container(const struct examine_job *job, __u64 record[static EVENT_RECORD_MAX / 8]);

/* The same with another directory for /proc. */
size_t examine_container_at(
	int proc, const struct examine_job *job, __u64 record[static EVENT_RECORD_MAX / 8]);

#endif

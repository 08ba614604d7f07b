/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc tells of a process whose exec was not seen. Runs in the examining child. */
#ifndef MINERWATCH_EXAMINE_PROCESS_H
#define MINERWATCH_EXAMINE_PROCESS_H

#include "event.h"
#include "process.h"

/*
 * Writes a PROCESS record into record. Returns its length; 0 when there is no such process (any
 * more), or its pid is another's by now. May block for as long as its executable's file system
 * does.
 */
size_t examine_process(const struct process_key *key, __u64 record[static EVENT_RECORD_MAX / 8]);

#endif

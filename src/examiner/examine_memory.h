/* SPDX-License-Identifier: Apache-2.0 */
/* Answers what memory and which CPU registers a process holds. */
#ifndef MINERWATCH_EXAMINE_MEMORY_H
#define MINERWATCH_EXAMINE_MEMORY_H

#include "event.h"
#include "process.h"

/* Fills a MEMORY record. Its length; 0: the process is gone, or another has its pid. */
size_t examine_memory(const struct process_key *key, __u64 record[static EVENT_RECORD_MAX / 8]);

#endif

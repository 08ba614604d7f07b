/* SPDX-License-Identifier: Apache-2.0 */
/* Decides whose threads are looked at more often than once a second, and which CPUs are visited for
 * it. */
#ifndef MINERWATCH_BURST_H
#define MINERWATCH_BURST_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"
#include "sources/visit.h"

#define BURST_ROUND_MS 50
#define BURST_ROUNDS 20
#define BURST_RESTS_MAX 64 /* groups remembered after a burst; the one rested longest goes */

struct burst_group {
	uint64_t start_ns; /* of the process */
	uint32_t pid; /* 0: a free place */
	unsigned rounds; /* left */
	unsigned samples; /* in a mode of RandomX other than to nearest */
	unsigned modes; /* bit a mode, to nearest aside */
};

/* A group whose burst is over. */
struct burst_rest {
	uint64_t start_ns, until_ns;
	uint32_t pid;
	uint32_t seconds; /* the rest after the next burst, if that one is not clear either */
};

struct burst {
	struct burst_group groups[WATCHED_MAX];
	struct burst_rest rests[BURST_RESTS_MAX];
	unsigned visits_count;
	uint16_t visits[VISITS_MAX];
};

/*
 * Has a look at a record on its way to the pipeline: a thread that used CPU in a mode of RandomX
 * starts a burst of its group; one that runs and was not switched wants a visit.
 */
void burst_watch(struct burst *burst, const void *record, size_t len);
/* The groups being watched. Their number: 0 to WATCHED_MAX. */
unsigned burst_groups(const struct burst *burst, uint32_t ret_pids[WATCHED_MAX]);
/* After each pass over those groups: bursts that are over, or whose answer is clear, end. */
void burst_round(struct burst *burst, uint64_t now_ns);
/* The visits wanted since the last call. Their number: 0 to VISITS_MAX. */
unsigned burst_visits(struct burst *burst, uint16_t ret_cpus[VISITS_MAX]);

#endif

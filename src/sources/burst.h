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
#define BURST_CATCH_UP_MS 3
#define BURST_ROUNDS 20
#define BURST_LONGEST_S 6 /* for groups that hardly run */
#define BURST_RESTS_MAX 64 /* groups remembered after a burst; the one rested longest goes */

/*
 * One look is allowed in each 50 ms. Those that showed nothing, since none of the group's threads
 * was switched out, are made up for as soon as one is: beside a real-time hog they run for 50 ms of
 * a second, all at once.
 */
struct burst_group {
	uint64_t start_ns; /* of the process */
	uint64_t begun_ns; /* the burst */
	uint32_t pid; /* 0: a free place */
	unsigned looks, limit; /* that showed something; of them */
	unsigned samples; /* in a mode of RandomX other than to nearest */
	unsigned modes; /* bit a mode, to nearest aside */
	unsigned hurry; /* rounds that come fast, since it runs now and looks are owed */
	bool fresh; /* this look shows something */
	bool longer; /* it shows all modes, and got as many looks again */
};

/* A group whose burst is over. */
struct burst_rest {
	uint64_t start_ns, until_ns;
	uint32_t pid;
	uint32_t seconds; /* the rest after the next burst, if that one is not clear either */
};

struct burst_visit {
	uint32_t pid; /* who was seen to run there */
	uint16_t cpu;
};

struct burst {
	struct burst_group groups[WATCHED_MAX];
	struct burst_rest rests[BURST_RESTS_MAX];
	unsigned visits_count, made_count;
	struct burst_visit visits[VISITS_MAX]; /* wanted */
	struct burst_visit made[VISITS_MAX]; /* handed out last */
	uint16_t first_cpu; /* whose turn it is where more are wanted */
};

/*
 * Has a look at a record on its way to the pipeline: a thread that used CPU in a mode of RandomX
 * starts a burst of its group; one that runs and was not switched wants a visit.
 */
void burst_watch(struct burst *burst, const void *record, size_t len);
/* The groups being watched that may be looked at now. Their number: 0 to WATCHED_MAX. */
unsigned burst_groups(const struct burst *burst, uint64_t now_ns, uint32_t ret_pids[WATCHED_MAX]);
/* The same, and those who were visited: what to look at when visits have been made. */
unsigned burst_visited(const struct burst *burst, uint64_t now_ns, uint32_t ret_pids[WATCHED_MAX]);
/*
 * After each pass over those groups: bursts that are over, or whose answer is clear, end. Returns
 * milliseconds until the next one; 0: nobody is watched.
 */
unsigned burst_round(struct burst *burst, uint64_t now_ns);
/* The visits wanted since the last call. Their number: 0 to VISITS_MAX. */
unsigned burst_visits(struct burst *burst, uint16_t ret_cpus[VISITS_MAX]);

#endif

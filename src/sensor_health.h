/* SPDX-License-Identifier: Apache-2.0 */
/* What the sensor knows of its own health: rounds of canaries, and how late its loop came. */
#ifndef MINERWATCH_SENSOR_HEALTH_H
#define MINERWATCH_SENSOR_HEALTH_H

#include "sources/canary.h"

struct sensor;
struct launcher_message;

struct health {
	struct canary canary; /* of this round, or the last one */
	struct hook_states hooks;
	unsigned ever; /* bit a canary_link: was proven once, by this run or one before it */
	unsigned untried; /* bit a canary_link: could not be played in this round */
	unsigned doubted; /* bit a canary_hook: attached, but not seen, which has been said */
	__u64 unrecorded[CANARY_LINKS]; /* when this round began */
	uint8_t quiet[CANARY_LINKS]; /* rounds without a record (canary_quiet) */
	uint32_t round; /* number of the last request */
	bool playing; /* a round is under way */
	bool answered; /* the launcher has said what it could play */
	bool again; /* something was missing: it was played a second time */
	uint64_t next_ns; /* round */
	uint64_t judge_ns; /* what has not come by then is missing */
	int socket; /* of ours with a peer, for the iterator of sockets to find; -1: none */
	uint64_t scan_ns; /* next search for it, at the earliest */
	uint64_t tick_ns; /* of the last tick, CLOCK_MONOTONIC: a suspended host is no gap */
	uint64_t gaps; /* times the loop came late */
	uint64_t gap_ms; /* by so much, together */
};

/* Before anything is attached, so that what it opens makes no record. attached: bit a canary_hook.
 */
void sensor_health_open(struct sensor *sensor);
void sensor_health_close(struct sensor *sensor);
/* The hook is not attached: nothing of it is waited for. */
void sensor_health_lacks(struct sensor *sensor, const char *what);

/* The first round; 0 or -errno of asking. */
int sensor_health_start(struct sensor *sensor);
/*
 * Each second, when the ring has been read: judges, plays again, begins the next round. Returns 0,
 * -ESHUTDOWN: a hook is dead, and all has been told that can be; or -errno of asking or feeding.
 */
int sensor_health_tick(struct sensor *sensor, bool drained);
/* How many milliseconds later than a second this tick comes, 0 unless it is worth telling; tells
 * it. */
uint32_t sensor_health_gap(struct sensor *sensor);
/* The launcher has played. */
void sensor_health_answer(struct sensor *sensor, const struct launcher_message *answer);
/* A record came, or an answer: says what can be trusted again, ends a round that is complete. */
int sensor_health_settle(struct sensor *sensor);
/* Says what the first round left in doubt; then the supervisor is told that we are ready. */
int sensor_health_ready(struct sensor *sensor);

#endif

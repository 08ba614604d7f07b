/* SPDX-License-Identifier: Apache-2.0 */
/* Plays one harmless event for each hook, to see that it is delivered. */
#ifndef MINERWATCH_CANARY_H
#define MINERWATCH_CANARY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "event.h"

enum canary_hook {
	CANARY_EXEC,
	CANARY_FORK,
	CANARY_EXIT,
	CANARY_CONNECT_TCP,
	CANARY_CONNECT_UDP,
	CANARY_PAYLOAD,
	CANARY_CGROUP,
	CANARY_TASKS,
	CANARY_HOOKS
};

struct canary {
	pid_t pid; /* of the played process; 0: not played */
	__u64 since_ns; /* when it was played: a record from before says nothing of now */
	__u64 cgroup_ino; /* of the played cgroup; 0: none could be made */
	unsigned expected; /* bit a hook: it was triggered, or will be */
	unsigned seen; /* bit a hook */
	unsigned untried; /* bit a hook: attached, but it could not be triggered here */
};

/* "exec", "connect_tcp", ...: the words of `sensor.degraded`. */
const char *canary_hook_name(enum canary_hook hook);

/*
 * Forks a child that forks, runs /proc/self/exe as `minerwatch canary PORT PORT`, which connects to
 * listeners of ours on loopback, says two bytes to one of them and ends; makes and removes a cgroup
 * below cgroup_mount ("": none). attached: bit a hook that is attached at all. Takes some
 * milliseconds.
 */
void canary_play(struct canary *canary, unsigned attached, const char *cgroup_mount);

/* Why a hook could not be triggered, for people. */
const char *canary_untried_why(enum canary_hook hook);

/*
 * Has a look at a record on its way to the pipeline: a hook is seen by the played event's record;
 * one that could not be triggered by anybody's.
 */
void canary_watch(struct canary *canary, const void *record, size_t len);
/* True when all that was triggered has been seen. */
bool canary_complete(const struct canary *canary);

/* The played process: true when the arguments were its. */
bool canary_child(int argc, char *const argv[]);

#endif

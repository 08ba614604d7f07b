/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel programs at work as descriptors, whether just loaded or found pinned. */
#ifndef MINERWATCH_LIVE_SET_H
#define MINERWATCH_LIVE_SET_H

#include <stdbool.h>

struct minerwatch_bpf__bss;
struct pinned_loss;
struct ring_reader;

enum {
	HOOK_EXEC,
	HOOK_FORK,
	HOOK_EXIT,
	HOOK_TCP,
	HOOK_UDP,
	HOOK_PAYLOAD,
	HOOK_CGROUP,
	HOOK_TASKS,
	HOOK_SOCKETS,
	HOOK_COUNT
};

#define HOOK_PROGRAMS_MAX 4

/* What goes or stays together; what is the word its loss is reported under. */
struct hook {
	const char *what;
	const char *programs[HOOK_PROGRAMS_MAX]; /* fewer: NULL follows */
	bool on_cgroup2; /* attached to the root of cgroup2 */
};

extern const struct hook hooks[HOOK_COUNT];

/* Descriptors; -1: none. */
struct live_set {
	int ring;
	int variables; /* the map of the programs' variables, mapped here: */
	struct minerwatch_bpf__bss *bss;
	int losses; /* the map of them, mapped here: */
	struct pinned_loss *loss;
	int programs[HOOK_COUNT][HOOK_PROGRAMS_MAX];
	int links[HOOK_COUNT][HOOK_PROGRAMS_MAX];
};

void live_set_init(struct live_set *set);
/* Maps the variables. 0 or -errno. */
int live_set_map(struct live_set *set);
/* Maps the losses. 0 or -errno, of another layout -EINVAL. */
int live_set_map_losses(struct live_set *set);
/* A reader of that ring, the caller's to free. 0 or -errno. */
int live_ring_open(int ring, struct ring_reader **ret_reader);
/* What is pinned stays at work, all else ends. Leaves an empty set. */
void live_set_done(struct live_set *set);

#endif

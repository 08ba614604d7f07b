/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs must know of this host, and their loading and attaching. */
#ifndef MINERWATCH_LIVE_LOAD_H
#define MINERWATCH_LIVE_LOAD_H

#include <stdbool.h>

#include "sources/cgroup_hierarchy.h"
#include "sources/live_set.h"

#define LIVE_DIGEST_SIZE 17 /* 16 hex digits and NUL */

struct live_config;

struct live_setup {
	const struct live_config *config; /* told what is lacking */
	struct cgroup_hierarchy hierarchy;
	unsigned subsystem; /* index of hierarchy.controller in this kernel */
	bool read_kernel; /* bpf_probe_read_kernel is allowed */
};

/* All but read_kernel, which only a try tells: read_kernel_allowed loads a program for it. */
void live_survey(struct live_setup *setup);
/* err: -errno that goes behind the words; 0: none. */
void live_degrade(const struct live_setup *setup, const char *what, const char *cannot, int err);

/* Of programs and setup: where it is the same, the programs at work are the same. */
void live_digest(const struct live_setup *setup, char ret_digest[LIVE_DIGEST_SIZE]);

/*
 * Loads and attaches what can be, into an empty set; what cannot be is reported. 0, or -errno:
 * nothing can be loaded, or exec cannot be seen.
 */
int live_load(const struct live_setup *setup, struct live_set *set);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Holds what a runtime's state file says against what the kernel says of the process. */
#ifndef MINERWATCH_CONTAINER_MATCH_H
#define MINERWATCH_CONTAINER_MATCH_H

#include <stdbool.h>

#include "examiner/container_confirm.h"

/*
 * The state's cgroup is the process' own or one above it, and is named after the id. monitor: in
 * /proc; tells where on the host the hierarchies are mounted.
 */
bool container_match_cgroup(const struct container_question *question, int monitor,
	const struct container_state *state, const char *id);

/*
 * The first process of the container, which lives, is the one of the state, and has a pid namespace
 * (not the host's) or the cgroup in common with the process in question. Its directory in /proc,
 * which the caller closes; -errno.
 */
int container_match_init(const struct container_question *question, int monitor,
	const struct container_state *state);

#endif

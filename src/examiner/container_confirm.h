/* SPDX-License-Identifier: Apache-2.0 */
/* Decides whether the runtime's own files confirm which container a process is in. */
#ifndef MINERWATCH_CONTAINER_CONFIRM_H
#define MINERWATCH_CONTAINER_CONFIRM_H

#include "decode.h"
#include "examiner/container_id.h"
#include "examiner/container_monitor.h"
#include "examiner/container_state.h"

/* What is asked. */
struct container_question {
	int proc; /* /proc */
	int host; /* a process of the host's namespaces */
	int process; /* the one in question */
	struct span path; /* of its cgroup, from the hierarchy's root */
};

/* What the host's files say, all of them read below the monitor's root. */
struct container_answer {
	struct container_monitor monitor;
	struct container_state state;
	struct oci_config config; /* only where has_config; else all zero */
	bool has_config;
	int init; /* the container's first process, its directory in /proc */
	char id[CONTAINER_ID_SIZE];
};

/*
 * 0: confirmed. Of nested containers the one that the host's runtime made: what runs in a container
 * may name its cgroups as it likes. The caller closes *ret_answer then. -errno: not confirmed.
 */
int container_confirm(
	const struct container_question *question, struct container_answer *ret_answer);
void container_answer_close(struct container_answer *answer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one container. Filled by src/state/container_table.c alone. */
#ifndef MINERWATCH_CONTAINER_H
#define MINERWATCH_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"
#include "process.h"

/* What the examiner was asked of a container, or of a cgroup that may be one's. */
struct container_inquiry {
	unsigned asked; /* how often */
	bool answered; /* the last time */
	uint64_t asked_ns; /* when last */
};

struct container {
	uint64_t key; /* of its id and where its cgroup is: what an incident goes by */
	unsigned references; /* cgroups that belong to it */
	bool sandbox; /* a pod's pause container */
	struct container_inquiry inquiry;
	uint64_t made_ns; /* boot clock: when its first cgroup was made; 0: before the run */
	uint64_t created_ns; /* wall clock, by its runtime; 0 unknown */
	uint32_t flags; /* CONTAINER_* of event.h; CONTAINER_VERIFIED: id and names are confirmed */
	struct process_key first; /* its oldest process known: what the image was started with */
	const char *orchestrator; /* "k8s", ...; static; "" none */
	/* NUL-terminated, "" unknown. id, runtime, pod uid: from the path until confirmed. A path
	 * that names no container has one only by a confirmed answer. */
	char *text[CONTAINER_TEXTS];
	char *parent_id; /* of the container around it; "" on the host */
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Containers by id and place, one for all the cgroups inside it. */
#ifndef MINERWATCH_CONTAINER_TABLE_H
#define MINERWATCH_CONTAINER_TABLE_H

#include "container.h"

struct container_entry;

/* Bounded by the cgroups that refer to them (cgroup_table.h). */
struct container_table {
	struct container_entry *entries;
};

/* The container a cgroup's path names; one more reference. NULL: none. */
struct container *container_join(struct container_table *table, struct span path, uint64_t made_ns);
/*
 * The container that its runtime's own files confirm for a cgroup whose path names none; one more
 * reference. NULL: they do not.
 */
struct container *container_join_confirmed(struct container_table *table, struct span path,
	uint64_t made_ns, const struct event *event);
/* One more reference to the same. */
struct container *container_hold(struct container *container);
void container_leave(struct container_table *table, struct container *container); /* NULL-safe */
/* Takes over what the runtime's files say, if they speak of this container. */
void container_answer(struct container *container, const struct event *event);
/* A process was seen in it. */
void container_seen(struct container *container, const struct process_key *process);

#endif

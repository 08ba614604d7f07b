/* SPDX-License-Identifier: Apache-2.0 */
/* Paths and containers of cgroups by id. */
#ifndef MINERWATCH_CGROUP_TABLE_H
#define MINERWATCH_CGROUP_TABLE_H

#include <stdint.h>

#include "state/container_table.h"

/*
 * When full, the oldest released one goes, then the oldest one in which no process was seen lately,
 * then any; those that were not released are counted. The id is then known no more.
 */
#define CGROUP_MAX 16384
#define CGROUP_RELEASED_MAX 128 /* an alert about the end of a container still names it */

struct cgroup_table;

struct cgroup_table *cgroup_table_new(void);
void cgroup_table_free(struct cgroup_table *table);

/* Made (made_ns: when), found (0) or renamed. */
void cgroup_learn(struct cgroup_table *table, uint64_t id, struct span path, uint64_t made_ns);
/* Removed; the path stays known for a while, alerts may still name it. */
void cgroup_release(struct cgroup_table *table, uint64_t id);
/* len 0: unknown */
struct span cgroup_path_of(const struct cgroup_table *table, uint64_t id);

/* The container the cgroup is, or is inside of; NULL: none. Valid until the cgroup is forgotten. */
struct container *cgroup_container(const struct cgroup_table *table, uint64_t id);
/* A process was seen in it. */
void cgroup_seen(struct cgroup_table *table, uint64_t id, const struct process_key *process,
	uint64_t now_ns);

/* What was asked of the cgroup's container, or of the cgroup where it has none. NULL: unknown id.
 */
struct container_inquiry *cgroup_inquiry(const struct cgroup_table *table, uint64_t id);
/*
 * The examiner's answer. A cgroup that names no container gets one where it was asked for and its
 * runtime's files confirm it; returns true then.
 */
bool cgroup_answer(struct cgroup_table *table, uint64_t id, const struct event *event);

/* Those that were dropped before they were released. */
uint64_t cgroup_evicted(const struct cgroup_table *table);

#endif

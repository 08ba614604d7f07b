/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads: which one a process belongs to, and what the processes of one do together. */
#ifndef MINERWATCH_WORKLOAD_H
#define MINERWATCH_WORKLOAD_H

#include "process.h"
#include "state/rounding_window.h"

struct cpu_window;
struct state;
struct workload_table;

#define WORKLOADS_MAX 1024 /* with CPU use; the one idle longest goes */

struct workload {
	struct workload_key key; /* first: hashed */
	struct cpu_window *cpu;
	struct rounding_window rounding;
};

struct workload_table *workload_table_new(void);
void workload_table_free(struct workload_table *table); /* NULL is legal */

/*
 * The container, else the leaf cgroup where that is not shared by many, else the session its
 * evidence counts for.
 */
struct workload_key workload_of(const struct state *state, const struct process *process);

/* What a THREAD record says of the process' workload. */
void workload_thread(struct state *state, const struct process *process, const struct event *event);
/* It has ended, and no pass saw so much of its CPU time. */
void workload_unseen(struct state *state, const struct process *process, uint64_t run_ns);
/* NULL: nothing known that counts. */
const struct workload *workload_find(const struct state *state, const struct process *process);

#endif

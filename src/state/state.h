/* SPDX-License-Identifier: Apache-2.0 */
/* Everything the pipeline knows of the host, brought up to date by one event at a time. */
#ifndef MINERWATCH_STATE_H
#define MINERWATCH_STATE_H

#include "process.h"
#include "state/cgroup_table.h"
#include "state/connection_table.h"
#include "state/content_table.h"
#include "state/dns_table.h"
#include "state/flow_table.h"
#include "state/process_table.h"

#define DEGRADED_MAX 32 /* words; a further one is ignored, sources use fewer */

struct state {
	struct event_host host; /* zeros until the HOST record */
	int64_t wall_offset_ns;
	uint64_t now_ns; /* event time: never runs backward */
	uint64_t dropped; /* records lost, all classes, as the last COUNTERS record said */
	uint64_t execs_lost; /* of these, EXEC records */
	bool hugepages_known;
	uint64_t hugepages_kib;
	uint64_t hugepages_raised_ns; /* when more were set aside; 0: not seen */
	size_t preload_len;
	char preload[EVENT_PRELOAD_MAX]; /* text of /etc/ld.so.preload */
	size_t image_bytes; /* of all images */
	struct process_table *processes;
	struct cgroup_table *cgroups;
	struct flow_table *flows;
	struct connection_table *connections;
	struct dns_table *dns;
	struct content_table *contents;
	struct workload_table *workloads;
	unsigned degraded_count;
	char degraded[DEGRADED_MAX][32]; /* sorted, so that their order tells nothing of chance */
	/* Told of each process that has ended, before it leaves the living. */
	void (*ended)(void *context, struct process *process);
	void *context;
};

void state_init(struct state *state);
void state_done(struct state *state);

/*
 * Brings the state up to date. *ret_process: the process the event is about, NULL where there is
 * none (or no memory for it). A fork gives the child.
 */
void state_apply(struct state *state, const struct event *event, struct process **ret_process);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that apply events: state.c, state_network.c, state_run.c,
 * state_restore.c. */
#ifndef MINERWATCH_STATE_PRIVATE_H
#define MINERWATCH_STATE_PRIVATE_H

#include "state/state.h"

/* The process a record's header names; made when unknown. Ended ones are not brought back. NULL:
 * alive by a pass alone, and the table is full. */
struct process *process_of(struct state *state, const struct event_header *header);

/* state_run.c */
struct process *apply_host(struct state *state, const struct event *event);
struct process *apply_wall(struct state *state, const struct event *event);
struct process *apply_counters(struct state *state, const struct event *event);
struct process *apply_hugepages(struct state *state, const struct event *event);
struct process *apply_preload(struct state *state, const struct event *event);
struct process *apply_degraded(struct state *state, const struct event *event);

/* state_network.c */
struct process *apply_connect(struct state *state, const struct event *event);
struct process *apply_payload(struct state *state, const struct event *event);
struct process *apply_socket(struct state *state, const struct event *event);

/* state_restore.c */
struct process *apply_finding(struct state *state, const struct event *event);

#endif

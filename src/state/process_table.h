/* SPDX-License-Identifier: Apache-2.0 */
/* Processes by (pid, start time); survives pid reuse, missed exits and forks without exec. */
#ifndef MINERWATCH_PROCESS_TABLE_H
#define MINERWATCH_PROCESS_TABLE_H

#include "process.h"
#include "state/session_table.h"

/*
 * Living processes: more than pid_max (32,768 by default) is possible on large hosts. Then one that
 * does something takes the place of the one known longest that no finding names and that has used
 * no CPU, or of the oldest if all have; one that a pass merely finds there gets no place, or each
 * pass would throw out the others. Both are counted. Ended ones are kept for their children's
 * ancestry, the oldest going first.
 */
#define PROCESS_ALIVE_MAX 32768
#define PROCESS_ENDED_MAX 2048

struct process_table;

struct process_table *process_table_new(void);
void process_table_free(struct process_table *table);

struct process_key process_key_of(uint32_t pid, uint64_t start_ns);
struct process *process_find(const struct process_table *table, const struct process_key *key);
/* The living process with this pid. Looks at all of them: for a question a person asks. */
const struct process *process_find_pid(const struct process_table *table, uint32_t pid);
/* Finds or makes it. */
struct process *process_get(
	struct process_table *table, const struct process_key *key, uint64_t now_ns);
/* The same where nothing is known but that it lives. NULL: the table is full. */
struct process *process_get_idle(
	struct process_table *table, const struct process_key *key, uint64_t now_ns);

/* What a record says of its surroundings. The first parent known stays. */
void process_set_kin(
	struct process_table *table, struct process *process, const struct event_kin *kin);
/* Takes over the caller's reference to image. */
void process_set_image(struct process *process, struct image *image);
/* A child starts as a copy of its parent's program. parent may be NULL. */
void process_inherit(struct process *child, const struct process *parent);
/* What an earlier run knew of it, but for its program. Only for one that was just made. */
void process_restore(
	struct process_table *table, struct process *process, const struct event_finding *known);
/* It is dead; it stays for a while as somebody's ancestor. */
void process_end(struct process_table *table, struct process *process, uint64_t now_ns);
/* Pins and unpins: a pinned process is never evicted. */
void process_pin(struct process *process);
void process_unpin(struct process *process);

/* Calls visit for each living process whose life was last proved before since_ns. */
void process_each_unseen(struct process_table *table, uint64_t since_ns,
	void (*visit)(void *context, struct process *process), void *context);
/* Calls visit for each process known, ended ones too. */
void process_each(struct process_table *table,
	void (*visit)(void *context, struct process *process), void *context);
unsigned process_count_alive(const struct process_table *table);
/* How often a living process lost its place, or got none. */
uint64_t process_evicted(const struct process_table *table);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents: the evidence gathered against one workload. Their life is verdict.c's. */
#ifndef MINERWATCH_INCIDENT_H
#define MINERWATCH_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>

#include "detector.h"
#include "score.h"
#include "state/state.h"

/* Of one incident; when full the least makes room for a better one. */
#define INCIDENT_FINDINGS_MAX 64
/* Of all; when full an old incident that has ended goes, a told one gives up what its score needs
 * least, or one that was never told goes. */
#define FINDINGS_MAX 4096

struct incident_finding {
	struct incident_finding *next;
	struct finding finding;
	struct score_part part;
	bool inherited; /* the process got it by fork, not by what it did */
	const struct rules_allow *allow; /* row that lowers it; NULL: none */
	size_t allow_index;
};

#define INCIDENT_ALLOWED_MAX 1024 /* rows of allow.list that are counted one by one */

enum incident_phase {
	INCIDENT_WATCHED, /* too little so far */
	INCIDENT_WAITING, /* enough, but an answer is on its way */
	INCIDENT_OPEN,
	INCIDENT_ENDED,
};

struct incident {
	struct workload_key key; /* first: hashed */
	struct incident_finding *findings;
	unsigned findings_count;
	unsigned score;
	uint64_t first_ns; /* first evidence */
	uint64_t below_ns; /* open and below medium since; 0: not below */
	uint64_t ended_ns;
	uint64_t wait_until_ns;
	uint64_t cpu_ns; /* of evidence processes that have ended */
	uint32_t seq; /* of the last alert */
	uint8_t id[8];
	enum incident_phase phase;
	enum severity reported; /* since it was opened */
	enum severity highest; /* ever */
	bool held_back; /* counted in "suppressed" */
	bool update_due; /* was reported with an answer pending */
	unsigned facts_due; /* bit FACT_* (detector.h): learned since the last alert */
	unsigned facts_told; /* since it was opened */
	bool allowed; /* counted as kept below medium by the allow-list */
	bool unnamed; /* was last reported with evidence about its container alone */
};

struct incident_table;

/* Weighs by these rules until incident_weigh names others. */
struct incident_table *incident_table_new(struct state *state, const struct rules *rules);
void incident_table_free(struct incident_table *table);

struct incident *incident_find(const struct incident_table *table, const struct workload_key *key);

/*
 * Adds the finding to the workload's incident, made when there is none. A finding of the same
 * detector and process is replaced unless it weighs more. NULL: every place is
 * taken by reported evidence that weighs more.
 */
struct incident *incident_add(struct incident_table *table, const struct rules *rules,
	struct process *process, const struct finding *finding);
/* Its cgroup or session changed: its evidence goes with it. */
void incident_move(struct incident_table *table, struct process *process);
/* A fork runs its parent's program: what is known against the program holds for the child. */
void incident_fork(struct incident_table *table, struct process *parent, struct process *child);
/* Another program from now on: what was known against the old one ages, or goes if inherited. */
void incident_exec(struct incident_table *table, struct process *process);
/* The process is gone: its evidence ages. */
void incident_exit(struct incident_table *table, struct process *process);

/*
 * By other rules, or another reading of its file, the detector gives the program this grade now,
 * NULL: none. What it said otherwise goes; what it said of mapped files or memory stays.
 */
void incident_withdraw(struct incident_table *table, struct process *process,
	const struct detector *detector, const char *grade);

/* Other rules: all evidence weighs what they say. The scores change at the next refresh. */
void incident_weigh(struct incident_table *table, const struct rules *rules);
/* Drops evidence that has aged away; the score as of now. */
void incident_refresh(struct incident_table *table, struct incident *incident, uint64_t now_ns);
/* Workloads the row of allow.list kept from being reported, since it is in force. */
uint64_t incident_allowed(const struct incident_table *table, size_t row);
/* Grows whenever evidence came, moved or aged by a record that is told once. */
uint64_t incident_changes(const struct incident_table *table);
/* Findings that had no place in the full table: refused, given up, or gone with an incident that
 * was never told. */
uint64_t incident_evicted(const struct incident_table *table);
bool incident_has_living(const struct incident *incident);
uint64_t incident_cpu(const struct incident_table *table, const struct incident *incident);
/*
 * Incidents of an earlier run (incident_restore.c), from its INCIDENT and FINDING records. An
 * incident this run has itself, a finding of no such incident, one of a process whose evidence
 * stands in another, one that no detector or no row of weights.conf knows any more: left out, and
 * counted.
 */
#define INCIDENTS_RESTORED_MAX 4096 /* more are left out */
void incident_restore(struct incident_table *table, const struct event *event);
void incident_restore_finding(struct incident_table *table, const struct event *event);
struct incident_restored {
	uint64_t incidents, left_out;
};
struct incident_restored incident_restored(const struct incident_table *table);

/* One record, complete; valid during the call. */
typedef void (*incident_put)(void *context, const void *record, size_t len);
/*
 * What restores the incidents (incident_save.c): an INCIDENT, its FINDINGs, the CONTAINERs of those
 * for each; the open ones first, then the ended, then those that nothing was told of. The time in
 * the headers is 0. Nothing changes, so it can be called from the alert's callback.
 */
void incident_save(struct incident_table *table, incident_put put, void *context);

/* Calls visit for each incident, oldest first; true from visit removes it. */
void incident_each(struct incident_table *table,
	bool (*visit)(void *context, struct incident *incident), void *context);

#endif

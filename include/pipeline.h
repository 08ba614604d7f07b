/* SPDX-License-Identifier: Apache-2.0 */
/* The only door: every record of a run, live or replayed, goes through pipeline_feed. */
#ifndef MINERWATCH_PIPELINE_H
#define MINERWATCH_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "examine.h"
#include "score.h"

struct pipeline;
struct rules;
struct alert;

struct pipeline_config {
	const struct rules *rules; /* outlives the pipeline */
	/* One alert; valid during the call. Negative: the line is lost and the run must end (1). */
	int (*alert)(void *context, const struct alert *alert);
	/* Sees every record before the pipeline does; NULL: nobody. Negative: as above. */
	int (*tee)(void *context, const void *record, size_t len);
	/* Wants something examined; NULL in replay, where the answer is in the trace. */
	void (*examine)(void *context, const struct examine_job *job);
	void *context;
};

/* What went in and out; for the end of a run. */
struct pipeline_statistics {
	uint64_t records, refused, unknown, alerts;
	uint64_t evicted; /* how often a living process, a cgroup, a finding had no place in a full
			     table */
	enum severity highest; /* of any alert */
	uint64_t alerts_by[SEVERITY_COUNT]; /* severity of the alert */
	unsigned incidents_open[SEVERITY_COUNT]; /* by what was last reported */
	unsigned score_highest; /* of those */
	uint64_t restored; /* incidents of an earlier run */
	uint64_t left_out; /* incidents and findings of it that could not be */
	int error; /* first failure of alert or tee, -errno; 0 none */
};

/* Without memory for it, as in all it does, the process says so and ends with exit code 1. */
struct pipeline *pipeline_new(const struct pipeline_config *config);
void pipeline_free(struct pipeline *pipeline);

/*
 * libbpf's ring_buffer_sample_fn: context is the pipeline, data one record (8-byte aligned).
 * Returns 0 (a refused record is counted, not an error) or the callback's -errno.
 */
int pipeline_feed(void *context, void *data, size_t len);

/*
 * Other rules from now on; both sets outlive the call, the caller frees the old one afterwards.
 * What stands against a workload stands, and weighs what the new set says. Feed the RULES record
 * next.
 */
void pipeline_set_rules(struct pipeline *pipeline, const struct rules *rules);

/*
 * For a reader of verdicts: each workload there is evidence against, as the alert that would be
 * sent now; its severity is SEVERITY_NONE below medium. The alert is valid during the call. Nothing
 * is sent and nothing changes.
 */
void pipeline_each_suspect(struct pipeline *pipeline,
	void (*visit)(void *context, const struct alert *alert), void *context);
/* The same of the workload of one living process, with no findings where there is no evidence.
 * False: no such process is known. */
bool pipeline_explain(struct pipeline *pipeline, uint32_t pid,
	void (*visit)(void *context, const struct alert *alert), void *context);
unsigned pipeline_processes(const struct pipeline *pipeline); /* that live, as far as is known */

/*
 * What a later run needs to go on with the incidents as they stand, one record after another: each
 * INCIDENT is followed by all that belongs to it; what matters most comes first. Fed to another
 * pipeline behind HOST and WALL, with the time of then in their headers (0 until then), they
 * restore it. The record is valid during the call. Nothing changes: can be called from the alert
 * callback.
 */
void pipeline_save(const struct pipeline *pipeline,
	void (*put)(void *context, const void *record, size_t len), void *context);

/* Grows whenever the incidents change by what no later record tells again: pipeline_save is due. */
uint64_t pipeline_changes(const struct pipeline *pipeline);

/* Workloads that a row of allow.list has kept from being reported since its set is in force. */
uint64_t pipeline_allowed(const struct pipeline *pipeline, size_t row);

/* Event time at which a record of any kind is wanted, a TICK if there is no other; 0: none. */
uint64_t pipeline_due_ns(const struct pipeline *pipeline);
void pipeline_statistics(
	const struct pipeline *pipeline, struct pipeline_statistics *ret_statistics);

#endif

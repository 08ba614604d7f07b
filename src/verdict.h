/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an incident: when it is opened, raised, updated, ended and reopened. */
#ifndef MINERWATCH_VERDICT_H
#define MINERWATCH_VERDICT_H

#include "alert_build.h"

struct verdict {
	const struct state *state;
	const struct rules *rules;
	struct incident_table *incidents;
	int (*alert)(void *context, const struct alert *alert);
	void *context;
	uint64_t
		due_ns; /* when the first of those that wait for an answer waits no more; 0: none */
	uint64_t minute_ns; /* start of the minute whose openings are counted; 0: none yet */
	uint64_t opened; /* in that minute */
	uint64_t held_back;
	enum severity held_severity;
	enum severity highest; /* of any alert sent */
	uint64_t sent, sent_by[SEVERITY_COUNT];
	int error; /* first failure of alert, -errno */
};

/* The incident has changed: sends the alert that is due, if any. */
void verdict_consider(struct verdict *verdict, struct incident *incident);
/* After each record: sends what has waited long enough for its answer. */
void verdict_due(struct verdict *verdict);
/* Once a second of event time: all that time alone brings about. */
void verdict_tick(struct verdict *verdict);
/* A hook of the sensor's is dead. */
void verdict_tamper(struct verdict *verdict, const struct event_tamper *tamper);
/* The run is over: what was waiting goes out as it is. */
void verdict_flush(struct verdict *verdict);

#endif

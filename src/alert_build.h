/* SPDX-License-Identifier: Apache-2.0 */
/* An incident as it stands now -> the alert about it. */
#ifndef MINERWATCH_ALERT_BUILD_H
#define MINERWATCH_ALERT_BUILD_H

#include "alert.h"
#include "incident.h"

/* The alert and all it points to. Valid as long as the state and the incident do not change. */
struct alert_build {
	struct alert alert;
	struct alert_process process;
	struct alert_process ancestors[ALERT_ANCESTORS_MAX];
	struct alert_finding findings[ALERT_FINDINGS_MAX];
	const char *degraded[DEGRADED_MAX];
	const char *pending[2];
	char summary[ALERT_SUMMARY_MAX];
	char redacted_summary[ALERT_SUMMARY_MAX];
};

/*
 * The finding whose process the alert names: of the living before the dead, then what a process did
 * itself before what is said of its container, then weight, then age. NULL: none left.
 */
const struct incident_finding *alert_lead(const struct incident *incident, uint64_t now_ns);
/*
 * The answers that have been asked for and have not come: "process" (the program of the lead's),
 * "container". Returns how many.
 */
unsigned alert_awaited(const struct state *state, const struct incident *incident,
	const char *ret_pending[static 2]);

/* Fills all but seq. incident->score is as of now. */
void alert_build(const struct state *state, const struct rules *rules,
	const struct incident_table *table, const struct incident *incident,
	enum alert_action action, struct alert_build *ret_build);
/* A process nothing speaks against: no id, no findings, no summary. */
void alert_build_process(const struct state *state, const struct rules *rules,
	const struct process *process, struct alert_build *ret_build);
/* One sentence for people. The redacted one names the detectors instead of what they say. */
void alert_summarize(const struct incident *incident, const struct alert *alert,
	char ret_text[static ALERT_SUMMARY_MAX], char ret_redacted[static ALERT_SUMMARY_MAX]);
/* The line about incidents that were held back; key_ns makes its id. */
void alert_build_suppressed(const struct state *state, const struct rules *rules, uint64_t key_ns,
	uint64_t count, enum severity severity, struct alert_build *ret_build);
/* The line about a dead hook of the sensor's. */
void alert_build_tamper(const struct state *state, const struct rules *rules,
	const struct event_tamper *tamper, struct alert_build *ret_build);
/* First bytes of SHA-256 over boot id, workload key and the time of the first evidence. */
void alert_id(const struct state *state, const struct workload_key *key, uint64_t first_ns,
	uint8_t ret_id[static 8]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an incident: when it is opened, raised, updated, ended and reopened. */
#include <string.h>

#include "rules.h"
#include "verdict_private.h"

#define MS_NS UINT64_C(1000000)
#define SECOND_NS UINT64_C(1000000000)

void verdict_emit(struct verdict *verdict, const struct alert *alert)
{
	int err = verdict->alert(verdict->context, alert);

	if (err < 0 && !verdict->error)
		verdict->error = err;
	verdict->sent++;
	verdict->sent_by[alert->severity]++;
	if (alert->severity > verdict->highest)
		verdict->highest = alert->severity;
}

/* No process has shown anything yet. */
static bool is_unnamed(const struct verdict *verdict, const struct incident *incident)
{
	const struct incident_finding *lead = alert_lead(incident, verdict->state->now_ns);

	return lead && lead->finding.detector->of_container;
}

static void send(struct verdict *verdict, struct incident *incident, enum alert_action action)
{
	struct alert_build build;

	alert_build(verdict->state, verdict->rules, verdict->incidents, incident, action, &build);
	build.alert.seq = ++incident->seq;
	/* Owed from the opening on, until an alert goes out that lacks nothing. */
	incident->update_due |= action == ALERT_OPENED || action == ALERT_REOPENED;
	incident->update_due &= build.alert.pending_count > 0;
	incident->unnamed = is_unnamed(verdict, incident);
	incident->facts_told |= incident->facts_due;
	incident->facts_due = 0;
	if (build.alert.severity > incident->highest)
		incident->highest = build.alert.severity;
	if (build.alert.severity > incident->reported)
		incident->reported = build.alert.severity;
	verdict_emit(verdict, &build.alert);
}

void verdict_tamper(struct verdict *verdict, const struct event_tamper *tamper)
{
	struct alert_build build;

	alert_build_tamper(verdict->state, verdict->rules, tamper, &build);
	verdict_emit(verdict, &build.alert);
}

static void open_incident(
	struct verdict *verdict, struct incident *incident, enum severity severity)
{
	bool again = incident->seq > 0;

	if (!verdict_within_budget(verdict)) {
		/* It opens when the next minute comes and it still stands. */
		verdict->held_back += !incident->held_back;
		if (severity > verdict->held_severity)
			verdict->held_severity = severity;
		incident->held_back = true;
		return;
	}
	incident->held_back = false;
	if (!again)
		alert_id(verdict->state, &incident->key, incident->first_ns, incident->id);
	incident->phase = INCIDENT_OPEN;
	incident->below_ns = 0;
	incident->reported = SEVERITY_NONE;
	incident->facts_told = 0;
	send(verdict, incident, again ? ALERT_REOPENED : ALERT_OPENED);
}

static void end_incident(struct verdict *verdict, struct incident *incident)
{
	incident->phase = INCIDENT_ENDED;
	incident->ended_ns = verdict->state->now_ns;
	send(verdict, incident, ALERT_ENDED);
}

static bool answered(const struct verdict *verdict, const struct incident *incident)
{
	const char *pending[2];

	return alert_awaited(verdict->state, incident, pending) == 0;
}

/* True when all is answered by an answer, not because none will come: the process has ended. */
static bool identified(const struct verdict *verdict, const struct incident *incident)
{
	const struct incident_finding *lead = alert_lead(incident, verdict->state->now_ns);
	const struct process *process =
		lead ? process_find(verdict->state->processes, &lead->finding.process) : NULL;
	const struct container_inquiry *inquiry =
		process ? cgroup_inquiry(verdict->state->cgroups, process->cgroup_id) : NULL;

	return answered(verdict, incident) && process &&
	       (process->image || (inquiry && inquiry->answered));
}

static void consider_closed(
	struct verdict *verdict, struct incident *incident, enum severity severity)
{
	uint64_t now_ns = verdict->state->now_ns;

	if (severity == SEVERITY_NONE) {
		incident->phase = incident->seq ? INCIDENT_ENDED : INCIDENT_WATCHED;
		incident->held_back = false;
		return;
	}
	/* What has ended opens again by new evidence, not by the old that is still fading. */
	if (incident->phase == INCIDENT_ENDED && !incident_has_living(incident))
		return;
	if (incident->phase != INCIDENT_WAITING && !answered(verdict, incident)) {
		incident->phase = INCIDENT_WAITING;
		incident->wait_until_ns =
			now_ns + rules_setting(verdict->rules, "answer_wait_ms") * MS_NS;
		if (!verdict->due_ns || incident->wait_until_ns < verdict->due_ns)
			verdict->due_ns = incident->wait_until_ns;
	}
	if (incident->phase == INCIDENT_WAITING && now_ns < incident->wait_until_ns &&
		!answered(verdict, incident))
		return;
	open_incident(verdict, incident, severity);
}

static void consider_open(
	struct verdict *verdict, struct incident *incident, enum severity severity)
{
	unsigned due;

	if (severity > incident->reported)
		send(verdict, incident, ALERT_RAISED);
	if (incident->update_due && identified(verdict, incident))
		send(verdict, incident, ALERT_UPDATED);
	if (incident->unnamed && !is_unnamed(verdict, incident))
		send(verdict, incident, ALERT_UPDATED);
	/* Once: many processes of one workload may each be answered. */
	due = incident->facts_due & ~incident->facts_told;
	if (incident->reported < SEVERITY_CRITICAL)
		due &= ~(unsigned)FACT_LOAD; /* the alert that raises it will say so */
	if (due)
		send(verdict, incident, ALERT_UPDATED);
}

void verdict_judge(struct verdict *verdict, struct incident *incident)
{
	enum severity severity;

	incident_refresh(verdict->incidents, incident, verdict->state->now_ns);
	severity = score_severity(verdict->rules, incident->score);
	if (incident->phase == INCIDENT_OPEN)
		consider_open(verdict, incident, severity);
	else
		consider_closed(verdict, incident, severity);
}

void verdict_consider(struct verdict *verdict, struct incident *incident)
{
	verdict_next_minute(verdict);
	verdict_judge(verdict, incident);
}

/* All its processes are gone, or it has been below medium for long. */
static bool is_over(const struct verdict *verdict, struct incident *incident)
{
	uint64_t now_ns = verdict->state->now_ns, last_ns = 0;

	if (!incident_has_living(incident)) {
		for (const struct incident_finding *at = incident->findings; at; at = at->next)
			if (at->part.dead_ns > last_ns)
				last_ns = at->part.dead_ns;
		return now_ns >= last_ns + rules_setting(verdict->rules, "end_grace_s") * SECOND_NS;
	}
	if (score_severity(verdict->rules, incident->score) != SEVERITY_NONE) {
		incident->below_ns = 0;
		return false;
	}
	if (!incident->below_ns)
		incident->below_ns = now_ns;
	return now_ns >=
	       incident->below_ns + rules_setting(verdict->rules, "below_medium_end_s") * SECOND_NS;
}

/* Too late to be reopened: what is still alive of it may become another incident. True: forget it.
 */
static bool retire(struct incident *incident, uint64_t now_ns)
{
	if (!incident_has_living(incident))
		return true;
	incident->phase = INCIDENT_WATCHED;
	incident->first_ns = now_ns;
	incident->highest = SEVERITY_NONE;
	incident->cpu_ns = 0;
	incident->seq = 0;
	return false;
}

/* True: forget it. */
static bool tick_incident(void *context, struct incident *incident)
{
	struct verdict *verdict = context;
	uint64_t now_ns = verdict->state->now_ns;

	verdict_consider(verdict, incident);
	switch (incident->phase) {
	case INCIDENT_OPEN:
		if (is_over(verdict, incident))
			end_incident(verdict, incident);
		return false;
	case INCIDENT_ENDED:
		if (now_ns <
			incident->ended_ns + rules_setting(verdict->rules, "reopen_s") * SECOND_NS)
			return false;
		return retire(incident, now_ns);
	case INCIDENT_WATCHED:
	case INCIDENT_WAITING:
		break;
	}
	return incident->findings_count == 0;
}

void verdict_tick(struct verdict *verdict)
{
	verdict_next_minute(verdict);
	incident_each(verdict->incidents, tick_incident, verdict);
}

/* Looks at those that wait; the others are as they were. */
static bool due_incident(void *context, struct incident *incident)
{
	struct verdict *verdict = context;

	if (incident->phase == INCIDENT_WAITING)
		verdict_consider(verdict, incident);
	if (incident->phase == INCIDENT_WAITING &&
		(!verdict->due_ns || incident->wait_until_ns < verdict->due_ns))
		verdict->due_ns = incident->wait_until_ns;
	return false;
}

void verdict_due(struct verdict *verdict)
{
	if (!verdict->due_ns || verdict->state->now_ns < verdict->due_ns)
		return;
	verdict->due_ns = 0;
	incident_each(verdict->incidents, due_incident, verdict);
}

static bool flush_incident(void *context, struct incident *incident)
{
	if (incident->phase == INCIDENT_WAITING) {
		incident->wait_until_ns = 0;
		verdict_consider(context, incident);
	}
	return false;
}

void verdict_flush(struct verdict *verdict)
{
	incident_each(verdict->incidents, flush_incident, verdict);
	verdict_close_minute(verdict);
}

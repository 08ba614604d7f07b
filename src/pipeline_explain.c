// SPDX-License-Identifier: Apache-2.0
/* What the pipeline thinks of a workload or a process, for somebody who asks. */
#include <string.h>

#include "alert_build.h"
#include "pipeline_private.h"

struct asked {
	struct pipeline *pipeline;
	void (*visit)(void *context, const struct alert *alert);
	void *context;
};

static void visit_incident(const struct asked *asked, struct incident *incident)
{
	const struct pipeline *pipeline = asked->pipeline;
	struct alert_build build;

	incident_refresh(pipeline->incidents, incident, pipeline->state.now_ns);
	if (!incident->findings_count)
		return;
	alert_build(&pipeline->state, pipeline->config.rules, pipeline->incidents, incident,
		ALERT_OPENED, &build);
	build.alert.severity = score_severity(pipeline->config.rules, incident->score);
	asked->visit(asked->context, &build.alert);
}

static bool visit_suspect(void *context, struct incident *incident)
{
	visit_incident(context, incident);
	return false;
}

void pipeline_each_suspect(struct pipeline *pipeline,
	void (*visit)(void *context, const struct alert *alert), void *context)
{
	incident_each(pipeline->incidents, visit_suspect,
		&(struct asked){.pipeline = pipeline, .visit = visit, .context = context});
}

bool pipeline_explain(struct pipeline *pipeline, uint32_t pid,
	void (*visit)(void *context, const struct alert *alert), void *context)
{
	const struct asked asked = {.pipeline = pipeline, .visit = visit, .context = context};
	const struct process *process = process_find_pid(pipeline->state.processes, pid);
	struct incident *incident;
	struct alert_build build;

	if (!process)
		return false;
	incident =
		process->findings ? incident_find(pipeline->incidents, &process->workload) : NULL;
	if (incident) {
		visit_incident(&asked, incident);
		return true;
	}
	alert_build_process(&pipeline->state, pipeline->config.rules, process, &build);
	visit(context, &build.alert);
	return true;
}

void pipeline_save(const struct pipeline *pipeline,
	void (*put)(void *context, const void *record, size_t len), void *context)
{
	incident_save(pipeline->incidents, put, context);
}

uint64_t pipeline_changes(const struct pipeline *pipeline)
{
	return incident_changes(pipeline->incidents);
}

unsigned pipeline_processes(const struct pipeline *pipeline)
{
	return process_count_alive(pipeline->state.processes);
}

static bool count_open(void *context, struct incident *incident)
{
	struct pipeline_statistics *statistics = context;

	if (incident->phase != INCIDENT_OPEN)
		return false;
	statistics->incidents_open[incident->reported]++;
	if (incident->score > statistics->score_highest)
		statistics->score_highest = incident->score;
	return false;
}

void pipeline_statistics(
	const struct pipeline *pipeline, struct pipeline_statistics *ret_statistics)
{
	*ret_statistics = pipeline->statistics;
	ret_statistics->evicted = process_evicted(pipeline->state.processes) +
				  cgroup_evicted(pipeline->state.cgroups) +
				  incident_evicted(pipeline->incidents);
	ret_statistics->restored = incident_restored(pipeline->incidents).incidents;
	ret_statistics->left_out = incident_restored(pipeline->incidents).left_out;
	ret_statistics->alerts = pipeline->verdict.sent;
	ret_statistics->highest = pipeline->verdict.highest;
	memcpy(ret_statistics->alerts_by, pipeline->verdict.sent_by,
		sizeof(ret_statistics->alerts_by));
	incident_each(pipeline->incidents, count_open, ret_statistics);
}

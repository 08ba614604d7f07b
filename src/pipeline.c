/* SPDX-License-Identifier: Apache-2.0 */
/* Takes one record after another through decode, state, detectors and verdict. */
#include "pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "detector.h"
#include "pipeline_private.h"
#include "state/workload.h"
#include "util/memory.h"

/* An answer can be lost; one question in 10 s. */
#define EXAMINE_AGAIN_NS UINT64_C(10000000000)
#define EXAMINE_MEMORY_AGAIN_NS UINT64_C(30000000000)
/* Its sockets are armed by that, so what is sent once a minute (a keepalive) is read. */
#define EXAMINE_SOCKETS_AGAIN_NS UINT64_C(30000000000)
/* Arguments are overwritten at a program's start, mostly. */
#define EXAMINE_ARGV_AGAIN_NS UINT64_C(60000000000)
#define CONTAINER_AGAIN_NS UINT64_C(1000000000)
#define CONTAINER_ASKS_MAX 4

/* The state is about to count a process as gone. */
static void on_ended(void *context, struct process *process)
{
	struct pipeline *pipeline = context;

	incident_exit(pipeline->incidents, process);
}

struct pipeline *pipeline_new(const struct pipeline_config *config)
{
	struct pipeline *pipeline = memory_zeroed(sizeof(*pipeline));

	pipeline->config = *config;
	state_init(&pipeline->state);
	pipeline->incidents = incident_table_new(&pipeline->state, config->rules);
	pipeline->state.ended = on_ended;
	pipeline->state.context = pipeline;
	pipeline->verdict = (struct verdict){
		.state = &pipeline->state,
		.rules = config->rules,
		.incidents = pipeline->incidents,
		.alert = config->alert,
		.context = config->context,
	};
	return pipeline;
}

void pipeline_free(struct pipeline *pipeline)
{
	if (!pipeline)
		return;
	incident_table_free(pipeline->incidents);
	state_done(&pipeline->state);
	free(pipeline);
}

/*
 * What a container is, is asked at the first pass that finds it alive, and again when there is
 * evidence against what runs in it and its runtime had not confirmed it: at its start the files
 * were perhaps not there yet. A cgroup whose path names no container may still be one (with
 * containerd any name will do), so there evidence asks as well, unless many share the cgroup.
 */
static void examine_container(
	struct pipeline *pipeline, const struct process *process, bool evidence)
{
	const struct state *state = &pipeline->state;
	const struct container *container = cgroup_container(state->cgroups, process->cgroup_id);
	struct container_inquiry *inquiry = cgroup_inquiry(state->cgroups, process->cgroup_id);
	uint64_t now_ns = pipeline->state.now_ns;
	struct examine_job job = {.kind = EXAMINE_CONTAINER,
		.process = process->key,
		.cgroup_id = process->cgroup_id};
	struct span path;

	if (!inquiry || inquiry->asked == CONTAINER_ASKS_MAX || !process_alive(process) ||
		(container && inquiry->answered && (container->flags & CONTAINER_VERIFIED)))
		return;
	if (!container && (!evidence || workload_of(state, process).type != WORKLOAD_CGROUP))
		return;
	if (inquiry->asked && (!evidence || now_ns < inquiry->asked_ns + CONTAINER_AGAIN_NS))
		return;
	inquiry->asked++;
	inquiry->answered = false;
	inquiry->asked_ns = now_ns;
	path = cgroup_path_of(state->cgroups, process->cgroup_id);
	job.path_len = (uint32_t)(path.len < sizeof(job.path) ? path.len : sizeof(job.path));
	memcpy(job.path, path.data, job.path_len);
	if (pipeline->config.examine)
		pipeline->config.examine(pipeline->config.context, &job);
}

void pipeline_detect(struct pipeline *pipeline, struct process *process)
{
	unsigned type = pipeline->event.header->type;
	struct detector_input in = {
		.event = &pipeline->event,
		.process = process,
		.rules = pipeline->config.rules,
		.state = &pipeline->state,
		.now_ns = pipeline->state.now_ns,
	};
	struct incident *incident = NULL, *added;

	for (unsigned i = 0; i < detectors_count; i++) {
		struct finding finding;
		bool found;

		if (!(detectors[i]->events & DETECTOR_ON(type)))
			continue;
		memset(&finding, 0, sizeof(finding));
		finding.detector = detectors[i];
		finding.process = process->key;
		finding.time_ns = pipeline->state.now_ns;
		found = detectors[i]->check(&in, &finding);
		pipeline_withdraw(pipeline, process, detectors[i], found ? finding.grade : NULL);
		if (!found)
			continue;
		added = incident_add(
			pipeline->incidents, pipeline->config.rules, process, &finding);
		if (!added)
			continue;
		incident = added; /* of one process there is one */
		examine_container(pipeline, process, true);
	}
	/* Once all is said: what one record shows goes out in one alert. */
	if (incident)
		verdict_consider(&pipeline->verdict, incident);
}

/*
 * Asks for what is not known of a process: its program. At a pass, or when evidence stands against
 * it; not at a fork, which an exec follows as a rule.
 */
static void examine(struct pipeline *pipeline, struct process *process)
{
	uint64_t now_ns = pipeline->state.now_ns;

	if (process->image || !process_alive(process) ||
		(pipeline->event.header->type != EVENT_TASK && !process->findings))
		return;
	if (process->examined_ns && now_ns < process->examined_ns + EXAMINE_AGAIN_NS)
		return;
	process->examined_ns = now_ns;
	if (pipeline->config.examine)
		pipeline->config.examine(
			pipeline->config.context, &(struct examine_job){
							  .kind = EXAMINE_PROCESS,
							  .process = process->key,
							  .cgroup_id = process->cgroup_id,
						  });
}

/* Asks about a suspect at its first finding, and again now and then. */
static void examine_suspect(struct pipeline *pipeline, const struct process *process,
	enum examine_kind kind, uint64_t again_ns, uint64_t *asked_ns)
{
	uint64_t now_ns = pipeline->state.now_ns;

	if (!process->findings || !process_alive(process) ||
		(*asked_ns && now_ns < *asked_ns + again_ns))
		return;
	*asked_ns = now_ns;
	if (pipeline->config.examine)
		pipeline->config.examine(
			pipeline->config.context, &(struct examine_job){
							  .kind = kind,
							  .objects = kind == EXAMINE_PROCESS,
							  .process = process->key,
							  .cgroup_id = process->cgroup_id,
						  });
}

/* What an event means for evidence that stands already. */
static void carry_evidence(struct pipeline *pipeline, struct process *process)
{
	const struct event *event = &pipeline->event;
	struct process_key key;
	struct process *parent;

	if (process->findings)
		incident_move(pipeline->incidents, process);
	switch (event->header->type) {
	case EVENT_FORK:
		key = process_key_of(event->fork->kin.ppid, event->fork->kin.parent_start_ns);
		parent = process_find(pipeline->state.processes, &key);
		if (parent && parent->findings && !process->findings)
			incident_fork(pipeline->incidents, parent, process);
		break;
	case EVENT_EXEC:
		if (process->findings)
			incident_exec(pipeline->incidents, process);
		break;
	case EVENT_PROCESS:
		/* A program that was known already is no other one. */
		if (process->findings && process->image &&
			process->image->time_ns == event->header->time_ns)
			incident_exec(pipeline->incidents, process);
		break;
	default:
		break;
	}
}

/* An answer came: an alert may be waiting for it, or want to be completed. */
static void reconsider(struct pipeline *pipeline, const struct process *process)
{
	struct workload_key key = workload_of(&pipeline->state, process);
	struct incident *incident = incident_find(pipeline->incidents, &key);

	if (incident)
		verdict_consider(&pipeline->verdict, incident);
}

static void process_event(struct pipeline *pipeline)
{
	struct process *process;

	state_apply(&pipeline->state, &pipeline->event, &process);
	pipeline_judge_again(pipeline);
	if (process) {
		carry_evidence(pipeline, process);
		pipeline_detect(pipeline, process);
		examine(pipeline, process);
		pipeline_ask_content(pipeline, process);
		if (pipeline->event.header->type == EVENT_TASK)
			examine_container(pipeline, process, false);
		/* Much of a program's memory is mapped late. */
		examine_suspect(pipeline, process, EXAMINE_MEMORY, EXAMINE_MEMORY_AGAIN_NS,
			&process->memory_ns);
		if (process->image) /* else examine has asked */
			examine_suspect(pipeline, process, EXAMINE_PROCESS, EXAMINE_ARGV_AGAIN_NS,
				&process->argv_ns);
		examine_suspect(pipeline, process, EXAMINE_SOCKETS, EXAMINE_SOCKETS_AGAIN_NS,
			&process->sockets_ns);
		if (pipeline->event.header->type == EVENT_PROCESS ||
			pipeline->event.header->type == EVENT_CONTAINER ||
			pipeline->event.header->type == EVENT_CONTENT)
			reconsider(pipeline, process);
	}
	if (pipeline->event.header->type == EVENT_INCIDENT)
		incident_restore(pipeline->incidents, &pipeline->event);
	if (pipeline->event.header->type == EVENT_FINDING)
		incident_restore_finding(pipeline->incidents, &pipeline->event);
	verdict_due(&pipeline->verdict);
	if (pipeline->event.header->type == EVENT_TICK)
		verdict_tick(&pipeline->verdict);
	if (pipeline->event.header->type == EVENT_TAMPER)
		verdict_tamper(&pipeline->verdict, pipeline->event.tamper);
	if (pipeline->event.header->type == EVENT_END)
		verdict_flush(&pipeline->verdict);
}

int pipeline_feed(void *context, void *data, size_t len)
{
	struct pipeline *pipeline = context;
	int err;

	pipeline->statistics.records++;
	if (pipeline->config.tee) {
		err = pipeline->config.tee(pipeline->config.context, data, len);
		if (err < 0 && !pipeline->statistics.error)
			pipeline->statistics.error = err;
	}
	err = event_decode(data, len, &pipeline->event);
	if (err == -ENOTSUP)
		pipeline->statistics.unknown++;
	else if (err < 0)
		pipeline->statistics.refused++;
	else
		process_event(pipeline);
	if (pipeline->verdict.error && !pipeline->statistics.error)
		pipeline->statistics.error = pipeline->verdict.error;
	return pipeline->statistics.error;
}

uint64_t pipeline_allowed(const struct pipeline *pipeline, size_t row)
{
	return incident_allowed(pipeline->incidents, row);
}

void pipeline_set_rules(struct pipeline *pipeline, const struct rules *rules)
{
	pipeline->config.rules = rules;
	pipeline->verdict.rules = rules;
	incident_weigh(pipeline->incidents, rules);
}

uint64_t pipeline_due_ns(const struct pipeline *pipeline)
{
	return pipeline->verdict.due_ns;
}

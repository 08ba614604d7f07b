/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of evidence when its process forks, executes, ends, changes its workload, or is
 * judged anew. */
#include <string.h>

#include "incident_private.h"
#include "state/workload.h"
#include "util/span.h"

static struct incident *incident_of(
	const struct incident_table *table, const struct process *process)
{
	return process->findings ? incident_find(table, &process->workload) : NULL;
}

static bool names(const struct incident_finding *at, const struct process *process)
{
	return memcmp(&at->finding.process, &process->key, sizeof(process->key)) == 0;
}

/* When the first of the process' evidence was seen. */
static uint64_t first_of(
	const struct incident *incident, const struct process *process, uint64_t now_ns)
{
	for (const struct incident_finding *at = incident->findings; at; at = at->next)
		if (names(at, process) && at->finding.time_ns < now_ns)
			now_ns = at->finding.time_ns;
	return now_ns;
}

/* It stayed where it is; what changed is that the cgroup is known to be a container. */
static bool is_same_cgroup(const struct process *process, const struct workload_key *from,
	const struct workload_key *to)
{
	return from->type == WORKLOAD_CGROUP && to->type == WORKLOAD_CONTAINER &&
	       from->id == process->cgroup_id;
}

void incident_move(struct incident_table *table, struct process *process)
{
	struct workload_key key = workload_of(table->state, process);
	struct incident *from = incident_of(table, process), *to;
	struct incident_finding **link, **end;

	if (!from || memcmp(&key, &from->key, sizeof(key)) == 0)
		return;
	if (is_same_cgroup(process, &from->key, &key) && !incident_find(table, &key)) {
		incident_rename(table, from, &key);
		return;
	}
	to = incident_get(table, &key, first_of(from, process, table->state->now_ns));
	if (to->findings_count + process->findings > INCIDENT_FINDINGS_MAX)
		return; /* it stays where it is counted already */
	for (end = &to->findings; *end;)
		end = &(*end)->next;
	for (link = &from->findings; *link;) {
		struct incident_finding *at = *link;

		if (!names(at, process)) {
			link = &at->next;
			continue;
		}
		*link = at->next;
		at->next = NULL;
		*end = at;
		end = &at->next;
		from->findings_count--;
		to->findings_count++;
	}
	process->workload = key;
	table->changes++;
	incident_forget_empty(table, from);
}

void incident_fork(struct incident_table *table, struct process *parent, struct process *child)
{
	struct incident *incident = incident_of(table, parent);
	unsigned count = incident ? incident->findings_count : 0;
	struct incident_finding *at = incident ? incident->findings : NULL, *copy;

	/* append adds behind: the first count rows are those there before. */
	for (; count && at; count--, at = at->next) {
		if (!names(at, parent) || !at->finding.detector->of_image || at->part.dead_ns)
			continue;
		copy = incident_append(table, incident, child, at->part.weight_ppm);
		if (!copy)
			return;
		copy->finding = at->finding;
		copy->finding.process = child->key;
		copy->part = at->part;
		copy->inherited = true;
		table->changes++;
	}
}

void incident_exec(struct incident_table *table, struct process *process)
{
	struct incident *incident = incident_of(table, process);
	struct incident_finding **link = incident ? &incident->findings : NULL;

	while (link && *link) {
		struct incident_finding *at = *link;

		if (names(at, process) && at->finding.detector->of_image && at->inherited) {
			incident_unlink(table, incident, link);
			table->changes++;
			continue;
		}
		if (names(at, process) && at->finding.detector->of_image && !at->part.dead_ns) {
			at->part.dead_ns = table->state->now_ns;
			table->changes++;
		}
		link = &at->next;
	}
}

void incident_exit(struct incident_table *table, struct process *process)
{
	struct incident *incident = incident_of(table, process);

	if (!incident)
		return;
	for (struct incident_finding *at = incident->findings; at; at = at->next)
		if (names(at, process) && !at->part.dead_ns)
			at->part.dead_ns = table->state->now_ns;
	incident->cpu_ns += process->cpu_ns;
}

static bool is_of_program(const struct finding *finding)
{
	for (unsigned i = 0; i < finding->evidence_count; i++) {
		const struct evidence *fact = &finding->evidence[i];

		if (strcmp(fact->key, "object") == 0)
			return span_equal((struct span){fact->text, fact->len}, span_of("program"));
	}
	return false;
}

void incident_withdraw(struct incident_table *table, struct process *process,
	const struct detector *detector, const char *grade)
{
	struct incident *incident = incident_of(table, process);
	struct incident_finding **link = incident ? &incident->findings : NULL;

	for (; link && *link; link = &(*link)->next) {
		struct incident_finding *at = *link;

		if (!names(at, process) || at->finding.detector != detector || at->part.dead_ns ||
			!is_of_program(&at->finding) ||
			(grade && strcmp(at->finding.grade, grade) == 0))
			continue;
		incident_unlink(table, incident, link);
		table->changes++;
		return; /* a detector has one of a process */
	}
}

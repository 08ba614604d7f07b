/* SPDX-License-Identifier: Apache-2.0 */
/* The table of incidents and the evidence in it. */
#include "incident_private.h"

#include "util/hash.h"
#include <stdlib.h>
#include <string.h>

#include "rules.h"
#include "state/workload.h"

#define FORGOTTEN_PPM 10000 /* a dead finding below one per cent says nothing any more */

struct incident_table *incident_table_new(struct state *state, const struct rules *rules)
{
	struct incident_table *table = memory_zeroed(sizeof(*table));

	table->state = state;
	table->rules = rules;
	return table;
}

void incident_unlink(
	struct incident_table *table, struct incident *incident, struct incident_finding **link)
{
	struct incident_finding *gone = *link;
	struct process *process = process_find(table->state->processes, &gone->finding.process);

	if (process)
		process_unpin(process);
	*link = gone->next;
	incident->findings_count--;
	table->findings--;
	free(gone);
}

void incident_remove(struct incident_table *table, struct incident_entry *entry)
{
	while (entry->incident.findings)
		incident_unlink(table, &entry->incident, &entry->incident.findings);
	HASH_DEL(table->entries, entry);
	free(entry);
}

void incident_table_free(struct incident_table *table)
{
	if (!table)
		return;
	while (table->entries)
		incident_remove(table, table->entries);
	free(table);
}

struct incident *incident_find(const struct incident_table *table, const struct workload_key *key)
{
	struct incident_entry *entry;

	HASH_FIND(hh, table->entries, key, sizeof(*key), entry);
	return entry ? &entry->incident : NULL;
}

struct incident *incident_get(
	struct incident_table *table, const struct workload_key *key, uint64_t first_ns)
{
	struct incident *incident = incident_find(table, key);
	struct incident_entry *entry;

	if (incident)
		return incident;
	entry = memory_zeroed(sizeof(*entry));
	entry->incident.key = *key;
	entry->incident.first_ns = first_ns;
	HASH_ADD(hh, table->entries, incident.key, sizeof(*key), entry);
	return &entry->incident;
}

void incident_rename(
	struct incident_table *table, struct incident *incident, const struct workload_key *key)
{
	struct incident_entry *entry = (struct incident_entry *)incident;

	HASH_DEL(table->entries, entry);
	incident->key = *key;
	HASH_ADD(hh, table->entries, incident.key, sizeof(*key), entry);
	for (struct incident_finding *at = incident->findings; at; at = at->next) {
		struct process *process =
			process_find(table->state->processes, &at->finding.process);

		if (process)
			process->workload = *key;
	}
}

/* Nothing was ever said of it and nothing is left in it: no tick need come to see it go. */
void incident_forget_empty(struct incident_table *table, struct incident *incident)
{
	if (!incident->findings_count && !incident->seq)
		incident_remove(table, (struct incident_entry *)incident);
}

static struct incident_finding *find_same(struct incident *incident, const struct finding *finding)
{
	for (struct incident_finding *at = incident->findings; at; at = at->next)
		if (at->finding.detector == finding->detector &&
			memcmp(&at->finding.process, &finding->process, sizeof(finding->process)) ==
				0)
			return at;
	return NULL;
}

struct incident_finding *incident_append(struct incident_table *table, struct incident *incident,
	struct process *process, uint32_t weight_ppm)
{
	struct incident_finding *at, **link = &incident->findings;

	if (!incident_make_room(table, incident, weight_ppm))
		return NULL;
	at = memory_zeroed(sizeof(*at));
	while (*link)
		link = &(*link)->next;
	*link = at;
	incident->findings_count++;
	table->findings++;
	process_pin(process);
	process->workload = incident->key;
	return at;
}

struct incident *incident_add(struct incident_table *table, const struct rules *rules,
	struct process *process, const struct finding *finding)
{
	/* All evidence of one process stands together, even where it could not move. */
	struct workload_key key =
		process->findings ? process->workload : workload_of(table->state, process);
	const struct rules_weight *weight =
		rules_weight(rules, finding->detector->name, finding->grade);
	struct incident *incident = weight ? incident_get(table, &key, finding->time_ns) : NULL;
	struct incident_finding *at;
	const char *confirmed = finding->detector->confirmed;
	uint64_t time_ns = finding->time_ns;

	if (!incident)
		return NULL;
	at = find_same(incident, finding);
	if (!at) {
		at = incident_append(table, incident, process, weight->weight_ppm);
		incident->facts_due |= at ? finding->detector->tells : 0;
	} else if (at->part.weight_ppm > weight->weight_ppm && !at->part.dead_ns) {
		return incident;
	} else if (strcmp(at->finding.grade, finding->grade) == 0) {
		time_ns = at->finding.time_ns; /* nothing new, only fresher facts */
	} else if (confirmed && strcmp(finding->grade, confirmed) == 0) {
		incident->facts_due |= FACT_CONFIRMED;
	}
	if (!at) {
		incident_forget_empty(table, incident);
		return NULL;
	}
	at->finding = *finding;
	at->finding.time_ns = time_ns;
	at->inherited = false;
	at->allow = NULL;
	at->part = (struct score_part){
		.group = weight->group,
		.weight_ppm = weight->weight_ppm,
		.half_life_s = weight->half_life_s,
		.dead_ns = process->exit_ns,
	};
	table->changes++;
	return incident;
}

void incident_weigh(struct incident_table *table, const struct rules *rules)
{
	struct incident_entry *entry, *next;

	table->rules = rules;
	memset(table->allowed, 0, sizeof(table->allowed));
	HASH_ITER(hh, table->entries, entry, next)
	{
		entry->incident.allowed = false;
		for (struct incident_finding *at = entry->incident.findings; at; at = at->next) {
			const struct rules_weight *weight =
				rules_weight(rules, at->finding.detector->name, at->finding.grade);

			at->allow = NULL;
			if (!at->part.dead_ns) /* else nobody is there to be asked about it */
				at->part.lowered_ppm = 0;
			if (!weight) /* no set without one is loaded */
				continue;
			at->part.group = weight->group;
			at->part.weight_ppm = weight->weight_ppm;
			at->part.half_life_s = weight->half_life_s;
		}
	}
}

void incident_refresh(struct incident_table *table, struct incident *incident, uint64_t now_ns)
{
	struct score_part parts[INCIDENT_FINDINGS_MAX];
	struct incident_finding **link = &incident->findings;
	unsigned count = 0;

	incident_allow(table, incident, now_ns);
	while (*link) {
		struct incident_finding *at = *link;

		if (at->part.dead_ns && score_decay(&at->part, now_ns) < FORGOTTEN_PPM) {
			incident_unlink(table, incident, link);
			continue;
		}
		parts[count++] = at->part;
		link = &at->next;
	}
	incident->score = score_combine(parts, count, now_ns);
}

uint64_t incident_evicted(const struct incident_table *table)
{
	return table->evicted;
}

uint64_t incident_changes(const struct incident_table *table)
{
	return table->changes;
}

bool incident_has_living(const struct incident *incident)
{
	for (const struct incident_finding *at = incident->findings; at; at = at->next)
		if (!at->part.dead_ns)
			return true;
	return false;
}

uint64_t incident_cpu(const struct incident_table *table, const struct incident *incident)
{
	uint64_t cpu_ns = incident->cpu_ns;

	for (const struct incident_finding *at = incident->findings; at; at = at->next) {
		const struct process *process =
			process_find(table->state->processes, &at->finding.process);
		bool first = true;

		for (const struct incident_finding *before = incident->findings; before != at;
			before = before->next)
			first &= memcmp(&before->finding.process, &at->finding.process,
					 sizeof(at->finding.process)) != 0;
		if (first && process && process_alive(process))
			cpu_ns += process->cpu_ns;
	}
	return cpu_ns;
}

void incident_each(struct incident_table *table,
	bool (*visit)(void *context, struct incident *incident), void *context)
{
	struct incident_entry *entry, *next;

	HASH_ITER(hh, table->entries, entry, next)
	{
		if (visit(context, &entry->incident))
			incident_remove(table, entry);
	}
}

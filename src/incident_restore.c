// SPDX-License-Identifier: Apache-2.0
/* Makes incidents of what an earlier run wrote down of them. */
#include <string.h>

#include "detectors/detectors.h"
#include "incident_private.h"
#include "rules.h"

static const enum incident_phase phases[] = {
	[INCIDENT_WAS_WATCHED] = INCIDENT_WATCHED,
	[INCIDENT_WAS_OPEN] = INCIDENT_OPEN,
	[INCIDENT_WAS_ENDED] = INCIDENT_ENDED,
};

void incident_restore(struct incident_table *table, const struct event *event)
{
	const struct event_incident *was = event->incident;
	struct workload_key key = {was->workload_type, was->workload_session, was->workload_id};
	struct incident *incident;

	incident = table->restored.incidents < INCIDENTS_RESTORED_MAX && !incident_find(table, &key)
			   ? incident_get(table, &key, was->first_ns)
			   : NULL;
	if (!incident) {
		table->restored.left_out++;
		return;
	}
	table->restored.incidents++;
	incident->phase = phases[was->phase];
	incident->below_ns = was->below_ns;
	incident->ended_ns = was->ended_ns;
	incident->cpu_ns = was->cpu_ns;
	incident->seq = was->seq;
	memcpy(incident->id, was->id, sizeof(incident->id));
	incident->reported = was->reported;
	incident->highest = was->highest;
	incident->update_due = was->incident_flags & INCIDENT_UPDATE_DUE;
	incident->unnamed = was->incident_flags & INCIDENT_UNNAMED;
	incident->facts_due = was->facts_due;
	incident->facts_told = was->facts_told;
}

/* The text, with a NUL at its end; what does not fit is a name of nothing. */
static const char *word_of(struct span text, char word[static FINDING_WORD_MAX])
{
	size_t len = text.len < FINDING_WORD_MAX ? text.len : 0;

	if (len)
		memcpy(word, text.data, len);
	word[len] = '\0';
	return word;
}

static const struct detector *find_detector(struct span name)
{
	char word[FINDING_WORD_MAX];

	word_of(name, word);
	for (unsigned i = 0; i < detectors_count; i++)
		if (strcmp(detectors[i]->name, word) == 0)
			return detectors[i];
	return NULL;
}

static const struct evidence_field *find_field(const struct detector *detector, struct span key)
{
	const struct evidence_field *field = detector->fields;
	char word[FINDING_WORD_MAX];

	word_of(key, word);
	for (unsigned i = 0; i < FINDING_EVIDENCE_MAX && field[i].key; i++)
		if (strcmp(field[i].key, word) == 0)
			return &field[i];
	return NULL;
}

/* A fact that the detector does not state any more is left out: the schema has no word for it. */
static void restore_facts(struct span facts, struct finding *finding)
{
	struct span key, value;
	struct event_fact fact;

	while (event_fact_next(&facts, &fact, &key, &value)) {
		const struct evidence_field *field = find_field(finding->detector, key);
		int64_t number;

		if (!field || (field->type == EVIDENCE_STRING) != fact.is_string)
			continue;
		if (fact.is_string) {
			finding_add_string(finding, field->key, value);
			finding->evidence[finding->evidence_count - 1].cut = fact.cut;
		} else {
			memcpy(&number, value.data, sizeof(number));
			finding_add_integer(finding, field->key, number);
		}
	}
}

/* False: nobody knows such a detector, or such a grade of it. */
static bool restore_finding(const struct event *event, struct finding *ret_finding)
{
	char word[FINDING_WORD_MAX];
	struct span summary = event->finding_text[FINDING_SUMMARY];

	memset(ret_finding, 0, sizeof(*ret_finding));
	ret_finding->detector = find_detector(event->finding_text[FINDING_DETECTOR]);
	if (!ret_finding->detector)
		return false;
	ret_finding->grade = rules_grade(
		ret_finding->detector->name, word_of(event->finding_text[FINDING_GRADE], word));
	if (!ret_finding->grade)
		return false;
	ret_finding->process = process_key_of(event->header->pid, event->header->start_ns);
	ret_finding->time_ns = event->finding->found_ns;
	if (summary.len && summary.len < sizeof(ret_finding->summary))
		memcpy(ret_finding->summary, summary.data, summary.len);
	restore_facts(event->finding_text[FINDING_FACTS], ret_finding);
	return true;
}

static bool has_same(const struct incident *incident, const struct finding *finding)
{
	for (const struct incident_finding *at = incident->findings; at; at = at->next)
		if (at->finding.detector == finding->detector &&
			memcmp(&at->finding.process, &finding->process, sizeof(finding->process)) ==
				0)
			return true;
	return false;
}

/* NULL: it has no place here. */
static struct incident_finding *append(
	struct incident_table *table, const struct event *event, const struct finding *finding)
{
	const struct event_finding *was = event->finding;
	struct workload_key key = {was->workload_type, was->workload_session, was->workload_id};
	struct incident *incident = incident_find(table, &key);
	struct process *process = process_find(table->state->processes, &finding->process);
	const struct rules_weight *weight =
		rules_weight(table->rules, finding->detector->name, finding->grade);
	struct incident_finding *at;

	if (!incident || !process || !weight || has_same(incident, finding))
		return NULL;
	/* All evidence of one process stands together. */
	if (process->findings && memcmp(&process->workload, &key, sizeof(key)) != 0)
		return NULL;
	at = incident_append(table, incident, process, weight->weight_ppm);
	if (!at)
		return NULL;
	at->part = (struct score_part){
		.group = weight->group,
		.weight_ppm = weight->weight_ppm,
		.half_life_s = weight->half_life_s,
		.dead_ns = was->dead_ns,
		.lowered_ppm = was->lowered_ppm,
	};
	if (!process_alive(process) && !at->part.dead_ns)
		at->part.dead_ns = process->exit_ns;
	return at;
}

void incident_restore_finding(struct incident_table *table, const struct event *event)
{
	struct incident_finding *at;
	struct finding finding;

	at = restore_finding(event, &finding) ? append(table, event, &finding) : NULL;
	if (!at) {
		table->restored.left_out++;
		return;
	}
	at->finding = finding;
	at->inherited = event->finding->finding_flags & FINDING_INHERITED;
}

struct incident_restored incident_restored(const struct incident_table *table)
{
	return table->restored;
}

// SPDX-License-Identifier: Apache-2.0
/* What the allow-list takes off evidence, and what it kept from being told. */
#include <string.h>

#include "container.h"
#include "incident_private.h"
#include "rules.h"

#define WHOLE_PPM 1000000

static struct allow_facts facts_of(const struct state *state, const struct process *process)
{
	const struct container *container = cgroup_container(state->cgroups, process->cgroup_id);
	struct allow_facts facts = {
		.cgroup_path = cgroup_path_of(state->cgroups, process->cgroup_id),
	};

	if (process->image) {
		const struct content *content =
			content_find(state->contents, &process->image->file);

		facts.exe = process->image->exe;
		if (content && content->result == CONTENT_DIGESTED)
			facts.sha256 = content->sha256;
	}
	/* A path anybody can make claims an image; the runtime's own files confirm it. */
	if (container && (container->flags & CONTAINER_VERIFIED)) {
		const char *image = container->text[CONTAINER_TEXT_IMAGE];

		facts.image = (struct span){image, strlen(image)};
	}
	return facts;
}

/* What a process was allowed holds for its evidence when it is gone, too. */
static void allow_finding(struct incident_table *table, struct incident_finding *at)
{
	const struct state *state = table->state;
	const struct process *process = process_find(state->processes, &at->finding.process);
	uint64_t wall_ns = state->now_ns + (uint64_t)state->wall_offset_ns;
	struct allow_facts facts;

	if (!process || at->part.dead_ns)
		return;
	facts = facts_of(state, process);
	at->allow = rules_allowed(table->rules, &facts, wall_ns, &at->allow_index);
	at->part.lowered_ppm = at->allow ? WHOLE_PPM - at->allow->factor_ppm : 0;
}

/* The score, with what the allow-list takes off and without. */
static unsigned score_of(const struct incident *incident, bool lowered, uint64_t now_ns)
{
	struct score_part parts[INCIDENT_FINDINGS_MAX];
	unsigned count = 0;

	for (const struct incident_finding *at = incident->findings; at; at = at->next) {
		parts[count] = at->part;
		if (!lowered)
			parts[count].lowered_ppm = 0;
		count++;
	}
	return score_combine(parts, count, now_ns);
}

void incident_allow(struct incident_table *table, struct incident *incident, uint64_t now_ns)
{
	const struct rules *rules = table->rules;
	const struct incident_finding *first = NULL;

	if (!rules_allow_count(rules))
		return;
	for (struct incident_finding *at = incident->findings; at; at = at->next) {
		allow_finding(table, at);
		if (at->allow && !first)
			first = at;
	}
	if (!first || incident->allowed ||
		score_severity(rules, score_of(incident, true, now_ns)) != SEVERITY_NONE ||
		score_severity(rules, score_of(incident, false, now_ns)) == SEVERITY_NONE)
		return;
	incident->allowed = true;
	if (first->allow_index < INCIDENT_ALLOWED_MAX)
		table->allowed[first->allow_index]++;
}

uint64_t incident_allowed(const struct incident_table *table, size_t row)
{
	return row < INCIDENT_ALLOWED_MAX ? table->allowed[row] : 0;
}

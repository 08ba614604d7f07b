/* SPDX-License-Identifier: Apache-2.0 */
/* How many incidents a minute opens, and which of those held back come first in the next. */
#include <stdlib.h>

#include "rules.h"
#include "util/memory.h"
#include "verdict_private.h"

#define MINUTE_NS UINT64_C(60000000000)

void verdict_close_minute(struct verdict *verdict)
{
	struct alert_build build;

	if (verdict->held_back) {
		alert_build_suppressed(verdict->state, verdict->rules, verdict->minute_ns,
			verdict->held_back, verdict->held_severity, &build);
		verdict_emit(verdict, &build.alert);
	}
	verdict->minute_ns = 0;
	verdict->opened = verdict->held_back = 0;
	verdict->held_severity = SEVERITY_NONE;
}

bool verdict_within_budget(struct verdict *verdict)
{
	if (!verdict->minute_ns)
		verdict->minute_ns = verdict->state->now_ns;
	if (verdict->opened >= rules_setting(verdict->rules, "opened_per_minute"))
		return false;
	verdict->opened++;
	return true;
}

struct held {
	struct incident *incident;
	bool living;
	unsigned score;
	unsigned number; /* the table's order: the oldest first */
};

struct held_list {
	struct held *held; /* NULL: they are only counted */
	unsigned count;
};

static bool add_held(void *context, struct incident *incident)
{
	struct held_list *list = context;

	if (!incident->held_back)
		return false;
	if (list->held)
		list->held[list->count] = (struct held){
			.incident = incident,
			.living = incident_has_living(incident),
			.score = incident->score,
			.number = list->count,
		};
	list->count++;
	return false;
}

static int by_age(const void *a, const void *b)
{
	const struct held *left = a, *right = b;

	if (left->living != right->living)
		return left->living ? -1 : 1;
	return left->number < right->number ? -1 : 1;
}

static int by_score(const void *a, const void *b)
{
	const struct held *left = a, *right = b;

	if (left->living != right->living || left->score == right->score)
		return by_age(a, b);
	return left->score > right->score ? -1 : 1;
}

static void open_until(struct verdict *verdict, struct held_list *list,
	int (*compare)(const void *, const void *), uint64_t limit)
{
	qsort(list->held, list->count, sizeof(*list->held), compare);
	for (unsigned i = 0; i < list->count && verdict->opened < limit; i++)
		if (list->held[i].incident->held_back)
			verdict_judge(verdict, list->held[i].incident);
}

/*
 * Half of the places by score, the others by age: whoever starts many short decoys, or keeps
 * making ones that look worse, cannot put a standing miner off for ever.
 */
static void open_held(struct verdict *verdict)
{
	uint64_t places = rules_setting(verdict->rules, "opened_per_minute");
	struct held_list list = {0};

	incident_each(verdict->incidents, add_held, &list);
	if (!list.count)
		return;
	list.held = memory_zeroed(list.count * sizeof(*list.held));
	list.count = 0;
	incident_each(verdict->incidents, add_held, &list);
	open_until(verdict, &list, by_score, (places + 1) / 2);
	open_until(verdict, &list, by_age, places);
	free(list.held);
}

void verdict_next_minute(struct verdict *verdict)
{
	if (!verdict->minute_ns || verdict->state->now_ns < verdict->minute_ns + MINUTE_NS)
		return;
	verdict_close_minute(verdict);
	open_held(verdict);
}

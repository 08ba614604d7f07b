/* SPDX-License-Identifier: Apache-2.0 */
/* Which evidence has to go when there is no place for more. */
#include "incident_private.h"

#define EVICT_LOOK_MAX 64 /* incidents compared before one goes: bounds the work of a flood */
/* A told incident gives up no more: by that many it is told as what it is, and does not end. */
#define KEPT_FINDINGS 4

/* Orders who has to go: the dead before the living, then the lighter. */
static uint64_t worth(const struct incident_finding *at, uint64_t now_ns)
{
	return (at->part.dead_ns ? 0 : UINT64_C(1) << 32) + score_decay(&at->part, now_ns);
}

/* A full incident gives up its least finding for a better one: many weak ones hide no strong one.
 */
static bool make_room_in(
	struct incident_table *table, struct incident *incident, uint32_t weight_ppm)
{
	uint64_t now_ns = table->state->now_ns;
	struct incident_finding **least = &incident->findings;

	if (incident->findings_count < INCIDENT_FINDINGS_MAX)
		return true;
	for (struct incident_finding **link = least; *link; link = &(*link)->next)
		if (worth(*link, now_ns) < worth(*least, now_ns))
			least = link;
	if (!(*least)->part.dead_ns && (*least)->part.weight_ppm >= weight_ppm)
		return false;
	incident_unlink(table, incident, least);
	return true;
}

/* Its group says as much without it: the score stays. Of two alike the newer is. */
static bool is_outweighed(
	const struct incident *incident, const struct incident_finding *at, uint64_t now_ns)
{
	uint64_t mine = worth(at, now_ns);
	bool older = true;

	for (const struct incident_finding *other = incident->findings; other;
		other = other->next) {
		if (other == at)
			older = false;
		else if (other->part.group == at->part.group && worth(other, now_ns) + older > mine)
			return true;
	}
	return false;
}

/* The least of what is outweighed, else the least; of those alike the newest. */
static void give_up(struct incident_table *table, struct incident *incident)
{
	uint64_t now_ns = table->state->now_ns, lowest = UINT64_MAX;
	struct incident_finding **least = NULL;

	for (struct incident_finding **link = &incident->findings; *link; link = &(*link)->next) {
		uint64_t value = worth(*link, now_ns);

		if (!is_outweighed(incident, *link, now_ns))
			value += UINT64_C(1) << 33;
		if (value > lowest)
			continue;
		lowest = value;
		least = link;
	}
	incident_unlink(table, incident, least);
	table->evicted++;
}

/* Of those never told: the dead before the living, then the lower score; of those alike the older.
 */
static bool goes_before(const struct incident *incident, const struct incident *other)
{
	bool living = incident_has_living(incident), other_living = incident_has_living(other);

	return living == other_living ? incident->score < other->score : other_living;
}

static void remove_untold(struct incident_table *table, struct incident_entry *entry)
{
	table->evicted += entry->incident.findings_count;
	incident_remove(table, entry);
}

/*
 * What has ended and was told goes first, the oldest of it: else whoever starts many short miners
 * would leave no room for the evidence against the next one. Then those that were told and stand
 * give up what their scores need least, whoever has most: else whoever keeps enough decoys alive
 * would hold every place. Then, of the oldest incidents that were never told, the least goes.
 */
static bool make_room(struct incident_table *table, const struct incident *keep)
{
	struct incident_entry *entry, *next, *least = NULL, *most = NULL;
	unsigned looked = 0;

	if (table->findings < FINDINGS_MAX)
		return true;
	HASH_ITER(hh, table->entries, entry, next)
	{
		struct incident *incident = &entry->incident;

		if (incident == keep)
			continue;
		if (incident->phase == INCIDENT_ENDED && incident->findings) {
			incident_remove(table, entry);
			return true;
		}
		if (incident->seq) {
			if (!most || incident->findings_count > most->incident.findings_count)
				most = entry;
		} else if (looked++ < EVICT_LOOK_MAX) {
			if (!least || goes_before(incident, &least->incident))
				least = entry;
		}
	}
	if (most && most->incident.findings_count > KEPT_FINDINGS)
		give_up(table, &most->incident);
	else if (least)
		remove_untold(table, least);
	return table->findings < FINDINGS_MAX;
}

bool incident_make_room(
	struct incident_table *table, struct incident *incident, uint32_t weight_ppm)
{
	if (!make_room_in(table, incident, weight_ppm))
		return false;
	if (make_room(table, incident))
		return true;
	table->evicted++;
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that change incidents: incident.c and incident_*.c. */
#ifndef MINERWATCH_INCIDENT_PRIVATE_H
#define MINERWATCH_INCIDENT_PRIVATE_H

#include "incident.h"
#include "util/hash.h"

struct incident_entry {
	struct incident incident; /* first: an incident is its entry */
	UT_hash_handle hh;
};

struct incident_table {
	struct incident_entry *entries; /* oldest first */
	struct state *state;
	unsigned findings;
	uint64_t changes; /* of what is told once */
	uint64_t evicted;
	const struct rules *rules;
	uint64_t allowed[INCIDENT_ALLOWED_MAX];
	struct incident_restored restored;
};

/* Finds or makes it. */
struct incident *incident_get(
	struct incident_table *table, const struct workload_key *key, uint64_t first_ns);
/* Its workload is known by another key, that no other incident has, from now on. */
void incident_rename(
	struct incident_table *table, struct incident *incident, const struct workload_key *key);
/* An empty finding of this weight, behind the others. NULL: no room. */
struct incident_finding *incident_append(struct incident_table *table, struct incident *incident,
	struct process *process, uint32_t weight_ppm);
/* For one more finding of this weight in the incident, which stays. False: none (incident_room.c).
 */
bool incident_make_room(
	struct incident_table *table, struct incident *incident, uint32_t weight_ppm);
void incident_remove(struct incident_table *table, struct incident_entry *entry);
/* Takes the finding at *link out and frees it. */
void incident_unlink(
	struct incident_table *table, struct incident *incident, struct incident_finding **link);
/* Lowers what the allow-list covers; counts the incident once when that keeps it below medium. */
void incident_allow(struct incident_table *table, struct incident *incident, uint64_t now_ns);
/* Removes an incident that has no finding and was never reported. */
void incident_forget_empty(struct incident_table *table, struct incident *incident);

#endif

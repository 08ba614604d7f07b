/* SPDX-License-Identifier: Apache-2.0 */
/* The table of cgroups and its bounds. */
#include "state/cgroup_table.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct cgroup {
	uint64_t id;
	size_t path_len;
	UT_hash_handle hh;
	char path[];
};

/* Insertion order: the head of each is its oldest. */
struct cgroup_table {
	struct cgroup *live;
	struct cgroup *released;
};

struct cgroup_table *cgroup_table_new(void)
{
	return calloc(1, sizeof(struct cgroup_table));
}

static void remove_one(struct cgroup **head, struct cgroup *cgroup)
{
	HASH_DEL(*head, cgroup);
	free(cgroup);
}

void cgroup_table_free(struct cgroup_table *table)
{
	if (!table)
		return;
	while (table->live)
		remove_one(&table->live, table->live);
	while (table->released)
		remove_one(&table->released, table->released);
	free(table);
}

static void forget(struct cgroup **head, uint64_t id)
{
	struct cgroup *cgroup;

	HASH_FIND(hh, *head, &id, sizeof(id), cgroup);
	if (cgroup)
		remove_one(head, cgroup);
}

void cgroup_learn(struct cgroup_table *table, uint64_t id, struct span path)
{
	struct cgroup *cgroup = malloc(sizeof(*cgroup) + path.len);

	if (!cgroup)
		return;
	cgroup->id = id;
	cgroup->path_len = path.len;
	if (path.len)
		memcpy(cgroup->path, path.data, path.len);
	forget(&table->live, id);
	forget(&table->released, id);
	if (HASH_COUNT(table->live) + HASH_COUNT(table->released) >= CGROUP_MAX) {
		struct cgroup **head = table->released ? &table->released : &table->live;

		remove_one(head, *head);
	}
	HASH_ADD(hh, table->live, id, sizeof(id), cgroup);
}

void cgroup_release(struct cgroup_table *table, uint64_t id)
{
	struct cgroup *cgroup;

	HASH_FIND(hh, table->live, &id, sizeof(id), cgroup);
	if (!cgroup)
		return;
	HASH_DEL(table->live, cgroup);
	if (HASH_COUNT(table->released) >= CGROUP_RELEASED_MAX)
		remove_one(&table->released, table->released);
	HASH_ADD(hh, table->released, id, sizeof(id), cgroup);
}

struct span cgroup_path_of(const struct cgroup_table *table, uint64_t id)
{
	struct cgroup *cgroup;

	HASH_FIND(hh, table->live, &id, sizeof(id), cgroup);
	if (!cgroup)
		HASH_FIND(hh, table->released, &id, sizeof(id), cgroup);
	return cgroup ? (struct span){cgroup->path, cgroup->path_len} : (struct span){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The table of cgroups and its bounds. */
#include "state/cgroup_table.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct cgroup {
	uint64_t id;
	struct container *container; /* a reference; NULL: none */
	size_t path_len;
	UT_hash_handle hh;
	char path[];
};

/* Insertion order: the head of each is its oldest. */
struct cgroup_table {
	struct cgroup *live;
	struct cgroup *released;
	struct container_table containers;
};

struct cgroup_table *cgroup_table_new(void)
{
	return calloc(1, sizeof(struct cgroup_table));
}

static void remove_one(struct cgroup_table *table, struct cgroup **head, struct cgroup *cgroup)
{
	HASH_DEL(*head, cgroup);
	container_leave(&table->containers, cgroup->container);
	free(cgroup);
}

void cgroup_table_free(struct cgroup_table *table)
{
	if (!table)
		return;
	while (table->live)
		remove_one(table, &table->live, table->live);
	while (table->released)
		remove_one(table, &table->released, table->released);
	free(table);
}

static void forget(struct cgroup_table *table, struct cgroup **head, uint64_t id)
{
	struct cgroup *cgroup;

	HASH_FIND(hh, *head, &id, sizeof(id), cgroup);
	if (cgroup)
		remove_one(table, head, cgroup);
}

void cgroup_learn(struct cgroup_table *table, uint64_t id, struct span path, uint64_t made_ns)
{
	struct cgroup *cgroup = malloc(sizeof(*cgroup) + path.len);

	if (!cgroup)
		return;
	cgroup->id = id;
	cgroup->path_len = path.len;
	if (path.len)
		memcpy(cgroup->path, path.data, path.len);
	/* Before the old name is forgotten: a container that is only renamed keeps what is known of
	 * it. */
	cgroup->container = container_join(&table->containers, path, made_ns);
	forget(table, &table->live, id);
	forget(table, &table->released, id);
	if (HASH_COUNT(table->live) + HASH_COUNT(table->released) >= CGROUP_MAX) {
		struct cgroup **head = table->released ? &table->released : &table->live;

		remove_one(table, head, *head);
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
		remove_one(table, &table->released, table->released);
	HASH_ADD(hh, table->released, id, sizeof(id), cgroup);
}

static const struct cgroup *find(const struct cgroup_table *table, uint64_t id)
{
	struct cgroup *cgroup;

	HASH_FIND(hh, table->live, &id, sizeof(id), cgroup);
	if (!cgroup)
		HASH_FIND(hh, table->released, &id, sizeof(id), cgroup);
	return cgroup;
}

struct container *cgroup_container(const struct cgroup_table *table, uint64_t id)
{
	const struct cgroup *cgroup = find(table, id);

	return cgroup ? cgroup->container : NULL;
}

struct span cgroup_path_of(const struct cgroup_table *table, uint64_t id)
{
	const struct cgroup *cgroup = find(table, id);

	return cgroup ? (struct span){cgroup->path, cgroup->path_len} : (struct span){0};
}

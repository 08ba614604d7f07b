/* SPDX-License-Identifier: Apache-2.0 */
/* The table of cgroups and its bounds. */
#include "state/cgroup_table.h"

#include "util/hash.h"
#include <stdlib.h>
#include <string.h>

#define USED_WITHIN_NS UINT64_C(3000000000) /* a pass sees each process once a second */
#define EVICT_LOOK_MAX 64 /* cgroups looked at before one goes: bounds the work of a flood */

struct cgroup {
	uint64_t id;
	uint64_t made_ns; /* 0: before the run */
	uint64_t seen_ns; /* when last a process was seen in it; 0: never */
	struct container *container; /* a reference; NULL: none */
	bool confirmed; /* the container is its runtime's word, the path names none */
	struct container_inquiry inquiry; /* while it has no container */
	size_t path_len;
	UT_hash_handle hh;
	char path[];
};

/* The head of each is its oldest; looking for one to evict moves those in use to the end. */
struct cgroup_table {
	struct cgroup *live;
	struct cgroup *released;
	struct container_table containers;
	uint64_t seen_ns; /* the latest of all */
	uint64_t evicted;
};

struct cgroup_table *cgroup_table_new(void)
{
	return memory_zeroed(sizeof(struct cgroup_table));
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

static void make_room(struct cgroup_table *table)
{
	if (HASH_COUNT(table->live) + HASH_COUNT(table->released) < CGROUP_MAX)
		return;
	if (table->released) {
		remove_one(table, &table->released, table->released);
		return;
	}
	for (unsigned i = 0; i < EVICT_LOOK_MAX; i++) {
		struct cgroup *oldest = table->live;

		if (!oldest->seen_ns || oldest->seen_ns + USED_WITHIN_NS < table->seen_ns)
			break;
		HASH_DEL(table->live, oldest);
		HASH_ADD(hh, table->live, id, sizeof(oldest->id), oldest);
	}
	remove_one(table, &table->live, table->live);
	table->evicted++;
}

static void forget(struct cgroup_table *table, struct cgroup **head, uint64_t id)
{
	struct cgroup *cgroup;

	HASH_FIND(hh, *head, &id, sizeof(id), cgroup);
	if (cgroup)
		remove_one(table, head, cgroup);
}

static struct cgroup *find(const struct cgroup_table *table, uint64_t id)
{
	struct cgroup *cgroup;

	HASH_FIND(hh, table->live, &id, sizeof(id), cgroup);
	if (!cgroup)
		HASH_FIND(hh, table->released, &id, sizeof(id), cgroup);
	return cgroup;
}

/* The same cgroup, perhaps renamed: what was not taken from its path stays known. */
static void inherit(const struct cgroup_table *table, struct cgroup *cgroup)
{
	const struct cgroup *known = find(table, cgroup->id);

	if (!known)
		return;
	cgroup->made_ns = known->made_ns;
	cgroup->seen_ns = known->seen_ns;
	cgroup->inquiry = known->inquiry;
	cgroup->confirmed = known->confirmed;
	if (known->confirmed)
		cgroup->container = container_hold(known->container);
}

void cgroup_learn(struct cgroup_table *table, uint64_t id, struct span path, uint64_t made_ns)
{
	struct cgroup *cgroup = memory_zeroed(sizeof(*cgroup) + path.len);
	cgroup->id = id;
	cgroup->made_ns = made_ns;
	cgroup->path_len = path.len;
	if (path.len)
		memcpy(cgroup->path, path.data, path.len);
	/* Before the old name is forgotten: a container that is only renamed keeps what is known of
	 * it. */
	if (!made_ns)
		inherit(table, cgroup);
	if (!cgroup->container)
		cgroup->container = container_join(&table->containers, path, made_ns);
	forget(table, &table->live, id);
	forget(table, &table->released, id);
	make_room(table);
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

void cgroup_seen(
	struct cgroup_table *table, uint64_t id, const struct process_key *process, uint64_t now_ns)
{
	struct cgroup *cgroup = find(table, id);

	if (!cgroup)
		return;
	table->seen_ns = now_ns;
	cgroup->seen_ns = now_ns;
	if (cgroup->container)
		container_seen(cgroup->container, process);
}

struct container_inquiry *cgroup_inquiry(const struct cgroup_table *table, uint64_t id)
{
	struct cgroup *cgroup = find(table, id);

	if (!cgroup)
		return NULL;
	return cgroup->container ? &cgroup->container->inquiry : &cgroup->inquiry;
}

bool cgroup_answer(struct cgroup_table *table, uint64_t id, const struct event *event)
{
	struct cgroup *cgroup = find(table, id);

	if (!cgroup)
		return false;
	if (cgroup->container) {
		container_answer(cgroup->container, event);
		return false;
	}
	if (!cgroup->inquiry.asked)
		return false;
	cgroup->inquiry.answered = true;
	cgroup->container = container_join_confirmed(&table->containers,
		(struct span){cgroup->path, cgroup->path_len}, cgroup->made_ns, event);
	cgroup->confirmed = cgroup->container != NULL;
	return cgroup->confirmed;
}

uint64_t cgroup_evicted(const struct cgroup_table *table)
{
	return table->evicted;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The table of flows and its bound. */
#include "state/flow_table.h"

#include "util/hash.h"
#include <stdlib.h>
#include <string.h>

struct entry {
	struct flow flow; /* first: a flow is its entry */
	UT_hash_handle hh;
};

struct flow_table {
	struct entry *entries; /* least recently used first */
};

struct flow_table *flow_table_new(void)
{
	return memory_zeroed(sizeof(struct flow_table));
}

static void remove_one(struct flow_table *table, struct entry *entry)
{
	HASH_DEL(table->entries, entry);
	free(entry);
}

void flow_table_free(struct flow_table *table)
{
	if (!table)
		return;
	while (table->entries)
		remove_one(table, table->entries);
	free(table);
}

static struct flow_key key_of(const struct event *event)
{
	struct flow_key key = {
		.process = {.start_ns = event->header->start_ns, .pid = event->header->pid},
		.port = event->connect->destination_port,
		.protocol = event->connect->protocol,
	};

	memcpy(key.address, event->connect->destination, sizeof(key.address));
	return key;
}

static struct entry *find(const struct flow_table *table, const struct flow_key *key)
{
	struct entry *entry;

	HASH_FIND(hh, table->entries, key, sizeof(*key), entry);
	return entry;
}

/* One more, and those the kernel counted only. It stays a number that evidence can hold. */
static uint64_t connects_sum(uint64_t connects, uint64_t repeats)
{
	return repeats < INT64_MAX - connects ? connects + repeats + 1 : INT64_MAX;
}

const struct flow *flow_add(struct flow_table *table, const struct event *event, uint64_t now_ns)
{
	struct flow_key key = key_of(event);
	struct entry *entry = find(table, &key);

	if (entry) {
		HASH_DEL(table->entries, entry); /* to the end of the order */
	} else {
		if (HASH_COUNT(table->entries) >= FLOW_MAX)
			remove_one(table, table->entries);
		entry = memory_zeroed(sizeof(*entry));
		entry->flow.key = key;
		entry->flow.first_ns = now_ns;
	}
	entry->flow.last_ns = now_ns;
	entry->flow.connects = connects_sum(entry->flow.connects, event->connect->repeats);
	HASH_ADD(hh, table->entries, flow.key, sizeof(key), entry);
	return &entry->flow;
}

const struct flow *flow_find(const struct flow_table *table, const struct event *event)
{
	struct flow_key key = key_of(event);
	struct entry *entry = find(table, &key);

	return entry ? &entry->flow : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The table of connections and its bound. */
#include "state/connection_table.h"

#include "util/hash.h"
#include <stdlib.h>

struct entry {
	struct connection connection; /* first: a connection is its entry */
	UT_hash_handle hh;
};

struct connection_table {
	struct entry *entries; /* least recently used first */
};

struct connection_table *connection_table_new(void)
{
	return memory_zeroed(sizeof(struct connection_table));
}

static void remove_one(struct connection_table *table, struct entry *entry)
{
	HASH_DEL(table->entries, entry);
	free(entry);
}

void connection_table_free(struct connection_table *table)
{
	while (table && table->entries)
		remove_one(table, table->entries);
	free(table);
}

static struct entry *find(const struct connection_table *table, uint64_t socket)
{
	struct entry *entry;

	HASH_FIND(hh, table->entries, &socket, sizeof(socket), entry);
	return entry;
}

struct connection *connection_get(struct connection_table *table, uint64_t socket, uint64_t now_ns)
{
	struct entry *entry = find(table, socket);

	if (entry) {
		HASH_DEL(table->entries, entry); /* to the end of the order */
	} else {
		if (HASH_COUNT(table->entries) >= CONNECTION_MAX)
			remove_one(table, table->entries);
		entry = memory_zeroed(sizeof(*entry));
		entry->connection.socket = socket;
		entry->connection.first_ns = now_ns;
	}
	HASH_ADD(hh, table->entries, connection.socket, sizeof(socket), entry);
	return &entry->connection;
}

const struct connection *connection_find(const struct connection_table *table, uint64_t socket)
{
	struct entry *entry = find(table, socket);

	return entry ? &entry->connection : NULL;
}

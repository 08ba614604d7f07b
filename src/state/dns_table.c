/* SPDX-License-Identifier: Apache-2.0 */
/* The table of names by address and network namespace, its bound and its expiry. */
#include "state/dns_table.h"

#include "util/hash.h"
#include <stdlib.h>
#include <string.h>

#define SECOND_NS UINT64_C(1000000000)
#define TTL_LEAST_S 1
#define TTL_MOST_S 86400 /* a day: an address of yesterday may be somebody else's */
#define GRACE_S 60 /* programs connect a while after they asked */

struct row {
	struct dns_entry entry; /* first: an entry is its row */
	UT_hash_handle hh;
};

struct dns_table {
	struct row *rows; /* answered longest ago first */
};

struct dns_table *dns_table_new(void)
{
	return memory_zeroed(sizeof(struct dns_table));
}

static void remove_one(struct dns_table *table, struct row *row)
{
	HASH_DEL(table->rows, row);
	free(row->entry.aliases);
	free(row);
}

void dns_table_free(struct dns_table *table)
{
	while (table && table->rows)
		remove_one(table, table->rows);
	free(table);
}

static struct dns_key key_of(const uint8_t address[16], uint32_t netns)
{
	struct dns_key key = {.netns = netns};

	memcpy(key.address, address, sizeof(key.address));
	return key;
}

static struct row *find(const struct dns_table *table, const struct dns_key *key)
{
	struct row *row;

	HASH_FIND(hh, table->rows, key, sizeof(*key), row);
	return row;
}

/* The row of this key, out of the table. */
static struct row *take(struct dns_table *table, const struct dns_key *key)
{
	struct row *row = find(table, key);

	if (row) {
		HASH_DEL(table->rows, row);
		free(row->entry.aliases);
		return row;
	}
	if (HASH_COUNT(table->rows) >= DNS_TABLE_MAX)
		remove_one(table, table->rows);
	row = memory_zeroed(sizeof(*row));
	row->entry.key = *key;
	return row;
}

static uint64_t lifetime_ns(uint32_t ttl_s)
{
	if (ttl_s < TTL_LEAST_S)
		ttl_s = TTL_LEAST_S;
	if (ttl_s > TTL_MOST_S)
		ttl_s = TTL_MOST_S;
	return (ttl_s + GRACE_S) * SECOND_NS;
}

static char *aliases_copy(const char *aliases)
{
	const char *end = aliases;
	char *copy;

	while (*end)
		end += strlen(end) + 1;
	copy = memory_zeroed((size_t)(end + 1 - aliases));
	memcpy(copy, aliases, (size_t)(end + 1 - aliases));
	return copy;
}

void dns_table_add(struct dns_table *table, const struct dns_answer *answer, uint32_t netns,
	struct process_key asked_by, uint64_t now_ns)
{
	for (unsigned i = 0; i < answer->count; i++) {
		struct dns_key key = key_of(answer->addresses[i].address, netns);
		struct row *row = take(table, &key);

		memcpy(row->entry.name, answer->name, sizeof(row->entry.name));
		row->entry.aliases = aliases_copy(answer->aliases);
		row->entry.asked_by = asked_by;
		row->entry.expires_ns = now_ns + lifetime_ns(answer->addresses[i].ttl_s);
		HASH_ADD(hh, table->rows, entry.key, sizeof(row->entry.key), row);
	}
}

const struct dns_entry *dns_table_find(
	const struct dns_table *table, const uint8_t address[16], uint32_t netns, uint64_t now_ns)
{
	struct dns_key key = key_of(address, netns);
	struct row *row = find(table, &key);

	if (!row || now_ns >= row->entry.expires_ns) {
		key.netns = 0;
		row = find(table, &key);
	}
	return row && now_ns < row->entry.expires_ns ? &row->entry : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which name DNS answers gave for an address in a network namespace, and who asked. */
#ifndef MINERWATCH_DNS_TABLE_H
#define MINERWATCH_DNS_TABLE_H

#include "process.h"
#include "wire/dns_answer.h"

#define DNS_TABLE_MAX 8192 /* addresses; when full, the one answered longest ago goes */

/*
 * A name holds where it was asked for: whoever may make a network namespace is root there, and can
 * answer himself.
 */
struct dns_key {
	uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint32_t netns; /* 0: not known, and holds in all */
};

struct dns_entry {
	struct dns_key key;
	char name[DNS_NAME_MAX];
	char *aliases; /* as dns_answer.aliases; its own copy */
	struct process_key asked_by; /* pid 0: not known */
	uint64_t expires_ns;
};

struct dns_table;

struct dns_table *dns_table_new(void);
void dns_table_free(struct dns_table *table);
/*
 * Each address of the answer has this name there from now on, whatever it had before: who asks and
 * connects is named by its own question, not by an older one of somebody else's.
 */
void dns_table_add(struct dns_table *table, const struct dns_answer *answer, uint32_t netns,
	struct process_key asked_by, uint64_t now_ns);
/* NULL: no answer named it, or its time to live is over. */
const struct dns_entry *dns_table_find(
	const struct dns_table *table, const uint8_t address[16], uint32_t netns, uint64_t now_ns);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the living members of each session. Bounded by the process table, whose members it counts.
 */
#include "state/session_table.h"

#include "util/hash.h"
#include <stdlib.h>

struct session {
	uint32_t id;
	uint32_t members;
	uint64_t since_ns;
	UT_hash_handle hh;
};

void session_table_done(struct session_table *table)
{
	struct session *session, *next;

	HASH_ITER(hh, table->sessions, session, next)
	{
		HASH_DEL(table->sessions, session);
		free(session);
	}
}

uint64_t session_join(struct session_table *table, uint32_t id, uint64_t member_start_ns)
{
	struct session *session;

	if (!id)
		return 0;
	HASH_FIND(hh, table->sessions, &id, sizeof(id), session);
	if (!session) {
		session = memory_zeroed(sizeof(*session));
		session->id = id;
		session->since_ns = member_start_ns;
		HASH_ADD(hh, table->sessions, id, sizeof(id), session);
	}
	session->members++;
	return session->since_ns;
}

void session_leave(struct session_table *table, uint32_t id)
{
	struct session *session;

	HASH_FIND(hh, table->sessions, &id, sizeof(id), session);
	if (!session || --session->members)
		return;
	HASH_DEL(table->sessions, session);
	free(session);
}

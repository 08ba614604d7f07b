/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions (setsid) with living members: tells two uses of one session id apart. */
#ifndef MINERWATCH_SESSION_TABLE_H
#define MINERWATCH_SESSION_TABLE_H

#include <stdint.h>

struct session;

struct session_table {
	struct session *sessions;
};

void session_table_done(struct session_table *table);

/*
 * One more living process in this session. Returns the session's own time: the start of the first
 * member seen, which with the id is the session's key. 0 for id 0.
 */
uint64_t session_join(struct session_table *table, uint32_t id, uint64_t member_start_ns);
/* One less; the last one ends the session. */
void session_leave(struct session_table *table, uint32_t id);

#endif

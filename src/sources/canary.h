/* SPDX-License-Identifier: Apache-2.0 */
/* Which records prove which programs in the kernel, and what that says of the hooks. */
#ifndef MINERWATCH_CANARY_H
#define MINERWATCH_CANARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "canary_link.h"
#include "event.h"

enum canary_hook {
	CANARY_EXEC,
	CANARY_FORK,
	CANARY_EXIT,
	CANARY_CONNECT_TCP,
	CANARY_CONNECT_UDP,
	CANARY_PAYLOAD,
	CANARY_CGROUP,
	CANARY_TASKS,
	CANARY_SOCKETS,
	CANARY_HOOKS
};

/* What is waited for since something harmless was played for each link. */
struct canary {
	unsigned expected; /* bit a canary_link: was triggered, or will be */
	unsigned seen; /* bit a canary_link: a record of it, played or not, since then */
	uint64_t since_ns; /* boot time */
	uint32_t address; /* 127.x.y.z, host order: who connects there over IPv4 was played;
			     canary_address6 is told apart by it */
};

/* The one truth of the hooks. */
struct hook_states {
	unsigned links; /* bit a canary_link: attached, and can happen on this host */
	unsigned proven; /* its canary came in the last round */
	unsigned seen; /* a record of it came, lately, and nothing has spoken against it since */
	unsigned dead; /* was proven, and its canary comes no more */
};

enum hook_state {
	HOOK_MISSING,
	HOOK_DEAD,
	HOOK_ATTACHED, /* not seen lately, which proves nothing */
	HOOK_SEEN, /* no canary can be played here, but somebody's event came lately */
	HOOK_PROVEN,
};

/* "exec", "connect_tcp", ...: the words of `sensor.degraded`. */
const char *canary_hook_name(enum canary_hook hook);
unsigned canary_hook_links(enum canary_hook hook); /* bit a canary_link */

/*
 * The links of these hooks (bit a canary_hook) that can be triggered at all: cgroup2 knows no
 * rename, a kernel without IPv6 no socket of it.
 */
unsigned canary_links(unsigned hooks, unsigned cgroup_version);

/* A round of its own: the address is made of the time. */
struct canary canary_begin(unsigned links, uint64_t now_ns);
/* Where the played process connects with IPv6 sockets: as ::ffff:127.x.y.z. */
uint32_t canary_address6(uint32_t address);
/*
 * Has a look at a record on its way to the pipeline. Whose it is does not matter: a program sees
 * all of the host or is dead. But for the two that mark sockets: there is no record of theirs, only
 * bytes of a connection that one of them must have marked.
 */
void canary_watch(struct canary *canary, const void *record, size_t len);
/*
 * Before the next round: what came in all the time since this one was begun counts for some rounds.
 * Those of which nothing has come for longer, bit a canary_link; ages are the caller's to keep.
 */
unsigned canary_quiet(const struct canary *canary, uint8_t ages[static CANARY_LINKS]);
unsigned canary_missing(const struct canary *canary); /* bit a canary_link */

/* The worst of its links. */
enum hook_state hook_state(const struct hook_states *states, enum canary_hook hook);
/* "proven", "attached", ... */
const char *hook_state_name(enum hook_state state);
/* The names of the hook's programs among links, for people. */
void canary_name_links(enum canary_hook hook, unsigned links, char *ret_text, size_t size);

#endif

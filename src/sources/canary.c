/* SPDX-License-Identifier: Apache-2.0 */
/* Which records prove which programs in the kernel, and what that says of the hooks. */
#include "sources/canary.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sources/host.h"

#define QUIET_ROUNDS 3

static const char *const hook_names[CANARY_HOOKS] = {
	[CANARY_EXEC] = "exec",
	[CANARY_FORK] = "fork",
	[CANARY_EXIT] = "exit",
	[CANARY_CONNECT_TCP] = "connect_tcp",
	[CANARY_CONNECT_UDP] = "connect_udp",
	[CANARY_PAYLOAD] = "payload",
	[CANARY_CGROUP] = "cgroup",
	[CANARY_TASKS] = "tasks",
	[CANARY_SOCKETS] = "sockets",
};

static const struct {
	const char *name;
	enum canary_hook hook;
} links[CANARY_LINKS] = {
	[LINK_EXEC] = {"report_exec", CANARY_EXEC},
	[LINK_FORK] = {"report_fork", CANARY_FORK},
	[LINK_EXIT] = {"report_exit", CANARY_EXIT},
	[LINK_TCP] = {"report_connect_tcp", CANARY_CONNECT_TCP},
	[LINK_UDP4] = {"report_connect_udp4", CANARY_CONNECT_UDP},
	[LINK_UDP6] = {"report_connect_udp6", CANARY_CONNECT_UDP},
	[LINK_SENT] = {"read_sent", CANARY_PAYLOAD},
	[LINK_RECEIVED] = {"read_received", CANARY_PAYLOAD},
	[LINK_MARK4] = {"mark_connect4", CANARY_PAYLOAD},
	[LINK_MARK6] = {"mark_connect6", CANARY_PAYLOAD},
	[LINK_MKDIR] = {"report_cgroup_mkdir", CANARY_CGROUP},
	[LINK_RELEASE] = {"report_cgroup_release", CANARY_CGROUP},
	[LINK_RENAME] = {"report_cgroup_rename", CANARY_CGROUP},
	[LINK_ATTACH] = {"report_cgroup_attach", CANARY_CGROUP},
	[LINK_TASKS] = {"report_tasks", CANARY_TASKS},
	[LINK_SOCKETS] = {"report_sockets", CANARY_SOCKETS},
};

const char *canary_hook_name(enum canary_hook hook)
{
	return hook_names[hook];
}

unsigned canary_hook_links(enum canary_hook hook)
{
	unsigned bits = 0;

	for (unsigned link = 0; link < CANARY_LINKS; link++)
		if (links[link].hook == hook)
			bits |= LINK_BIT(link);
	return bits;
}

unsigned canary_links(unsigned hooks, unsigned cgroup_version)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned bits = 0;

	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++)
		if (hooks & (1u << hook))
			bits |= canary_hook_links(hook);
	if (fd < 0 && errno == EAFNOSUPPORT)
		bits &= ~(LINK_BIT(LINK_UDP6) | LINK_BIT(LINK_MARK6));
	if (fd >= 0)
		close(fd);
	return cgroup_version == 1 ? bits : bits & ~LINK_BIT(LINK_RENAME);
}

struct canary canary_begin(unsigned expected, uint64_t now_ns)
{
	return (struct canary){
		.expected = expected,
		.since_ns = now_ns,
		/* 127.0.0.1 to 127.127.255.253, the last two bits 01: canary_address6 has 11. */
		.address = INADDR_LOOPBACK | ((uint32_t)(now_ns >> 10) & 0x7ffffc),
	};
}

uint32_t canary_address6(uint32_t address)
{
	return address | 2;
}

/* Which program must have marked this connection; CANARY_LINKS: who can tell. */
static enum canary_link mark_of(const struct canary *canary, const struct event_payload *payload)
{
	static const __u8 mapped[12] = {[10] = 0xff, [11] = 0xff};
	uint32_t remote;

	if (payload->payload_flags & PAYLOAD_ARMED ||
		memcmp(payload->remote, mapped, sizeof(mapped)) != 0)
		return CANARY_LINKS;
	memcpy(&remote, payload->remote + sizeof(mapped), sizeof(remote));
	if (ntohl(remote) == canary->address)
		return LINK_MARK4;
	return ntohl(remote) == canary_address6(canary->address) ? LINK_MARK6 : CANARY_LINKS;
}

static unsigned segment_links(const struct canary *canary, const struct event_payload *payload)
{
	enum canary_link mark = mark_of(canary, payload);
	unsigned bits = LINK_BIT(payload->direction == PAYLOAD_SENT ? LINK_SENT : LINK_RECEIVED);

	return mark == CANARY_LINKS ? bits : bits | LINK_BIT(mark);
}

static unsigned connect_links(const struct event_connect *connect)
{
	if (connect->protocol == IPPROTO_TCP)
		return LINK_BIT(LINK_TCP);
	return LINK_BIT(connect->family == AF_INET ? LINK_UDP4 : LINK_UDP6);
}

static unsigned links_of(const struct canary *canary, const struct event_header *header, size_t len)
{
	switch (header->type) {
	case EVENT_EXEC:
		return LINK_BIT(LINK_EXEC);
	case EVENT_FORK:
		return LINK_BIT(LINK_FORK);
	case EVENT_EXIT:
		return LINK_BIT(LINK_EXIT);
	case EVENT_CONNECT:
		return len < sizeof(struct event_connect) ? 0 : connect_links((const void *)header);
	case EVENT_SEGMENT:
		return len < sizeof(struct event_payload)
			       ? 0
			       : segment_links(canary, (const void *)header);
	case EVENT_CGROUP_MKDIR:
		return LINK_BIT(LINK_MKDIR);
	case EVENT_CGROUP_RELEASE:
		return LINK_BIT(LINK_RELEASE);
	case EVENT_CGROUP_RENAME:
		return LINK_BIT(LINK_RENAME);
	case EVENT_CGROUP_ATTACH:
		return LINK_BIT(LINK_ATTACH);
	case EVENT_TASK:
		return LINK_BIT(LINK_TASKS);
	case EVENT_SOCKET:
		return LINK_BIT(LINK_SOCKETS);
	default:
		return 0;
	}
}

void canary_watch(struct canary *canary, const void *record, size_t len)
{
	const struct event_header *header = record;

	if (len >= sizeof(*header) && header->time_ns >= canary->since_ns)
		canary->seen |= links_of(canary, header, len);
}

unsigned canary_quiet(const struct canary *canary, uint8_t ages[static CANARY_LINKS])
{
	unsigned bits = 0;

	for (unsigned link = 0; link < CANARY_LINKS; link++) {
		if (canary->seen & LINK_BIT(link))
			ages[link] = 0;
		else if (ages[link] < QUIET_ROUNDS)
			ages[link]++;
		if (ages[link] == QUIET_ROUNDS)
			bits |= LINK_BIT(link);
	}
	return bits;
}

unsigned canary_missing(const struct canary *canary)
{
	return canary->expected & ~canary->seen;
}

enum hook_state hook_state(const struct hook_states *states, enum canary_hook hook)
{
	unsigned own = canary_hook_links(hook) & states->links;

	if (!own)
		return HOOK_MISSING;
	if (own & states->dead)
		return HOOK_DEAD;
	if (own & ~states->proven & ~states->seen)
		return HOOK_ATTACHED;
	return own & ~states->proven ? HOOK_SEEN : HOOK_PROVEN;
}

const char *hook_state_name(enum hook_state state)
{
	static const char *const names[] = {
		[HOOK_MISSING] = "missing",
		[HOOK_DEAD] = "dead",
		[HOOK_ATTACHED] = "attached",
		[HOOK_SEEN] = "seen",
		[HOOK_PROVEN] = "proven",
	};

	return names[state];
}

void canary_name_links(enum canary_hook hook, unsigned bits, char *ret_text, size_t size)
{
	size_t len = 0;

	ret_text[0] = '\0';
	for (unsigned link = 0; link < CANARY_LINKS && len < size; link++)
		if (links[link].hook == hook && bits & LINK_BIT(link))
			len += (size_t)snprintf(ret_text + len, size - len, "%s%s", len ? ", " : "",
				links[link].name);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which records prove which programs, and what that says of the hooks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"
#include "sources/canary.h"
#include "sources/live_set.h"

#define BEGUN SECONDS(1000)
#define ALL_HOOKS ((1u << CANARY_HOOKS) - 1)
#define BIT(link) LINK_BIT(LINK_##link)

enum peer { ELSEWHERE, ADDRESS4, ADDRESS6, REAL_IPV6 };

/* A record of the type; of a connect its protocol and family, of a segment direction and peer. */
static const struct row {
	const char *name;
	unsigned type, protocol, family;
	unsigned direction;
	enum peer peer;
	unsigned flags;
	unsigned seen;
} rows[] = {
	{.name = "exec", .type = EVENT_EXEC, .seen = BIT(EXEC)},
	{.name = "fork", .type = EVENT_FORK, .seen = BIT(FORK)},
	{.name = "exit", .type = EVENT_EXIT, .seen = BIT(EXIT)},
	{.name = "a thread's end says nothing of exits", .type = EVENT_THREAD},
	{"tcp", EVENT_CONNECT, IPPROTO_TCP, AF_INET, .seen = BIT(TCP)},
	{"tcp, IPv6: the same program", EVENT_CONNECT, IPPROTO_TCP, AF_INET6, .seen = BIT(TCP)},
	{"udp", EVENT_CONNECT, IPPROTO_UDP, AF_INET, .seen = BIT(UDP4)},
	{"udp, IPv6", EVENT_CONNECT, IPPROTO_UDP, AF_INET6, .seen = BIT(UDP6)},
	{"sent, played over IPv4", EVENT_SEGMENT, 0, 0, PAYLOAD_SENT, ADDRESS4, 0,
		BIT(SENT) | BIT(MARK4)},
	{"sent, played over IPv6", EVENT_SEGMENT, 0, 0, PAYLOAD_SENT, ADDRESS6, 0,
		BIT(SENT) | BIT(MARK6)},
	{"received, played over IPv4", EVENT_SEGMENT, 0, 0, PAYLOAD_RECEIVED, ADDRESS4, 0,
		BIT(RECEIVED) | BIT(MARK4)},
	{"sent, another's: a socket of either family", EVENT_SEGMENT, 0, 0, PAYLOAD_SENT, ELSEWHERE,
		0, BIT(SENT)},
	{"sent over IPv6, another's", EVENT_SEGMENT, 0, 0, PAYLOAD_SENT, REAL_IPV6, 0, BIT(SENT)},
	{"armed: no connect marked it", EVENT_SEGMENT, 0, 0, PAYLOAD_RECEIVED, ADDRESS4,
		PAYLOAD_ARMED, BIT(RECEIVED)},
	{.name = "mkdir", .type = EVENT_CGROUP_MKDIR, .seen = BIT(MKDIR)},
	{.name = "release", .type = EVENT_CGROUP_RELEASE, .seen = BIT(RELEASE)},
	{.name = "rename", .type = EVENT_CGROUP_RENAME, .seen = BIT(RENAME)},
	{.name = "attach", .type = EVENT_CGROUP_ATTACH, .seen = BIT(ATTACH)},
	{.name = "a pass told it: no hook did", .type = EVENT_CGROUP},
	{.name = "task", .type = EVENT_TASK, .seen = BIT(TASKS)},
	{.name = "socket", .type = EVENT_SOCKET, .seen = BIT(SOCKETS)},
};

static union {
	struct event_header header;
	struct event_connect connect;
	struct event_payload payload;
} record;

static void set_peer(const struct canary *canary, enum peer peer)
{
	const uint32_t addresses[] = {[ELSEWHERE] = 0x7f000001,
		[ADDRESS4] = canary->address,
		[ADDRESS6] = canary_address6(canary->address),
		[REAL_IPV6] = canary->address};
	uint32_t network = htonl(addresses[peer]);

	if (peer != REAL_IPV6)
		record.payload.remote[10] = record.payload.remote[11] = 0xff;
	memcpy(record.payload.remote + 12, &network, sizeof(network));
}

static unsigned seen_of(const struct row *row, uint64_t time_ns, size_t len)
{
	struct canary canary = canary_begin(0, BEGUN);

	memset(&record, 0, sizeof(record));
	record.header.type = (__u16)row->type;
	record.header.time_ns = time_ns;
	if (row->type == EVENT_CONNECT) {
		record.connect.protocol = (__u16)row->protocol;
		record.connect.family = (__u16)row->family;
	} else if (row->type == EVENT_SEGMENT) {
		record.payload.direction = (__u8)row->direction;
		record.payload.payload_flags = (__u8)row->flags;
		set_peer(&canary, row->peer);
	}
	canary_watch(&canary, &record, len);
	return canary.seen;
}

static void records_prove_links(void **state)
{
	unsigned proved = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].name);
		assert_int_equal(seen_of(&rows[i], BEGUN, sizeof(record)), rows[i].seen);
		proved |= rows[i].seen;
	}
	assert_int_equal(proved, LINK_BIT(CANARY_LINKS) - 1);
}

/* Made before the round: the hook may have died since. */
static void old_records_prove_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(seen_of(&rows[i], BEGUN - 1, sizeof(record)), 0);
}

static void short_records_prove_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(seen_of(&rows[i], BEGUN, sizeof(struct event_header) - 1), 0);
		if (rows[i].type == EVENT_CONNECT || rows[i].type == EVENT_SEGMENT)
			assert_int_equal(seen_of(&rows[i], BEGUN, sizeof(struct event_header)), 0);
	}
}

/* Of loopback, never the network's own or its broadcast; the two of a round differ. */
static void addresses(void **state)
{
	(void)state;
	for (uint64_t shift = 0; shift < 40; shift++) {
		uint32_t ip4 = canary_begin(0, ~UINT64_C(0) >> shift).address;

		assert_int_equal(ip4 >> 24, 127);
		assert_true(ip4 & 1);
		assert_int_not_equal(ip4, canary_address6(ip4));
		assert_int_not_equal(canary_address6(ip4), 0x7fffffff);
	}
}

static void every_link_has_one_hook(void **state)
{
	unsigned all = 0;

	(void)state;
	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++) {
		assert_int_not_equal(canary_hook_links(hook), 0);
		assert_int_equal(all & canary_hook_links(hook), 0);
		all |= canary_hook_links(hook);
	}
	assert_int_equal(all, LINK_BIT(CANARY_LINKS) - 1);
	assert_int_equal(canary_links(ALL_HOOKS, 2) & BIT(RENAME), 0);
	assert_int_equal(canary_links(ALL_HOOKS, 1) & BIT(RENAME), BIT(RENAME));
	assert_int_equal(canary_links(1u << CANARY_EXEC, 1), BIT(EXEC));
}

#define PAYLOAD_ALL (BIT(SENT) | BIT(RECEIVED) | BIT(MARK4) | BIT(MARK6))

static const struct {
	const char *name;
	struct hook_states states;
	enum hook_state expected;
} state_rows[] = {
	{"not attached", {0, 0, 0, 0}, HOOK_MISSING},
	{"only another hook", {BIT(EXEC), BIT(EXEC), BIT(EXEC), 0}, HOOK_MISSING},
	{"all came", {PAYLOAD_ALL, PAYLOAD_ALL, PAYLOAD_ALL, 0}, HOOK_PROVEN},
	{"one never came", {PAYLOAD_ALL, PAYLOAD_ALL & ~BIT(MARK6), PAYLOAD_ALL & ~BIT(MARK6), 0},
		HOOK_ATTACHED},
	{"one by others alone", {PAYLOAD_ALL, PAYLOAD_ALL & ~BIT(MARK6), PAYLOAD_ALL, 0},
		HOOK_SEEN},
	{"one is dead", {PAYLOAD_ALL, PAYLOAD_ALL & ~BIT(MARK6), PAYLOAD_ALL, BIT(MARK6)},
		HOOK_DEAD},
	{"one cannot be", {PAYLOAD_ALL & ~BIT(MARK6), PAYLOAD_ALL & ~BIT(MARK6), 0, 0},
		HOOK_PROVEN},
};

static void the_worst_link_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(state_rows); i++) {
		print_message("%s\n", state_rows[i].name);
		assert_int_equal(
			hook_state(&state_rows[i].states, CANARY_PAYLOAD), state_rows[i].expected);
	}
}

static void names_of_links(void **state)
{
	char text[24];

	(void)state;
	canary_name_links(CANARY_PAYLOAD, PAYLOAD_ALL | BIT(EXEC), text, sizeof(text));
	assert_string_equal(text, "read_sent, read_receive"); /* cut, not written beyond */
	canary_name_links(CANARY_EXEC, PAYLOAD_ALL, text, sizeof(text));
	assert_string_equal(text, "");
	canary_name_links(CANARY_PAYLOAD, BIT(MARK4), text, sizeof(text));
	assert_string_equal(text, "mark_connect4");
}

static void assert_name(unsigned link, const char *name)
{
	char text[64];

	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++) {
		if (!(canary_hook_links(hook) & (1u << link)))
			continue;
		canary_name_links(hook, 1u << link, text, sizeof(text));
		assert_string_equal(text, name);
	}
}

/* The kernel's counters go by the number of a link, the descriptors by hook and program. */
static void hooks_are_in_the_order_of_links(void **state)
{
	unsigned link = 0;

	(void)state;
	for (unsigned i = 0; i < HOOK_COUNT; i++)
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX && hooks[i].programs[j]; j++)
			assert_name(link++, hooks[i].programs[j]);
	assert_int_equal(link, CANARY_LINKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_prove_links),
		cmocka_unit_test(old_records_prove_nothing),
		cmocka_unit_test(short_records_prove_nothing),
		cmocka_unit_test(addresses),
		cmocka_unit_test(every_link_has_one_hook),
		cmocka_unit_test(the_worst_link_counts),
		cmocka_unit_test(names_of_links),
		cmocka_unit_test(hooks_are_in_the_order_of_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which records prove that a hook is delivered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "sources/canary.h"

#define PLAYED 4711
#define MADE 97 /* cgroup */
#define BIT(hook) (1u << CANARY_##hook)

/* A record of the type, of this process and cgroup; of a connect also the protocol. */
static const struct row {
	const char *name;
	unsigned type, pid, cgroup, protocol;
	unsigned untried;
	unsigned seen;
} rows[] = {
	{"exec, played", EVENT_EXEC, PLAYED, 0, 0, 0, BIT(EXEC)},
	{"exec, another's", EVENT_EXEC, 5, 0, 0, 0, 0},
	{"fork, played", EVENT_FORK, PLAYED, 0, 0, 0, BIT(FORK)},
	{"exit, played", EVENT_EXIT, PLAYED, 0, 0, 0, BIT(EXIT)},
	{"exit, another's", EVENT_EXIT, 5, 0, 0, BIT(CGROUP), 0},
	{"tcp, played", EVENT_CONNECT, PLAYED, 0, IPPROTO_TCP, 0, BIT(CONNECT_TCP)},
	{"udp, played", EVENT_CONNECT, PLAYED, 0, IPPROTO_UDP, 0, BIT(CONNECT_UDP)},
	{"tcp, another's", EVENT_CONNECT, 5, 0, IPPROTO_TCP, 0, 0},
	{"tcp, another's, untried", EVENT_CONNECT, 5, 0, IPPROTO_TCP,
		BIT(CONNECT_TCP) | BIT(CONNECT_UDP), BIT(CONNECT_TCP)},
	{"any task", EVENT_TASK, 5, 0, 0, 0, BIT(TASKS)},
	{"mkdir, played", EVENT_CGROUP_MKDIR, 0, MADE, 0, 0, BIT(CGROUP)},
	{"mkdir, another's", EVENT_CGROUP_MKDIR, 0, 5, 0, 0, 0},
	{"mkdir, another's, untried", EVENT_CGROUP_MKDIR, 0, 5, 0, BIT(CGROUP), BIT(CGROUP)},
	{"release, untried", EVENT_CGROUP_RELEASE, 0, 5, 0, BIT(CGROUP), 0},
	{"told by a pass, untried", EVENT_CGROUP, 0, 5, 0, BIT(CGROUP), 0},
	{"attach, untried", EVENT_CGROUP_ATTACH, 5, 5, 0, BIT(CGROUP), 0},
};

static unsigned seen_of(const struct row *row, size_t len, struct canary canary)
{
	struct event_connect record = {.header = {.type = (__u16)row->type,
					       .size = sizeof(record),
					       .cgroup_id = row->cgroup,
					       .pid = row->pid},
		.protocol = (__u16)row->protocol};

	canary.untried = row->untried;
	canary_watch(&canary, &record, len);
	return canary.seen;
}

static void records_prove_hooks(void **state)
{
	const struct canary played = {.pid = PLAYED, .cgroup_ino = MADE};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].name);
		assert_int_equal(
			seen_of(&rows[i], sizeof(struct event_connect), played), rows[i].seen);
	}
}

/* Nothing was played yet: no record is the canary's, not even one without a process or a cgroup. */
static void nothing_played_proves_nothing(void **state)
{
	static const struct row none[] = {{.type = EVENT_EXEC}, {.type = EVENT_CGROUP_MKDIR}};

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(
			seen_of(&none[i], sizeof(struct event_connect), (struct canary){0}), 0);
}

static void short_records_prove_nothing(void **state)
{
	const struct canary played = {.pid = PLAYED, .cgroup_ino = MADE};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(seen_of(&rows[i], sizeof(struct event_header) - 1, played), 0);
	assert_int_equal(seen_of(&rows[5], sizeof(struct event_header), played), 0);
}

/* They waited in the ring while no sensor ran; a pid may be the played one's by chance. */
static void older_records_prove_nothing(void **state)
{
	const struct canary played = {.since_ns = 1, .pid = PLAYED, .cgroup_ino = MADE};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(seen_of(&rows[i], sizeof(struct event_connect), played), 0);
}

/* What was triggered has to be seen; what could not be, not. */
static void complete_without_the_untried(void **state)
{
	struct canary canary = {
		.expected = BIT(EXEC) | BIT(TASKS), .seen = BIT(EXEC), .untried = BIT(CGROUP)};

	(void)state;
	assert_false(canary_complete(&canary));
	canary.seen |= BIT(TASKS);
	assert_true(canary_complete(&canary));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_prove_hooks),
		cmocka_unit_test(nothing_played_proves_nothing),
		cmocka_unit_test(short_records_prove_nothing),
		cmocka_unit_test(older_records_prove_nothing),
		cmocka_unit_test(complete_without_the_untried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

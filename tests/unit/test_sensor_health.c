/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the rounds of canaries against a launcher, a kernel and a clock of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "core_fixture.h"
#include "launcher.h"
#include "sensor.h"
#include "sources/canary_play.h"

#define BIT(link) LINK_BIT(LINK_##link)
#define ALL (LINK_BIT(CANARY_LINKS) - 1)

static const char *const programs[CANARY_LINKS] = {
	[LINK_EXEC] = "report_exec",
	[LINK_FORK] = "report_fork",
	[LINK_EXIT] = "report_exit",
	[LINK_TCP] = "report_connect_tcp",
	[LINK_UDP4] = "report_connect_udp4",
	[LINK_UDP6] = "report_connect_udp6",
	[LINK_SENT] = "read_sent",
	[LINK_RECEIVED] = "read_received",
	[LINK_MARK4] = "mark_connect4",
	[LINK_MARK6] = "mark_connect6",
	[LINK_MKDIR] = "report_cgroup_mkdir",
	[LINK_RELEASE] = "report_cgroup_release",
	[LINK_RENAME] = "report_cgroup_rename",
	[LINK_ATTACH] = "report_cgroup_attach",
	[LINK_TASKS] = "report_tasks",
	[LINK_SOCKETS] = "report_sockets",
};

static struct {
	uint64_t now_ns;
	unsigned plays, ready, watchdogs; /* asked of the launcher */
	__u64 unrecorded[CANARY_LINKS];
	unsigned proven; /* bit a canary_link: what the programs' next reader is told */
	bool condemned; /* and this */
	unsigned degraded, restored, tampered; /* bit a canary_hook */
	char why[88]; /* of the last */
} world;

static struct sensor sensor;

/* In place of the sensor's other parts. */

__u64 host_now_ns(void)
{
	return world.now_ns;
}

struct event_header host_header(unsigned type, size_t size)
{
	return (struct event_header){
		.type = (__u16)type, .size = (__u32)size, .time_ns = world.now_ns};
}

int launcher_ask(int control, const struct launcher_message *request)
{
	(void)control;
	world.plays += request->word == LAUNCHER_CANARY;
	world.ready += request->word == LAUNCHER_NOTIFY && request->notice & NOTICE_READY;
	world.watchdogs += request->word == LAUNCHER_NOTIFY && request->notice & NOTICE_WATCHDOG;
	return 0;
}

void live_unrecorded(const struct live *live, __u64 ret_times[static CANARY_LINKS])
{
	(void)live;
	memcpy(ret_times, world.unrecorded, sizeof(world.unrecorded));
}

int live_sockets(struct live *live, const uint32_t *pids, unsigned count)
{
	(void)live;
	(void)pids;
	(void)count;
	return 0;
}

unsigned live_proven(const struct live *live)
{
	(void)live;
	return world.proven;
}

void live_add_proven(struct live *live, unsigned links)
{
	(void)live;
	world.proven |= links;
}

void live_condemn(struct live *live)
{
	(void)live;
	world.condemned = true;
}

static unsigned hook_named(const char *what)
{
	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++)
		if (strcmp(what, canary_hook_name(hook)) == 0)
			return 1u << hook;
	fail_msg("%s is no hook", what);
	return 0;
}

void sensor_degrade(void *context, const char *what, const char *why)
{
	(void)context;
	world.degraded |= hook_named(what);
	world.restored &= ~hook_named(what);
	snprintf(world.why, sizeof(world.why), "%s", why);
}

void sensor_restore(void *context, const char *what)
{
	(void)context;
	world.restored |= hook_named(what);
	world.degraded &= ~hook_named(what);
}

static int feed(void *context, void *data, size_t len)
{
	const struct event_tamper *tamper = data;

	(void)context;
	assert_int_equal(tamper->header.type, EVENT_TAMPER);
	assert_int_equal(len, sizeof(*tamper));
	world.tampered |= hook_named(tamper->what);
	return 0;
}

/* What happens in a second of the run. */

static void answer(unsigned untried)
{
	struct launcher_message message = {
		.word = LAUNCHER_CANARY, .round = sensor.health.round, .untried = untried};

	sensor_health_answer(&sensor, &message);
}

static int second(bool drained)
{
	world.now_ns += SECONDS(1);
	return sensor_health_tick(&sensor, drained);
}

/* Seconds until it is not 0, so many at most; those of links are seen whenever one is played. */
static int run(unsigned seconds, unsigned links, unsigned untried)
{
	unsigned plays = world.plays;
	int err = 0;

	for (unsigned i = 0; i < seconds && err == 0; i++) {
		err = second(true);
		if (world.plays != plays) {
			plays = world.plays;
			answer(untried);
			sensor.health.canary.seen |= links & ~untried;
		}
		if (err == 0)
			err = sensor_health_settle(&sensor);
	}
	return err;
}

/* A sensor whose first round was whole. */
static int start(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	memset(&sensor, 0, sizeof(sensor));
	world.now_ns = SECONDS(1000);
	sensor.out.feed = feed;
	sensor.health.hooks.links = ALL;
	assert_int_equal(sensor_health_start(&sensor), 0);
	answer(0);
	sensor.health.canary.seen = ALL;
	assert_int_equal(sensor_health_settle(&sensor), 0);
	assert_false(sensor.health.playing);
	sensor.ready = true;
	assert_int_equal(sensor_health_ready(&sensor), 0);
	assert_int_equal(world.ready, 1);
	return 0;
}

static void healthy_for_an_hour(void **state)
{
	(void)state;
	assert_int_equal(run(3600, ALL, 0), 0);
	assert_int_equal(world.degraded, 0);
	assert_int_equal(world.proven, ALL);
	assert_false(world.condemned);
	assert_in_range(world.watchdogs, 359, 361);
	assert_int_equal(world.plays, world.watchdogs + 1);
}

/* Each link by itself: noticed within 20 s, wherever in the round it dies. */
static void each_dead_link_is_noticed(void **state)
{
	for (unsigned link = 0; link < CANARY_LINKS; link++) {
		for (unsigned phase = 0; phase < 10; phase++) {
			unsigned watchdogs;

			start(state);
			assert_int_equal(run(20 + phase, ALL, 0), 0);
			watchdogs = world.watchdogs;
			assert_false(world.condemned);
			assert_int_equal(run(19, ALL & ~LINK_BIT(link), 0), -ESHUTDOWN);
			assert_in_range(world.watchdogs, watchdogs, watchdogs);
			assert_true(world.condemned);
			assert_int_equal(sensor.health.hooks.dead, LINK_BIT(link));
			assert_true(world.tampered && world.tampered == world.degraded);
			assert_non_null(strstr(world.why, programs[link]));
			for (unsigned hook = 0; hook < CANARY_HOOKS; hook++)
				assert_int_equal(hook_state(&sensor.health.hooks, hook),
					canary_hook_links(hook) & LINK_BIT(link) ? HOOK_DEAD
										 : HOOK_PROVEN);
		}
	}
}

/* Pinned programs that the run before us saw at work, and one of which is dead when we come. */
static void each_dead_link_is_inherited(void **state)
{
	(void)state;
	for (unsigned link = 0; link < CANARY_LINKS; link++) {
		memset(&world, 0, sizeof(world));
		memset(&sensor, 0, sizeof(sensor));
		world.proven = ALL;
		sensor.out.feed = feed;
		sensor.health.hooks.links = ALL;
		assert_int_equal(sensor_health_start(&sensor), 0);
		answer(0);
		sensor.health.canary.seen = ALL & ~LINK_BIT(link);
		assert_int_equal(run(10, ALL & ~LINK_BIT(link), 0), -ESHUTDOWN);
		assert_int_equal(sensor.health.hooks.dead, LINK_BIT(link));
		assert_true(world.tampered && world.condemned);
	}
}

static void once_missed_is_not_dead(void **state)
{
	(void)state;
	assert_int_equal(run(10, ALL & ~BIT(EXIT), 0), 0);
	assert_true(sensor.health.playing);
	assert_int_equal(run(4, ALL, 0), 0);
	assert_false(sensor.health.playing);
	assert_true(sensor.health.again);
	assert_int_equal(world.degraded, 0);
}

/* Its place in the ring was taken: nobody knows; no "proven", no tamper. A flood does not get the
 * sensor ended by its watchdog either. */
static void a_full_ring_is_no_tamper(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		world.unrecorded[LINK_EXIT]++;
		assert_int_equal(run(1, ALL & ~BIT(EXIT), 0), 0);
	}
	assert_int_equal(world.degraded, 1u << CANARY_EXIT);
	assert_int_equal(hook_state(&sensor.health.hooks, CANARY_EXIT), HOOK_ATTACHED);
	assert_true(world.watchdogs >= 3);
	assert_int_equal(run(20, ALL, 0), 0);
	assert_int_equal(world.restored, 1u << CANARY_EXIT);
	assert_int_equal(hook_state(&sensor.health.hooks, CANARY_EXIT), HOOK_PROVEN);
}

/* All the others are at work and lose their canaries too: each is noticed all the same. */
static void each_dead_link_beside_a_flood(void **state)
{
	for (unsigned dead = 0; dead < CANARY_LINKS; dead++) {
		int err = 0;

		start(state);
		for (unsigned i = 0; i < 20 && err == 0; i++) {
			for (unsigned link = 0; link < CANARY_LINKS; link++)
				world.unrecorded[link] += link != dead;
			err = run(1, 0, 0);
		}
		assert_int_equal(err, -ESHUTDOWN);
		assert_int_equal(sensor.health.hooks.dead, LINK_BIT(dead));
	}
}

/* What never worked is not dead: it is not seen, and that is said. */
static void never_proven_is_never_dead(void **state)
{
	start(state);
	world.proven = sensor.health.ever = sensor.health.hooks.proven = sensor.health.hooks.seen =
		ALL & ~BIT(UDP6);
	assert_int_equal(run(100, ALL & ~BIT(UDP6), 0), 0);
	assert_int_equal(world.degraded, 1u << CANARY_CONNECT_UDP);
	assert_int_equal(world.watchdogs, 0);
}

/* Where no cgroup can be made its hook waits for somebody's, and is never proven. */
static void untried_is_seen_at_most(void **state)
{
	unsigned cgroup = canary_hook_links(CANARY_CGROUP);

	(void)state;
	memset(&sensor, 0, sizeof(sensor));
	memset(&world, 0, sizeof(world));
	sensor.out.feed = feed;
	sensor.health.hooks.links = ALL;
	assert_int_equal(sensor_health_start(&sensor), 0);
	answer(cgroup);
	sensor.health.canary.seen = ALL & ~cgroup;
	assert_int_equal(sensor_health_settle(&sensor), 0);
	sensor.ready = true;
	assert_int_equal(sensor_health_ready(&sensor), 0);
	assert_int_equal(world.degraded, 1u << CANARY_CGROUP);
	assert_string_equal(world.why, "attached, not seen lately: cgroups are not writable here");
	assert_int_equal(run(100, ALL & ~cgroup, cgroup), 0);
	assert_int_equal(hook_state(&sensor.health.hooks, CANARY_CGROUP), HOOK_ATTACHED);
	sensor.health.canary.seen |= cgroup & ~BIT(RENAME); /* somebody's */
	assert_int_equal(sensor_health_settle(&sensor), 0);
	assert_int_equal(world.restored, 1u << CANARY_CGROUP);
	assert_int_equal(hook_state(&sensor.health.hooks, CANARY_CGROUP), HOOK_SEEN);
	assert_int_equal(run(25, ALL & ~cgroup, cgroup), 0);
	assert_int_equal(hook_state(&sensor.health.hooks, CANARY_CGROUP), HOOK_SEEN);
	/* They go on, but for one: it may be dead. */
	for (unsigned i = 0; i < 40; i++) {
		sensor.health.canary.seen |= cgroup & ~BIT(RENAME) & ~BIT(MKDIR);
		assert_int_equal(run(1, ALL & ~cgroup, cgroup), 0);
	}
	assert_int_equal(hook_state(&sensor.health.hooks, CANARY_CGROUP), HOOK_ATTACHED);
	assert_int_equal(world.degraded, 1u << CANARY_CGROUP);
	assert_int_equal(sensor.health.hooks.seen & cgroup, cgroup & ~BIT(RENAME) & ~BIT(MKDIR));
	/* All of them again, however far apart. */
	for (unsigned i = 0; i < 10; i++) {
		sensor.health.canary.seen |= cgroup & ~BIT(RENAME);
		assert_int_equal(run(25, ALL & ~cgroup, cgroup), 0);
		assert_int_equal(hook_state(&sensor.health.hooks, CANARY_CGROUP), HOOK_SEEN);
	}
}

/* Once proven it must not become untried in silence. */
static void proven_and_untried_is_doubted(void **state)
{
	(void)state;
	assert_int_equal(run(100, ALL, BIT(MARK4) | BIT(SENT)), 0);
	assert_int_equal(world.degraded, 1u << CANARY_PAYLOAD);
	assert_int_equal(hook_state(&sensor.health.hooks, CANARY_PAYLOAD), HOOK_ATTACHED);
}

/* A launcher that is stopped: nothing is proven, no watchdog is fed, no hook is called dead. */
static void unanswered(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		assert_int_equal(second(true), 0);
		sensor.health.canary.seen |= BIT(TASKS) | BIT(SOCKETS); /* those need none */
	}
	assert_int_equal(hook_state(&sensor.health.hooks, CANARY_EXEC), HOOK_ATTACHED);
	assert_int_equal(world.watchdogs, 0);
	assert_int_equal(world.degraded & 1u << CANARY_EXEC, 1u << CANARY_EXEC);
}

static void records_that_wait_are_not_missing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		assert_int_equal(second(false), 0);
		answer(0);
	}
	assert_int_equal(world.plays, 2);
	assert_int_equal(run(4, ALL, 0), 0);
	assert_int_equal(world.degraded, 0);
}

/* An answer to the play before says nothing of this one. */
static void stale_answers(void **state)
{
	struct launcher_message message = {.word = LAUNCHER_CANARY, .untried = ALL};

	(void)state;
	assert_int_equal(sensor_health_start(&sensor), 0);
	message.round = sensor.health.round - 1;
	sensor_health_answer(&sensor, &message);
	assert_false(sensor.health.answered);
	assert_int_equal(sensor.health.untried, 0);
}

static void hooks_that_are_not_attached(void **state)
{
	(void)state;
	sensor_health_lacks(&sensor, "payload");
	sensor_health_lacks(&sensor, "strings"); /* no hook */
	assert_int_equal(run(60, ALL & ~canary_hook_links(CANARY_PAYLOAD), 0), 0);
	assert_int_equal(hook_state(&sensor.health.hooks, CANARY_PAYLOAD), HOOK_MISSING);
	assert_true(world.watchdogs > 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(healthy_for_an_hour, start),
		cmocka_unit_test(each_dead_link_is_noticed),
		cmocka_unit_test(each_dead_link_is_inherited),
		cmocka_unit_test_setup(once_missed_is_not_dead, start),
		cmocka_unit_test_setup(a_full_ring_is_no_tamper, start),
		cmocka_unit_test(each_dead_link_beside_a_flood),
		cmocka_unit_test_setup(never_proven_is_never_dead, start),
		cmocka_unit_test(untried_is_seen_at_most),
		cmocka_unit_test_setup(proven_and_untried_is_doubted, start),
		cmocka_unit_test_setup(unanswered, start),
		cmocka_unit_test_setup(records_that_wait_are_not_missing, start),
		cmocka_unit_test_setup(stale_answers, start),
		cmocka_unit_test_setup(hooks_that_are_not_attached, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

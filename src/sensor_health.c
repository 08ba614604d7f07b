/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds of canaries: which hooks can be trusted, and what happens when one is dead. */
#include "sensor_health.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "launcher.h"
#include "log.h"
#include "sensor.h"
#include "sources/canary_play.h"
#include "sources/cgroup_hierarchy.h"
#include "sources/host.h"
#include "util/monotonic.h"

#define SECOND_NS UINT64_C(1000000000)
#define ROUND_EVERY_NS (10 * SECOND_NS)
/*
 * A hook that dies right after its canary is noticed within 10 + 3 + 3 s and a tick: 20 s are
 * promised. The slack keeps a tick that is a little early from putting it off by a second.
 */
#define CANARY_WITHIN_NS (3 * SECOND_NS)
#define SLACK_NS (SECOND_NS / 10)
#define SCAN_COST 1000 /* a search of all sockets may take one part of so many of the time */
#define GAP_FROM_MS 2000

void sensor_health_open(struct sensor *sensor)
{
	struct cgroup_hierarchy hierarchy = {0};

	cgroup_hierarchy_find(&hierarchy);
	sensor->health.hooks.links = canary_links((1u << CANARY_HOOKS) - 1, hierarchy.version);
	sensor->health.socket = canary_socket_open();
}

void sensor_health_close(struct sensor *sensor)
{
	if (sensor->health.socket >= 0)
		close(sensor->health.socket);
}

void sensor_health_lacks(struct sensor *sensor, const char *what)
{
	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++)
		if (strcmp(what, canary_hook_name(hook)) == 0)
			sensor->health.hooks.links &= ~canary_hook_links(hook);
}

/* An iterator makes records when it is read; of tasks that is each tick. */
static void scan_sockets(struct sensor *sensor)
{
	struct health *health = &sensor->health;
	uint32_t pid = (uint32_t)getpid();
	struct timespec before, after;
	uint64_t cost_ns;

	if (health->socket < 0)
		health->untried |= LINK_BIT(LINK_SOCKETS);
	if (health->socket < 0 || host_now_ns() < health->scan_ns) {
		health->canary.expected &= ~LINK_BIT(LINK_SOCKETS);
		return;
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
	live_sockets(sensor->live, &pid, 1); /* that it failed shows in what does not come */
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
	cost_ns = (uint64_t)(after.tv_sec - before.tv_sec) * SECOND_NS + (uint64_t)after.tv_nsec -
		  (uint64_t)before.tv_nsec;
	if (cost_ns > CANARY_WITHIN_NS / SCAN_COST)
		health->scan_ns = host_now_ns() + cost_ns * SCAN_COST;
}

static int play(struct sensor *sensor)
{
	struct health *health = &sensor->health;
	struct launcher_message message = {.word = LAUNCHER_CANARY,
		.round = ++health->round,
		.address = health->canary.address};

	health->answered = false;
	health->judge_ns = host_now_ns() + CANARY_WITHIN_NS - SLACK_NS;
	scan_sockets(sensor);
	return launcher_ask(sensor->control, &message);
}

int sensor_health_start(struct sensor *sensor)
{
	struct health *health = &sensor->health;
	uint64_t now_ns = host_now_ns();

	/* Where no canary can be played, what came of somebody's long ago says nothing of now. */
	health->hooks.seen &= ~(canary_quiet(&health->canary, health->quiet) & health->untried);
	health->canary = canary_begin(health->hooks.links, now_ns);
	health->ever |= live_proven(sensor->live);
	health->untried = 0;
	health->playing = true;
	health->again = false;
	health->next_ns = now_ns + ROUND_EVERY_NS - SLACK_NS;
	live_unrecorded(sensor->live, health->unrecorded);
	return play(sensor);
}

void sensor_health_answer(struct sensor *sensor, const struct launcher_message *answer)
{
	struct health *health = &sensor->health;

	if (answer->round != health->round)
		return;
	health->answered = true;
	health->untried |= answer->untried & health->hooks.links;
	health->canary.expected &= ~answer->untried;
	/* Hardly anybody renames one: waiting for somebody's would be for ever. */
	if (answer->untried & LINK_BIT(LINK_RENAME))
		health->hooks.links &= ~LINK_BIT(LINK_RENAME);
}

static void why_doubted(
	const struct health *health, enum canary_hook hook, char *ret_why, size_t size)
{
	unsigned links = canary_hook_links(hook) & health->hooks.links & ~health->hooks.proven &
			 ~health->hooks.seen;
	char names[80];

	canary_name_links(hook, links, names, sizeof(names));
	if (!health->answered)
		snprintf(ret_why, size, "attached, not seen lately: the launcher plays no canary");
	else if (links & health->untried)
		snprintf(ret_why, size, "%s", canary_untried_why(links & health->untried));
	else
		snprintf(ret_why, size, "attached, but its canary was not seen: %s", names);
}

/* Says what is in doubt now and was not, and the other way round. */
static void say_doubts(struct sensor *sensor)
{
	struct health *health = &sensor->health;
	char why[sizeof(((struct event_degraded *)0)->why)];

	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++) {
		bool doubted = hook_state(&health->hooks, hook) == HOOK_ATTACHED;

		if (doubted == !!(health->doubted & (1u << hook)))
			continue;
		health->doubted ^= 1u << hook;
		why_doubted(health, hook, why, sizeof(why));
		if (doubted)
			sensor_degrade(sensor, canary_hook_name(hook), why);
		else
			sensor_restore(sensor, canary_hook_name(hook));
	}
}

static int notify(struct sensor *sensor, uint32_t notice)
{
	struct launcher_message message = {.word = LAUNCHER_NOTIFY, .notice = notice};

	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++) {
		enum hook_state state = hook_state(&sensor->health.hooks, hook);

		message.hooks += state != HOOK_MISSING;
		message.proven += state == HOOK_PROVEN;
	}
	return launcher_ask(sensor->control, &message);
}

/* excused: nobody can know what became of their canaries; a flood is no reason to be ended. */
static int end_round(struct sensor *sensor, unsigned dead, unsigned excused)
{
	struct health *health = &sensor->health;
	struct hook_states *hooks = &health->hooks;
	unsigned expected = health->canary.expected, seen = health->canary.seen;
	bool whole = health->answered && !(expected & ~seen & ~excused);

	health->playing = false;
	hooks->dead |= dead;
	hooks->proven = (hooks->proven & ~expected & ~health->untried) | (expected & seen);
	/* What was proven once and cannot be tried now is as doubtful as what did not come. */
	hooks->seen &= ~(expected | (health->untried & health->ever));
	hooks->seen |= seen & hooks->links;
	health->ever |= hooks->proven;
	live_add_proven(sensor->live, hooks->proven);
	if (!sensor->ready)
		return 0;
	say_doubts(sensor);
	return whole ? notify(sensor, NOTICE_WATCHDOG) : 0;
}

int sensor_health_settle(struct sensor *sensor)
{
	struct health *health = &sensor->health;

	health->hooks.seen |= health->canary.seen & health->hooks.links;
	if (health->playing && health->answered && !canary_missing(&health->canary))
		return end_round(sensor, 0, 0);
	if (sensor->ready && health->doubted)
		say_doubts(sensor);
	return 0;
}

int sensor_health_ready(struct sensor *sensor)
{
	say_doubts(sensor);
	return notify(sensor, NOTICE_READY);
}

/*
 * The links whose programs were at work in this round, though nothing came of it: a full ring, or
 * a budget that was used up. Each counts that itself, so a flood neither hides a program that is
 * dead nor makes one that is alive look so, which would be a way to end us. One thing is left that
 * nobody can know: whoever kills the readers of payload, and has sockets without memory for their
 * marks all the time, keeps them in doubt, as `attached` and degraded.
 */
static unsigned links_excused(struct sensor *sensor)
{
	const __u64 *before = sensor->health.unrecorded;
	__u64 now[CANARY_LINKS];
	unsigned bits = 0;

	live_unrecorded(sensor->live, now);
	for (unsigned link = 0; link < CANARY_LINKS; link++)
		if (now[link] != before[link])
			bits |= LINK_BIT(link);
	return bits;
}

/* The record makes the alert. */
static int tell_dead(struct sensor *sensor, enum canary_hook hook, unsigned links)
{
	struct event_tamper tamper = {0};
	char names[80];

	canary_name_links(hook, links, names, sizeof(names));
	tamper.header = host_header(EVENT_TAMPER, sizeof(tamper));
	snprintf(tamper.what, sizeof(tamper.what), "%s", canary_hook_name(hook));
	snprintf(tamper.why, sizeof(tamper.why), "its canary comes no more: %s", names);
	sensor_degrade(sensor, tamper.what, tamper.why);
	log_error("%s is dead, though it worked before: ending, so that all is loaded anew",
		tamper.what);
	return sensor->out.feed(sensor->out.context, &tamper, sizeof(tamper));
}

/* The round is over, one way or another. */
static int judge(struct sensor *sensor)
{
	struct health *health = &sensor->health;
	unsigned missing = canary_missing(&health->canary);
	unsigned dead = missing & health->ever, excused = links_excused(sensor);
	int err;

	if (!health->answered) {
		health->untried |= CANARY_PLAYED_LINKS & health->hooks.links;
		health->canary.expected &= ~CANARY_PLAYED_LINKS;
		dead &= ~CANARY_PLAYED_LINKS;
	}
	dead &= ~excused;
	if (dead) /* first of all: whatever happens to us now, the next run does not trust them */
		live_condemn(sensor->live);
	err = end_round(sensor, dead, excused);
	for (unsigned hook = 0; hook < CANARY_HOOKS && err >= 0; hook++)
		if (dead & canary_hook_links(hook))
			err = tell_dead(sensor, hook, dead & canary_hook_links(hook));
	return err >= 0 && dead ? -ESHUTDOWN : err;
}

int sensor_health_tick(struct sensor *sensor, bool drained)
{
	struct health *health = &sensor->health;
	uint64_t now_ns = host_now_ns();
	int err = sensor_health_settle(sensor);

	if (err < 0)
		return err;
	if (!health->playing)
		return now_ns >= health->next_ns ? sensor_health_start(sensor) : 0;
	if (now_ns < health->judge_ns || !drained)
		return 0;
	if (health->again)
		return judge(sensor);
	health->again = true;
	if (health->answered)
		return play(sensor);
	health->judge_ns += CANARY_WITHIN_NS; /* the launcher is still at it, or stopped */
	return 0;
}

uint32_t sensor_health_gap(struct sensor *sensor)
{
	struct health *health = &sensor->health;
	uint64_t now_ns = monotonic_ns(), late_ms = 0;

	if (health->tick_ns && now_ns > health->tick_ns + SECOND_NS)
		late_ms = (now_ns - health->tick_ns - SECOND_NS) / 1000000;
	health->tick_ns = now_ns;
	if (late_ms < GAP_FROM_MS)
		return 0;
	health->gaps++;
	health->gap_ms += late_ms;
	/* What waits for us was not late. */
	health->judge_ns = host_now_ns() + CANARY_WITHIN_NS - SLACK_NS;
	log_warning("this sensor did not run for %llu ms: it was stopped, or starved of CPU",
		(unsigned long long)late_ms);
	return late_ms < UINT32_MAX ? (uint32_t)late_ms : UINT32_MAX;
}

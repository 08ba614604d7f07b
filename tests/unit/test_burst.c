/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what starts a burst, what ends it, and which CPUs are visited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"
#include "sources/burst.h"

#define MS(n) ((uint64_t)(n)*1000000)

static struct burst burst;

static int make(void **state)
{
	(void)state;
	burst = (struct burst){0};
	return 0;
}

static void see(uint32_t pid, uint64_t now_ns, uint32_t fp_control, uint16_t flags, uint64_t run_ms)
{
	struct event_thread thread = {
		.header = {.type = EVENT_THREAD,
			.flags = flags,
			.size = sizeof(thread),
			.time_ns = now_ns,
			.start_ns = 1,
			.pid = pid},
		.run_ns = MS(run_ms),
		.interval_ns = SECONDS(1),
		.fp_control = fp_control,
		.cpu = pid % 16,
	};

	burst_watch(&burst, &thread, sizeof(thread));
}

/* Groups in a burst, whether they may be looked at just now or not. */
static unsigned watched(void)
{
	uint32_t pids[WATCHED_MAX];

	return burst_groups(&burst, SECONDS(1000000), pids);
}

static unsigned due(uint64_t now_ns)
{
	uint32_t pids[WATCHED_MAX];

	return burst_groups(&burst, now_ns, pids);
}

static unsigned visits(void)
{
	uint16_t cpus[VISITS_MAX];

	return burst_visits(&burst, cpus);
}

static void starts(void **state)
{
	static const struct {
		const char *name;
		uint32_t fp_control;
		uint16_t flags;
		uint64_t run_ms;
		unsigned watched, visits;
	} rows[] = {
		{"RandomX, down", 0xbfc0, 0, 1000, 1, 0},
		{"RandomX, up, sticky bits", 0xdffe, 0, 1000, 1, 0},
		{"RandomX, to nearest", 0x9fc0, 0, 1000, 1, 0},
		{"ordinary", 0x1f80, 0, 1000, 0, 0},
		{"a canary's", 0xbf80, 0, 1000, 0, 0},
		{"2 per cent of a CPU", 0xbfc0, 0, 20, 1, 0},
		{"less", 0xbfc0, 0, 19, 0, 0},
		{"not switched", 0xbfc0, EVENT_STALE, 1000, 0, 1},
		{"not switched, ordinary", 0x1f80, EVENT_STALE, 1000, 0, 1},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned wanted;

		make(state);
		see(7, SECONDS(1), rows[i].fp_control, rows[i].flags, rows[i].run_ms);
		wanted = visits();
		if (watched() != rows[i].watched || wanted != rows[i].visits)
			fail_msg("%s: %u watched, %u visits", rows[i].name, watched(), wanted);
		assert_int_equal(visits(), 0);
	}
}

static void other_records_are_nothing(void **state)
{
	struct event_thread thread = {
		.header = {.type = EVENT_TASK, .pid = 7}, .fp_control = 0xbfc0};

	(void)state;
	burst_watch(&burst, &thread, sizeof(thread));
	thread.header.type = EVENT_THREAD;
	burst_watch(&burst, &thread, sizeof(thread) - 1);
	assert_int_equal(watched(), 0);
	burst_watch(&burst, &thread, sizeof(thread));
	assert_int_equal(watched(), 1);
}

/* Rounds until it ends, each with one sample of the given words in turn. */
static unsigned rounds(uint64_t *now_ns, const uint32_t *words, unsigned count)
{
	unsigned done = 0;

	while (watched()) {
		*now_ns += MS(BURST_ROUND_MS);
		see(7, *now_ns, words[done % count], 0, 1000);
		burst_round(&burst, *now_ns);
		done++;
		assert_true(done <= 2 * BURST_ROUNDS);
	}
	return done;
}

static void ends(void **state)
{
	static const struct {
		const char *name;
		uint32_t words[4];
		unsigned rounds, rest_s;
	} rows[] = {
		{"all modes: clear", {0xbfc0, 0xdfc0, 0xffc0, 0x9fc0}, 14, 20},
		{"all modes, seldom: goes on", {0xbfc0, 0x9fc0, 0xdfc0, 0xffc0}, 15, 20},
		{"two modes: not clear", {0xbfc0, 0xdfc0, 0xbfc0, 0xdfc0}, 19, 1},
		{"one mode", {0xffc0, 0xffc0, 0xffc0, 0xffc0}, 19, 1},
		{"to nearest and one mode", {0x9fc0, 0x9fc0, 0x9fc0, 0xffc0}, 19, 1},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t now_ns = SECONDS(100);
		unsigned done;

		make(state);
		see(7, now_ns, 0xbfc0, 0, 1000);
		burst_round(&burst, now_ns); /* the pass that began it */
		done = rounds(&now_ns, rows[i].words, 4);
		if (done != rows[i].rounds)
			fail_msg("%s: %u rounds", rows[i].name, done);
		see(7, now_ns + SECONDS(rows[i].rest_s) - 1, 0xbfc0, 0, 1000);
		if (watched())
			fail_msg("%s: no rest", rows[i].name);
		see(7, now_ns + SECONDS(rows[i].rest_s), 0xbfc0, 0, 1000);
		if (!watched())
			fail_msg("%s: rests for ever", rows[i].name);
	}
}

/* Fast-math programs: a short look. A miner's first sample may look the same. */
static void to_nearest_asks_for_a_short_look(void **state)
{
	static const uint32_t fast_math[] = {0x9fc0}, miner[] = {0x9fc0, 0xbfc0};
	uint64_t now_ns = SECONDS(100);

	see(7, now_ns, 0x9fc0, 0, 1000);
	assert_int_equal(rounds(&now_ns, fast_math, 1), 6);
	make(state);
	see(7, now_ns, 0x9fc0, 0, 1000);
	assert_int_equal(rounds(&now_ns, miner, 2), BURST_ROUNDS);
}

/* All modes were seen, too seldom to be clear: it gets a second second, and no third. */
static void goes_on_once(void **state)
{
	uint64_t now_ns = SECONDS(100);
	unsigned done = 0;

	(void)state;
	see(7, now_ns, 0xbfc0, 0, 1000);
	see(7, now_ns, 0xdfc0, 0, 1000);
	see(7, now_ns, 0xffc0, 0, 1000);
	for (; watched(); done++) {
		burst_round(&burst, now_ns);
		now_ns += MS(BURST_ROUND_MS);
		see(7, now_ns, 0x9fc0, 0, 1000);
	}
	assert_int_equal(done, 2 * BURST_ROUNDS);
}

/* One look in 50 ms, but those that were owed while nothing ran come as soon as something runs. */
static void looks_are_owed(void **state)
{
	uint64_t now_ns = SECONDS(100);

	(void)state;
	see(7, now_ns, 0xbfc0, 0, 1000);
	assert_int_equal(burst_round(&burst, now_ns), BURST_ROUND_MS);
	assert_int_equal(due(now_ns + MS(49)), 0);
	assert_int_equal(due(now_ns + MS(50)), 1);
	for (unsigned i = 0; i < 10; i++) {
		now_ns += MS(BURST_ROUND_MS);
		assert_int_equal(burst_round(&burst, now_ns), BURST_ROUND_MS);
	}
	for (unsigned i = 0; i < 9; i++) {
		see(7, now_ns, 0x9fc0, 0, 1000);
		assert_int_equal(burst_round(&burst, now_ns), BURST_CATCH_UP_MS);
	}
	see(7, now_ns, 0x9fc0, 0, 1000);
	assert_int_equal(burst_round(&burst, now_ns), BURST_ROUND_MS);
	assert_int_equal(due(now_ns), 0);
}

/* Beside a real-time hog it runs for 2 ms after having waited for a second: a look all the same. */
static void watched_are_seen_at_once(void **state)
{
	uint64_t now_ns = SECONDS(100);

	(void)state;
	see(7, now_ns, 0xbfc0, 0, 1000);
	burst_round(&burst, now_ns);
	see(7, now_ns + SECONDS(1), 0xbfc0, EVENT_STALE, 2);
	see(8, now_ns + SECONDS(1), 0xbfc0, EVENT_STALE, 2);
	assert_int_equal(visits(), 1);
	see(7, now_ns + SECONDS(1), 0xdfc0, 0, 2);
	assert_int_equal(burst_round(&burst, now_ns + SECONDS(1)), BURST_CATCH_UP_MS);
}

/* Fast rounds do not go on for ever when it runs no more; nor does a burst. */
static void what_does_not_run_is_left(void **state)
{
	uint64_t now_ns = SECONDS(100), begin_ns = now_ns;
	unsigned fast = 0, ms;

	(void)state;
	see(7, now_ns, 0xbfc0, 0, 1000);
	burst_round(&burst, now_ns);
	now_ns += MS(500);
	see(7, now_ns, 0xbfc0, 0, 1000);
	while ((ms = burst_round(&burst, now_ns))) {
		fast += ms == BURST_CATCH_UP_MS;
		now_ns += MS(ms);
	}
	assert_in_range(fast, 1, 20);
	assert_in_range(now_ns - begin_ns, SECONDS(BURST_LONGEST_S), SECONDS(BURST_LONGEST_S + 1));
}

/* A program that is never clear is asked about ever more rarely, but never given up. */
static void rests_grow(void **state)
{
	static const uint32_t words[] = {0xbfc0};
	uint64_t now_ns = SECONDS(100), begin_ns = now_ns;
	unsigned bursts = 0;

	(void)state;
	for (; now_ns < begin_ns + SECONDS(600); now_ns += MS(500)) {
		see(7, now_ns, 0xbfc0, 0, 1000);
		if (!watched())
			continue;
		bursts++;
		rounds(&now_ns, words, 1);
	}
	assert_in_range(bursts, 12, 16);
}

static void one_visit_for_all_threads_of_a_cpu(void **state)
{
	(void)state;
	see(7, SECONDS(1), 0x1f80, EVENT_STALE, 500);
	see(7, SECONDS(1), 0x1f80, EVENT_STALE, 500);
	see(8, SECONDS(1), 0x1f80, EVENT_STALE, 500);
	assert_int_equal(visits(), 2);
}

/* Each CPU gets its turn, though the same ones want a visit again and again. */
static void visits_take_turns(void **state)
{
	bool visited[16] = {false};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		uint16_t cpus[VISITS_MAX];
		unsigned count;

		for (uint32_t pid = 1; pid <= 16; pid++)
			see(pid, SECONDS(1 + i), 0x1f80, EVENT_STALE, 1000);
		count = burst_visits(&burst, cpus);
		assert_int_equal(count, VISITS_MAX);
		while (count--)
			visited[cpus[count]] = true;
	}
	for (unsigned cpu = 0; cpu < 16; cpu++)
		assert_true(visited[cpu]);
}

/* Those who were visited are looked at, though there is no burst. */
static void visited_are_looked_at(void **state)
{
	uint32_t pids[WATCHED_MAX];
	uint64_t now_ns = SECONDS(1);

	(void)state;
	see(7, now_ns, 0xbfc0, 0, 1000);
	see(7, now_ns, 0xbfc0, EVENT_STALE, 1000);
	see(8, now_ns, 0x1f80, EVENT_STALE, 1000);
	assert_int_equal(visits(), 2);
	assert_int_equal(burst_visited(&burst, now_ns, pids), 2);
	assert_int_equal(pids[0], 7);
	assert_int_equal(pids[1], 8);
	assert_int_equal(visits(), 0);
	assert_int_equal(burst_visited(&burst, now_ns, pids), 1);
}

static void eight_at_a_time(void **state)
{
	uint64_t now_ns = SECONDS(100);

	(void)state;
	for (uint32_t pid = 1; pid <= 100; pid++) {
		see(pid, now_ns, 0xbfc0, 0, 1000);
		see(pid, now_ns, 0xbfc0, EVENT_STALE, 1000);
	}
	assert_int_equal(watched(), WATCHED_MAX);
	assert_int_equal(visits(), VISITS_MAX);
	now_ns += SECONDS(BURST_LONGEST_S);
	burst_round(&burst, now_ns);
	assert_int_equal(watched(), 0);
	/* Those that had their turn rest; the next ones get theirs. */
	for (uint32_t pid = 1; pid <= 12; pid++)
		see(pid, now_ns, 0xbfc0, 0, 1000);
	assert_int_equal(watched(), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(starts, make),
		cmocka_unit_test_setup(other_records_are_nothing, make),
		cmocka_unit_test_setup(ends, make),
		cmocka_unit_test_setup(to_nearest_asks_for_a_short_look, make),
		cmocka_unit_test_setup(goes_on_once, make),
		cmocka_unit_test_setup(looks_are_owed, make),
		cmocka_unit_test_setup(watched_are_seen_at_once, make),
		cmocka_unit_test_setup(what_does_not_run_is_left, make),
		cmocka_unit_test_setup(rests_grow, make),
		cmocka_unit_test_setup(visits_take_turns, make),
		cmocka_unit_test_setup(visited_are_looked_at, make),
		cmocka_unit_test_setup(one_visit_for_all_threads_of_a_cpu, make),
		cmocka_unit_test_setup(eight_at_a_time, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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

static unsigned watched(void)
{
	uint32_t pids[WATCHED_MAX];

	return burst_groups(&burst, pids);
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
		{"to nearest only supports", 0x9fc0, 0, 1000, 0, 0},
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
		assert_true(done <= BURST_ROUNDS);
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
		{"all modes: clear", {0xbfc0, 0xdfc0, 0xffc0, 0x9fc0}, 14, 10},
		{"two modes: not clear", {0xbfc0, 0xdfc0, 0xbfc0, 0xdfc0}, 20, 1},
		{"one mode", {0xffc0, 0xffc0, 0xffc0, 0xffc0}, 20, 1},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t now_ns = SECONDS(100);
		unsigned done;

		make(state);
		see(7, now_ns, 0xbfc0, 0, 1000);
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
	for (unsigned i = 0; i < BURST_ROUNDS; i++)
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
		cmocka_unit_test_setup(rests_grow, make),
		cmocka_unit_test_setup(one_visit_for_all_threads_of_a_cpu, make),
		cmocka_unit_test_setup(eight_at_a_time, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

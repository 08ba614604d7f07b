/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the life of an incident: opened, raised, updated, ended, reopened, held back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"
#include "detectors/detectors.h"

#define AT SECONDS(1000)

static struct core core;

static const struct core_process shell = {.pid = 100, .start_ns = 1, .ppid = 1, .session = 100};
static const struct core_process miner = {
	.pid = 200, .start_ns = AT, .ppid = 100, .parent_start_ns = 1, .session = 100};

static int open_core(void **state)
{
	(void)state;
	core_open(&core);
	return 0;
}

static int close_core(void **state)
{
	(void)state;
	core_close(&core);
	return 0;
}

static void start_miner(void)
{
	core_exec(&core, &shell, &core_shell);
	core_fork(&core, &miner);
	core_exec(&core, &miner, &core_miner);
}

static void opened_by_its_exec(void **state)
{
	(void)state;
	start_miner();
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->time_ns, AT);
	assert_int_equal(core_last(&core)->since_ns, AT);
	assert_int_equal(core_last(&core)->severity, SEVERITY_HIGH);
	assert_int_equal(core_last(&core)->score, 85);
	assert_int_equal(core_last(&core)->seq, 1);
	assert_int_equal(core_last(&core)->pending, 0);
	assert_int_equal(core_last(&core)->pid, 200);
	assert_int_equal(core_last(&core)->ancestors, 1);
	assert_ptr_equal(core_last(&core)->lead, &detector_miner_option);
	assert_memory_equal(core_last(&core)->exe, "/opt/.x/kworker", core_last(&core)->exe_len);
}

static void raised_by_cpu(void **state)
{
	(void)state;
	start_miner();
	core_run(&core, &miner, 60, 1000, 0);
	assert_string_equal(core_actions(&core, 0), "or");
	assert_int_equal(core_last(&core)->severity, SEVERITY_CRITICAL);
	assert_int_equal(core_last(&core)->score, 90); /* 30 s: 1 - 0.15 x 0.65 */
	assert_int_equal(core_last(&core)->time_ns, AT + SECONDS(31));
	assert_int_equal(core_last(&core)->cpu_ns, SECONDS(30)); /* two findings, one process */
	assert_int_equal(core_last(&core)->seq, 2);
	assert_memory_equal(core.alerts[0].id, core.alerts[1].id, 8);
	core_run(&core, &miner, 700, 1000, 0); /* 91 by the long window: still critical */
	assert_string_equal(core_actions(&core, 0), "or");
}

/* A process older than the run, which connects to a listed pool before its program is known. */
static const struct core_process unknown = {.pid = 300, .start_ns = 5, .session = 300};
static const struct core_program quiet = {
	.path = "/opt/app", .args = "app", .nlink = 1, .inode = 9};

static void tick_at(uint64_t ms)
{
	core.now_ns = AT + ms * 1000000;
	core_tick(&core, false);
}

static void waits_for_an_answer(void **state)
{
	static const struct {
		const char *name;
		unsigned answer_ms; /* 0: never */
		const char *actions;
		uint64_t opened_ms;
		unsigned pending;
	} rows[] = {
		{"none", 0, "o", 1000, 1},
		{"in time", 300, "o", 300, 0},
		{"at the last moment", 999, "o", 999, 0},
		{"late", 1500, "ou", 1000, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		core_close(&core);
		core_open(&core);
		core_connect_pool(&core, &unknown);
		assert_int_equal(core.alerts_count, 0);
		assert_int_equal(core.asked_count, 1);
		tick_at(200);
		if (rows[i].answer_ms && rows[i].answer_ms < 1000) {
			core.now_ns = AT + rows[i].answer_ms * 1000000;
			core_answer(&core, &unknown, &quiet);
		}
		tick_at(1000);
		if (rows[i].answer_ms > 1000) {
			core.now_ns = AT + rows[i].answer_ms * 1000000;
			core_answer(&core, &unknown, &quiet);
		}
		tick_at(2000);
		tick_at(3000);
		assert_string_equal(core_actions(&core, 0), rows[i].actions);
		assert_int_equal(core.alerts[0].time_ns, AT + rows[i].opened_ms * 1000000);
		assert_int_equal(core.alerts[0].pending, rows[i].pending);
	}
	assert_int_equal(core_last(&core)->pending, 0);
	assert_int_equal(core_last(&core)->seq, 2);
	assert_memory_equal(core_last(&core)->exe, "/opt/app", 8);
}

#define CONTAINER_ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The same for what is asked of a container. */
static void waits_for_the_container(void **state)
{
	static const struct core_process inside = {
		.pid = 400, .start_ns = 5, .session = 400, .cgroup_id = 9};
	static const struct {
		const char *name;
		unsigned answer_ms; /* 0: never */
		const char *actions;
		uint64_t opened_ms;
		unsigned pending;
	} rows[] = {
		{"none", 0, "o", 1000, 1},
		{"in time", 300, "o", 300, 0},
		{"late", 1500, "ou", 1000, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		core_close(&core);
		core_open(&core);
		core_cgroup(&core, 9, "/system.slice/docker-" CONTAINER_ID ".scope");
		core_exec(&core, &inside, &core_miner);
		assert_int_equal(core.asked_containers, 1);
		for (unsigned ms = 100; ms <= 3000; ms += 100) {
			core.now_ns = AT + ms * UINT64_C(1000000);
			if (ms == rows[i].answer_ms)
				core_container(&core, &inside, 9, CONTAINER_ID);
			if (ms % 500 == 0)
				core_tick(&core, false);
		}
		assert_string_equal(core_actions(&core, 0), rows[i].actions);
		assert_int_equal(core.alerts[0].time_ns, AT + rows[i].opened_ms * 1000000);
		assert_int_equal(core.alerts[0].pending, rows[i].pending);
	}
	assert_int_equal(core_last(&core)->pending, 0);
}

static void no_update_without_an_answer(void **state)
{
	(void)state;
	core_connect_pool(&core, &unknown);
	tick_at(1000);
	core_exit(&core, &unknown, 0);
	tick_at(2000);
	assert_string_equal(core_actions(&core, 0), "o");
	tick_at(9000);
	assert_string_equal(core_actions(&core, 0), "oe");
}

static void raised_while_pending(void **state)
{
	static const struct core_process child = {
		.pid = 301, .start_ns = AT, .ppid = 1, .session = 300};

	(void)state;
	core_connect_pool(&core, &unknown);
	tick_at(1000);
	core_run(&core, &unknown, 12, 1000, 0); /* 73: the answer is still out */
	assert_string_equal(core_actions(&core, 0), "or");
	assert_int_equal(core_last(&core)->pending, 1);
	core_answer(&core, &unknown, &quiet);
	assert_string_equal(core_actions(&core, 0), "oru");
	/* one that is raised with all facts owes nothing */
	core_close(&core);
	core_open(&core);
	core_connect_pool(&core, &unknown);
	tick_at(1000);
	core_task(&core, &unknown, 0); /* learns its session */
	core_exec(&core, &child, &core_miner);
	tick_at(2000);
	assert_string_equal(core_actions(&core, 0), "or");
	assert_int_equal(core_last(&core)->pending, 0);
}

static void ended_when_all_are_gone(void **state)
{
	(void)state;
	start_miner();
	core_run(&core, &miner, 5, 500, 0);
	core.now_ns = AT + SECONDS(7);
	core_exit(&core, &miner, SECONDS(3));
	core.now_ns += SECONDS(2) - 1;
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "o"); /* a successor may come */
	core.now_ns += 1;
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oe");
	assert_int_equal(core_last(&core)->severity, SEVERITY_HIGH);
	assert_int_equal(core_last(&core)->duration_ns, SECONDS(9));
	assert_int_equal(core_last(&core)->cpu_ns, SECONDS(3));
	core.now_ns += SECONDS(5);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oe"); /* old evidence opens nothing */
}

static void ended_tells_the_highest(void **state)
{
	(void)state;
	start_miner();
	core_run(&core, &miner, 40, 1000, 0);
	core_exec(&core, &miner, &core_shell); /* the miner is no more; what used CPU is */
	core_run(&core, &miner, 3000, 0, 0);
	assert_string_equal(core_actions(&core, 0), "ore");
	assert_int_equal(core_last(&core)->severity, SEVERITY_CRITICAL);
}

static void ended_below_medium(void **state)
{
	uint64_t below_ns;

	(void)state;
	start_miner();
	core_run(&core, &miner, 12, 1000, 0);
	core_exec(&core, &miner, &core_shell);
	/* 0.85 fades, the CPU's 0.25 stays: below 50 when the fading one is a third */
	while (core.alerts_count == 1) {
		core_run(&core, &miner, 1, 0, 0);
		assert_true(core.now_ns < AT + SECONDS(4000));
	}
	assert_string_equal(core_actions(&core, 0), "oe");
	below_ns = core_last(&core)->time_ns - SECONDS(600);
	/* 0.85 is below 1/3 after a half-life (0.425) and 258.8 s of the line to 0.2125 */
	assert_int_equal(below_ns, AT + SECONDS(12 + 859));
	/* what still lives of it may become another incident, not before reopen_s */
	core_run(&core, &miner, 601, 0, 0);
	core_exec(&core, &miner, &core_miner);
	assert_string_equal(core_actions(&core, 0), "oeo");
	assert_int_equal(core_last(&core)->seq, 1);
	assert_memory_not_equal(core.alerts[0].id, core_last(&core)->id, 8);
}

static void the_time_below_medium_is_one_piece(void **state)
{
	(void)state;
	start_miner();
	core_run(&core, &miner, 12, 1000, 0);
	core_exec(&core, &miner, &core_shell);
	core_run(&core, &miner, 1000, 0, 0); /* below for 141 s */
	core_exec(&core, &miner, &core_miner);
	core_run(&core, &miner, 10, 0, 0);
	core_exec(&core, &miner, &core_shell);
	core_run(&core, &miner, 859 + 599, 0, 0);
	assert_string_equal(core_actions(&core, 0), "o");
	core_run(&core, &miner, 1, 0, 0);
	assert_string_equal(core_actions(&core, 0), "oe");
}

static void the_last_to_end_counts(void **state)
{
	static const struct core_process second = {
		.pid = 201, .start_ns = AT + 1, .ppid = 100, .parent_start_ns = 1, .session = 100};

	(void)state;
	start_miner();
	core_exec(&core, &second, &core_miner);
	core_exit(&core, &second, 0);
	tick_at(10000);
	core_exit(&core, &miner, 0);
	tick_at(11000);
	assert_string_equal(core_actions(&core, 0), "o");
	tick_at(12000);
	assert_string_equal(core_actions(&core, 0), "oe");
}

static void the_living_lead(void **state)
{
	static const struct core_program masked = {
		.path = "/opt/a", .args = "kswapd0", .nlink = 1, .inode = 66};
	static const struct core_process second = {
		.pid = 201, .start_ns = AT + 1, .ppid = 100, .parent_start_ns = 1, .session = 100};

	(void)state;
	start_miner();
	core_exec(&core, &second, &masked);
	core_exit(&core, &miner, 0);
	core_run(&core, &second, 40, 1000, 0);
	assert_string_equal(core_actions(&core, 0), "oru"); /* 85 and 35: critical; then its load */
	assert_int_equal(core_last(&core)->pid, 201);
}

static void updated_while_faded(void **state)
{
	static const struct core_process weak = {.pid = 301, .start_ns = 6, .session = 300};

	(void)state;
	core_task(&core, &unknown, 0);
	core_task(&core, &weak, 0);
	core_connect_pool(&core, &unknown);
	core_connect(&core, &weak, 3333);
	tick_at(1000);
	core_exit(&core, &unknown, 0);
	tick_at(700000); /* 65 has faded to below 50, and only a port is alive */
	core_answer(&core, &weak, &quiet);
	assert_string_equal(core_actions(&core, 0), "ou");
	assert_int_equal(core_last(&core)->severity, SEVERITY_MEDIUM); /* as it was reported */
	assert_in_range(core_last(&core)->score, 1, 49);
}

/* Each wait is a new one: evidence that went elsewhere while it was waited for leaves no trace. */
static void waits_anew(void **state)
{
	static const struct core_process weak = {.pid = 301, .start_ns = 6, .session = 300};
	static const struct core_process late = {.pid = 302, .start_ns = 7, .session = 300};
	struct core_process moved = unknown;

	(void)state;
	core_cgroup(&core, 78, "/system.slice/b.service");
	core_task(&core, &unknown, 0);
	core_task(&core, &weak, 0);
	core_task(&core, &late, 0);
	core_connect(&core, &weak, 3333);
	core_connect_pool(&core, &unknown);
	moved.cgroup_id = 78;
	core_task(&core, &moved, 0);
	core_answer(&core, &moved, &quiet);
	tick_at(500);
	assert_string_equal(core_actions(&core, 0), "o"); /* where it is now */
	core.now_ns = AT + SECONDS(5);
	core_connect_pool(&core, &late);
	assert_string_equal(core_actions(&core, 0), "o");
	tick_at(6000);
	assert_string_equal(core_actions(&core, 0), "oo");
}

static void reopened_under_the_same_id(void **state)
{
	static const struct {
		const char *name;
		unsigned pause_s; /* between the end and the return */
		const char *actions;
	} rows[] = {{"soon", 10, "oeR"}, {"just within", 599, "oeR"}, {"too late", 601, "oeo"}};
	static const struct core_process again = {
		.pid = 201, .start_ns = AT + 1, .ppid = 100, .parent_start_ns = 1, .session = 100};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool same = rows[i].actions[2] == 'R';

		core_close(&core);
		core_open(&core);
		start_miner();
		core_exit(&core, &miner, 0);
		core.now_ns += SECONDS(2);
		core_tick(&core, false);
		core_run(&core, &shell, rows[i].pause_s, 0, 0);
		core_exec(&core, &again, &core_miner);
		assert_string_equal(core_actions(&core, 0), rows[i].actions);
		assert_int_equal(core_last(&core)->seq, same ? 3 : 1);
		assert_int_equal(memcmp(core.alerts[0].id, core_last(&core)->id, 8) == 0, same);
	}
}

static void raised_again_after_it_is_reopened(void **state)
{
	static const struct core_process again = {
		.pid = 201, .start_ns = AT + 1, .ppid = 100, .parent_start_ns = 1, .session = 100};

	(void)state;
	start_miner();
	core_run(&core, &miner, 40, 1000, 0);
	core_exit(&core, &miner, 0);
	core_run(&core, &shell, 200, 0, 0);
	core_exec(&core, &again, &core_miner);
	assert_string_equal(core_actions(&core, 0), "oreR");
	assert_int_equal(core_last(&core)->severity, SEVERITY_HIGH);
	core_exit(&core, &again, 0);
	core_run(&core, &shell, 3, 0, 0);
	assert_string_equal(core_actions(&core, 0), "oreRe");
	assert_int_equal(core_last(&core)->severity, SEVERITY_CRITICAL); /* ever */
	core_exec(&core, &(struct core_process){.pid = 202, .start_ns = AT + 2, .session = 100},
		&core_miner);
	core_run(&core, &(struct core_process){.pid = 202, .start_ns = AT + 2, .session = 100}, 40,
		1000, 0);
	assert_string_equal(core_actions(&core, 0), "oreReRr");
}

static struct core_process numbered(unsigned number)
{
	return (struct core_process){
		.pid = 1000 + number, .start_ns = AT + number, .ppid = 1, .session = 1000 + number};
}

/* So many miners at once, each in a session of its own. */
static void start_many(unsigned from, unsigned count)
{
	for (unsigned i = from; i < from + count; i++) {
		struct core_process process = numbered(i);

		core_exec(&core, &process, &core_miner);
	}
}

static void holds_back_a_flood(void **state)
{
	(void)state;
	start_many(0, 60 + 7);
	assert_int_equal(core.opened, 60);
	for (unsigned second = 1; second < 60; second++) {
		core.now_ns = AT + SECONDS(second);
		core_tick(&core, false);
	}
	assert_int_equal(core.alerts_count, 60);
	core.now_ns = AT + SECONDS(60);
	core_tick(&core, false);
	assert_int_equal(core.suppressed, 1);
	assert_int_equal(core.alerts[60].count, 7);
	assert_int_equal(core.alerts[60].severity, SEVERITY_HIGH);
	assert_int_equal(core.opened, 67); /* those that were held back still stand */
	for (unsigned second = 61; second < 180; second++) {
		core.now_ns = AT + SECONDS(second);
		core_tick(&core, false);
	}
	assert_int_equal(core.suppressed, 1); /* nothing held back, nothing said */
	assert_int_equal(core.alerts_count, 68);
}

static void one_suppressed_line_a_minute(void **state)
{
	(void)state;
	start_many(0, 200);
	for (unsigned second = 1; second <= 300; second++) {
		core.now_ns = AT + SECONDS(second);
		core_tick(&core, false);
	}
	assert_int_equal(core.opened, 200);
	/* 140 are held back in the first minute and counted once */
	assert_int_equal(core.suppressed, 1);
	assert_int_equal(core.alerts[60].count, 140);
}

/* One that falls below medium while it is held back is counted again when it is held back again. */
static void held_back_twice_counts_twice(void **state)
{
	static const struct core_process short_lived = {.pid = 50, .start_ns = 3, .session = 50};
	static const struct core_process next = {.pid = 51, .start_ns = 4, .session = 51};

	(void)state;
	core_exec(&core, &next, &core_shell); /* session 51 */
	start_many(0, 60);
	core_exec(&core, &short_lived, &core_miner);
	core_exit(&core, &short_lived, 0);
	for (unsigned minute = 1; minute <= 12; minute++) {
		core.now_ns = AT + SECONDS(60 * minute);
		start_many(60 * minute, 60);
		core_tick(&core, false);
	}
	/* held back for twelve minutes and faded: counted once, never opened */
	assert_int_equal(core.opened, 13 * 60);
	assert_int_equal(core.suppressed, 1);
	/* its session is found mining again, and is held back again */
	core_exec(&core, &(struct core_process){.pid = 52, .start_ns = 3, .session = 50},
		&core_miner);
	core.now_ns = AT + SECONDS(60 * 13);
	core_tick(&core, false);
	assert_int_equal(core.suppressed, 2);
}

static void the_end_tells_what_was_held_back(void **state)
{
	(void)state;
	start_many(0, 65);
	core_connect_pool(&core, &unknown);
	core_end(&core);
	assert_int_equal(core.suppressed, 1);
	assert_int_equal(core_last(&core)->count, 6);
}

static void the_end_flushes(void **state)
{
	(void)state;
	core_connect_pool(&core, &unknown);
	assert_int_equal(core.alerts_count, 0);
	core_end(&core);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->pending, 1);
}

/* Not about an incident: nothing holds it back, and it counts as an alert. */
static void a_dead_hook_is_told(void **state)
{
	static const char says[] =
		"Sensor tampered with on this host: its kernel hook payload worked and is dead now "
		"(read_sent); it ends and has to be started again";
	__u64 record[CORE_RECORD];
	struct pipeline_statistics statistics;
	struct event_tamper *tamper;

	(void)state;
	start_many(0, 65);
	for (unsigned i = 0; i < 2; i++) {
		core.now_ns++;
		tamper = core_make_plain(record, EVENT_TAMPER, core.now_ns, sizeof(*tamper));
		memcpy(tamper->what, "payload", sizeof("payload"));
		memcpy(tamper->why, "read_sent", sizeof("read_sent"));
		assert_int_equal(core_feed(&core, tamper, sizeof(*tamper)), 0);
	}
	assert_string_equal(core_actions(&core, 60), "tt");
	assert_int_equal(core_last(&core)->severity, SEVERITY_CRITICAL);
	assert_string_equal(core_last(&core)->summary, says);
	assert_int_equal(core_last(&core)->seq, 1);
	assert_memory_not_equal(core.alerts[60].id, core.alerts[61].id, 8);
	pipeline_statistics(core.pipeline, &statistics);
	assert_int_equal(statistics.alerts, 62);
	assert_int_equal(statistics.highest, SEVERITY_CRITICAL);
}

#define CORE_TEST(name) cmocka_unit_test_setup_teardown(name, open_core, close_core)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CORE_TEST(opened_by_its_exec),
		CORE_TEST(raised_by_cpu),
		CORE_TEST(waits_for_an_answer),
		CORE_TEST(waits_for_the_container),
		CORE_TEST(no_update_without_an_answer),
		CORE_TEST(raised_while_pending),
		CORE_TEST(ended_when_all_are_gone),
		CORE_TEST(ended_tells_the_highest),
		CORE_TEST(ended_below_medium),
		CORE_TEST(the_time_below_medium_is_one_piece),
		CORE_TEST(the_last_to_end_counts),
		CORE_TEST(the_living_lead),
		CORE_TEST(updated_while_faded),
		CORE_TEST(waits_anew),
		CORE_TEST(reopened_under_the_same_id),
		CORE_TEST(raised_again_after_it_is_reopened),
		CORE_TEST(held_back_twice_counts_twice),
		CORE_TEST(holds_back_a_flood),
		CORE_TEST(one_suppressed_line_a_minute),
		CORE_TEST(the_end_tells_what_was_held_back),
		CORE_TEST(the_end_flushes),
		CORE_TEST(a_dead_hook_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests whose evidence counts for whom, by feeding records and looking at the alerts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "core_fixture.h"

#define AT SECONDS(1000)

static struct core core;

static const struct core_process shell = {.pid = 100, .start_ns = 1, .ppid = 1, .session = 100};
static const struct core_process miner = {
	.pid = 200, .start_ns = AT, .ppid = 100, .parent_start_ns = 1, .session = 100};
static const struct core_process child = {
	.pid = 201, .start_ns = AT + 5, .ppid = 200, .parent_start_ns = AT, .session = 100};

/* 30, of the group "file" */
static const struct core_program unlinked = {.path = "/opt/a", .args = "a", .inode = 66};
/* 45, of the group "command" */
static const struct core_program likely = {
	.path = "/opt/b", .args = "b|--donate-level|1", .nlink = 1, .inode = 67};

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

static void reopen(void)
{
	core_close(&core);
	core_open(&core);
}

static void tick_after(uint64_t seconds, bool pass)
{
	core.now_ns += SECONDS(seconds);
	core_tick(&core, pass);
}

/* xmrig -B: forks, the child calls setsid, the parent ends. */
static void daemonising_goes_on(void **state)
{
	struct core_process daemon = child;

	(void)state;
	core_exec(&core, &miner, &core_miner);
	core_fork(&core, &child);
	daemon.session = 201;
	daemon.ppid = 1;
	core.now_ns += SECONDS(1);
	core_task(&core, &daemon, 4711); /* the pass learns of setsid */
	core_exit(&core, &miner, 0);
	core_run(&core, &daemon, 60, 1000, 0);
	assert_string_equal(core_actions(&core, 0), "or");
	assert_int_equal(core_last(&core)->pid, 201);
	core_exit(&core, &daemon, SECONDS(60));
	tick_after(2, false);
	assert_string_equal(core_actions(&core, 0), "ore");
	/* a child of the child, made after setsid, is of the incident too */
	reopen();
	core_exec(&core, &miner, &core_miner);
	core_fork(&core, &child);
	core_task(&core, &daemon, 4711);
	core_exit(&core, &miner, 0);
	core_fork(&core, &(struct core_process){.pid = 202,
				 .start_ns = AT + 9,
				 .ppid = 201,
				 .parent_start_ns = AT + 5,
				 .session = 201});
	core_exit(&core, &daemon, 0);
	tick_after(5, false);
	assert_string_equal(core_actions(&core, 0), "o");
}

static void what_a_miner_starts_is_no_miner(void **state)
{
	(void)state;
	core_exec(&core, &miner, &core_miner);
	core_fork(&core, &child);
	core_exec(&core, &child, &core_shell);
	core_exit(&core, &miner, 0);
	tick_after(3, false);
	assert_string_equal(core_actions(&core, 0), "oe"); /* sh lives, but proves nothing */
	assert_int_equal(core_last(&core)->findings, 1); /* nor did it ever */
	/* and a fork that does not exec is one */
	reopen();
	core_exec(&core, &miner, &core_miner);
	core_fork(&core, &child);
	core_exit(&core, &miner, 0);
	tick_after(3, false);
	assert_string_equal(core_actions(&core, 0), "o");
}

static void a_fork_told_twice_is_one(void **state)
{
	(void)state;
	core_exec(&core, &miner, &core_miner);
	core_fork(&core, &child);
	core_fork(&core, &child);
	core_exit(&core, &child, 0);
	core_exit(&core, &miner, 0);
	tick_after(2, false);
	assert_int_equal(core_last(&core)->findings, 2);
}

static void the_heavier_finding_stays(void **state)
{
	(void)state;
	core_exec(&core, &miner, &core_miner);
	core_run(&core, &miner, 40, 1000, 0); /* 35 for 30 s */
	core_run(&core, &miner, 60, 0, 0);
	core_run(&core, &miner, 13, 1000, 0); /* 25 for 10 s */
	core_exit(&core, &miner, 0);
	tick_after(2, false);
	assert_string_equal(core_actions(&core, 0), "ore");
	assert_int_equal(core_last(&core)->score, 90); /* 1 - 0.15 x 0.65; else 88 */
}

static void cpu_of_the_parent_is_not_inherited(void **state)
{
	(void)state;
	core_exec(&core, &miner, &core_miner);
	core_run(&core, &miner, 40, 1000, 0);
	core_fork(&core, &child);
	core_exit(&core, &miner, 0);
	core_tick(&core, false);
	assert_int_equal(core.alerts[1].findings, 2);
	core_exit(&core, &child, 0);
	tick_after(3, false);
	assert_int_equal(core_last(&core)->findings, 3); /* option twice, CPU once */
}

static void own_evidence_ages_after_an_exec(void **state)
{
	(void)state;
	core_exec(&core, &miner, &core_miner);
	core_exec(&core, &miner, &core_shell);
	tick_after(3, false);
	assert_string_equal(core_actions(&core, 0), "oe");
	/* the same program again: alive again */
	core_exec(&core, &miner, &core_miner);
	assert_string_equal(core_actions(&core, 0), "oeR");
}

static void a_pid_used_again_shares_nothing(void **state)
{
	struct core_process second = miner;

	(void)state;
	second.start_ns = AT + SECONDS(1);
	second.session = 0;
	core_exec(&core, &miner, &unlinked);
	core_run(&core, &miner, 12, 1000, 0); /* 30 and 25: 47 */
	core_exit(&core, &miner, 0);
	core_exec(&core, &second, &likely); /* 45: with either 58 and more */
	tick_after(1, false);
	assert_int_equal(core.alerts_count, 0);
}

static void a_missed_exit_is_found_by_a_pass(void **state)
{
	(void)state;
	core_exec(&core, &miner, &core_miner);
	core_exec(&core, &shell, &core_shell);
	core.now_ns += SECONDS(2);
	core_task(&core, &shell, 0);
	core_tick(&core, false); /* no whole pass: proves nothing */
	tick_after(5, false);
	assert_string_equal(core_actions(&core, 0), "o");
	core_task(&core, &shell, 0);
	core_tick(&core, true);
	tick_after(2, false);
	assert_string_equal(core_actions(&core, 0), "oe");
	/* one that started while the pass went on was seen after its beginning */
	reopen();
	core_exec(&core, &miner, &core_miner);
	core_tick(&core, true);
	tick_after(4, false);
	assert_string_equal(core_actions(&core, 0), "o");
}

static void an_ended_process_is_not_brought_back(void **state)
{
	(void)state;
	core_exec(&core, &miner, &core_miner);
	core_exit(&core, &miner, SECONDS(1));
	for (unsigned i = 0; i < 20; i++) {
		core.now_ns += SECONDS(1);
		core_task(&core, &miner, 4711);
		core_thread(&core, &miner, SECONDS(1), 0);
		core_tick(&core, true);
	}
	assert_string_equal(core_actions(&core, 0), "oe");
	assert_int_equal(core_last(&core)->cpu_ns, SECONDS(1));
	assert_int_equal(core.asked_count, 1); /* what its arguments are now, at its finding */
}

/* The run has lost so many EXEC records. */
static void lose_execs(uint64_t count)
{
	static __u64 record[CORE_RECORD];
	struct event_counters *counters =
		core_make_plain(record, EVENT_COUNTERS, core.now_ns, sizeof(*counters));

	counters->dropped[CLASS_EXEC] = count;
	assert_int_equal(core_feed(&core, record, sizeof(*counters)), 0);
}

static void another_file_twice_is_asked_about(void **state)
{
	static const struct {
		const char *name;
		uint64_t inodes[3]; /* 4711: the file that was executed; 0: not known */
		unsigned asked; /* besides the suspect's arguments */
	} rows[] = {
		{"the same", {4711, 4711, 4711}, 0},
		{"another once", {5, 4711, 5}, 0},
		{"another twice", {5, 5, 5}, 1},
		{"not known", {0, 0, 0}, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		reopen();
		core_exec(&core, &miner, &core_miner);
		lose_execs(1);
		for (unsigned pass = 0; pass < 3; pass++) {
			core.now_ns += SECONDS(1);
			core_task(&core, &miner, rows[i].inodes[pass]);
		}
		assert_int_equal(core.asked_count, 1 + rows[i].asked);
	}
	/* asked once in ten seconds until it is answered; then what was known is old */
	reopen();
	core_exec(&core, &miner, &core_miner);
	lose_execs(1);
	for (unsigned pass = 0; pass < 22; pass++) {
		core.now_ns += SECONDS(1);
		core_task(&core, &miner, 5);
	}
	assert_int_equal(core.asked_count, 4);
	core_answer(&core, &miner, &core_shell);
	core_task(&core, &miner, 5);
	tick_after(11, false);
	assert_int_equal(core.asked_count, 4);
	assert_string_equal(core_actions(&core, 0), "oe");
	/* another program is another question: it does not wait for the ten seconds */
	core.now_ns += SECONDS(1);
	lose_execs(2);
	core_task(&core, &miner, 6);
	core_task(&core, &miner, 6);
	assert_int_equal(core.asked_count, 5);
	core_answer(&core, &miner, &core_shell);
	core_task(&core, &miner, 6);
	lose_execs(3);
	core_task(&core, &miner, 7);
	core_task(&core, &miner, 7);
	assert_int_equal(core.asked_count, 6);
}

/* Another file for good, and no exec was lost: the link was changed, what is known stands. */
static void a_changed_exe_link_is_evidence(void **state)
{
	static const struct {
		const char *name;
		uint64_t lost_before, lost_after; /* EXEC records, before and after its exec */
		uint64_t inodes[3];
		unsigned findings;
	} rows[] = {
		{"changed", 0, 0, {4711, 5, 5}, 2},
		{"changed; losses are old", 7, 7, {4711, 5, 5}, 2},
		{"changed before the first pass", 0, 0, {5, 5, 5}, 2},
		{"its exec may be lost", 0, 1, {4711, 5, 5}, 1},
		{"a pass between exec and record", 0, 0, {4711, 5, 4711}, 1},
		{"nothing known", 0, 0, {4711, 0, 0}, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		reopen();
		lose_execs(rows[i].lost_before);
		core_exec(&core, &miner, &core_miner);
		for (unsigned pass = 0; pass < 3; pass++) {
			core.now_ns += SECONDS(1);
			if (pass)
				lose_execs(rows[i].lost_after);
			core_task(&core, &miner, rows[i].inodes[pass]);
		}
		core_exit(&core, &miner, 0);
		core.now_ns += SECONDS(2);
		core_tick(&core, false);
		assert_string_equal(core_actions(&core, 0), "oe");
		if (core_last(&core)->findings != rows[i].findings)
			fail_msg("%s: %u findings", rows[i].name, core_last(&core)->findings);
		assert_memory_equal(
			core_last(&core)->exe, core_miner.path, core_last(&core)->exe_len);
	}
}

/* A program that is known is not replaced by what a later look at it says, nor does its evidence
 * age; what its arguments have become is seen. */
static void arguments_are_looked_at_again(void **state)
{
	static const struct core_program now = {
		.path = "/opt/.x/kworker", .args = "[kworker/0:1]", .nlink = 1, .inode = 4711};

	(void)state;
	core_exec(&core, &miner, &core_miner);
	assert_int_equal(core.asked_count, 1);
	core.now_ns += SECONDS(59);
	core_task(&core, &miner, 4711);
	assert_int_equal(core.asked_count, 1);
	core.now_ns += SECONDS(1);
	core_task(&core, &miner, 4711);
	assert_int_equal(core.asked_count, 2);
	core_answer(&core, &miner, &now);
	for (unsigned i = 0; i < 6; i++) { /* what was known would have faded, and ended it */
		core.now_ns += SECONDS(700);
		core_tick(&core, false);
	}
	/* 100 x (1 - 0.15 x 0.55 x 0.93): masquerade, argv_rewritten */
	assert_string_equal(core_actions(&core, 0), "or");
	assert_int_equal(core_last(&core)->score, 92);
	assert_int_equal(core_last(&core)->findings, 3);
	core_exit(&core, &miner, 0);
}

/* An answer that was read before the exec which the kernel has reported since. */
static void a_late_answer_changes_nothing(void **state)
{
	(void)state;
	core_task(&core, &miner, 4711);
	assert_int_equal(core.asked_count, 1);
	core_exec(&core, &miner, &core_miner);
	core_answer(&core, &miner, &core_shell);
	tick_after(5, false);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_memory_equal(core_last(&core)->exe, core_miner.path, core_last(&core)->exe_len);
}

static void older_than_the_run(void **state)
{
	(void)state;
	core_task(&core, &miner, 4711);
	assert_int_equal(core.asked_count, 1);
	core_answer(&core, &miner, &core_miner);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->exe_len, strlen(core_miner.path));
}

static void time_never_runs_backward(void **state)
{
	(void)state;
	core_tick(&core, false);
	core.now_ns -= SECONDS(500);
	core_exec(&core, &miner, &core_miner);
	assert_int_equal(core_last(&core)->time_ns, AT);
	core.now_ns = AT - 1;
	core_tick(&core, false);
	core_exit(&core, &miner, 0);
	core.now_ns = AT + SECONDS(2);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oe");
	assert_int_equal(core_last(&core)->time_ns, AT + SECONDS(2));
	assert_int_equal(core_last(&core)->duration_ns, SECONDS(2));
}

static void bad_records_are_counted(void **state)
{
	struct pipeline_statistics statistics;
	__u64 record[CORE_RECORD];
	size_t len = core_make_exec(record, EVENT_EXEC, AT, &miner, &core_miner);

	(void)state;
	assert_int_equal(core_feed(&core, record, len - 1), 0);
	assert_int_equal(core_feed(&core, record, 3), 0);
	((struct event_header *)record)->type = 15;
	assert_int_equal(core_feed(&core, record, len), 0);
	((struct event_header *)record)->type = EVENT_EXEC;
	assert_int_equal(core_feed(&core, record, len), 0);
	pipeline_statistics(core.pipeline, &statistics);
	assert_int_equal(statistics.records, 4);
	assert_int_equal(statistics.refused, 2);
	assert_int_equal(statistics.unknown, 1);
	assert_int_equal(statistics.alerts, 1);
	assert_int_equal(statistics.highest, SEVERITY_HIGH);
	assert_int_equal(statistics.error, 0);
	assert_int_equal(core.teed, 4);
}

static void the_first_failure_stays(void **state)
{
	struct pipeline_statistics statistics;
	__u64 record[CORE_RECORD];
	size_t len = core_make_exec(record, EVENT_EXEC, AT, &miner, &core_miner);

	(void)state;
	core.alert_result = -EPIPE;
	assert_int_equal(core_feed(&core, record, len), -EPIPE);
	core.alert_result = 0;
	core.tee_result = -ENOSPC;
	assert_int_equal(core_feed(&core, record, len), -EPIPE);
	reopen();
	core.tee_result = -ENOSPC;
	assert_int_equal(core_feed(&core, record, len), -ENOSPC);
	assert_int_equal(core.alerts_count, 1); /* what was not recorded is told all the same */
	pipeline_statistics(core.pipeline, &statistics);
	assert_int_equal(statistics.error, -ENOSPC);
}

/* In a trace the answer stands among the records: nobody is asked. */
static void nobody_need_be_asked(void **state)
{
	struct pipeline_config config = {.rules = core.rules};
	struct pipeline *pipeline = pipeline_new(&config);
	struct core_process inside = miner;
	__u64 record[CORE_RECORD];
	size_t len = core_make_kin(record, EVENT_TASK, AT, &miner);

	(void)state;
	assert_int_equal(pipeline_feed(pipeline, record, len), 0);
	inside.cgroup_id = 9;
	len = core_make_cgroup(record, EVENT_CGROUP, AT, NULL, 9,
		"/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	assert_int_equal(pipeline_feed(pipeline, record, len), 0);
	/* evidence enough to ask about the container, not for an alert */
	len = core_make_exec(record, EVENT_EXEC, AT, &inside,
		&(struct core_program){.path = "/opt/a", .args = "a", .inode = 66});
	assert_int_equal(pipeline_feed(pipeline, record, len), 0);
	pipeline_free(pipeline);
	pipeline_free(NULL);
}

#define CORE_TEST(name) cmocka_unit_test_setup_teardown(name, open_core, close_core)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CORE_TEST(daemonising_goes_on),
		CORE_TEST(what_a_miner_starts_is_no_miner),
		CORE_TEST(a_fork_told_twice_is_one),
		CORE_TEST(the_heavier_finding_stays),
		CORE_TEST(cpu_of_the_parent_is_not_inherited),
		CORE_TEST(own_evidence_ages_after_an_exec),
		CORE_TEST(a_pid_used_again_shares_nothing),
		CORE_TEST(a_missed_exit_is_found_by_a_pass),
		CORE_TEST(an_ended_process_is_not_brought_back),
		CORE_TEST(another_file_twice_is_asked_about),
		CORE_TEST(a_changed_exe_link_is_evidence),
		CORE_TEST(arguments_are_looked_at_again),
		CORE_TEST(a_late_answer_changes_nothing),
		CORE_TEST(older_than_the_run),
		CORE_TEST(time_never_runs_backward),
		CORE_TEST(bad_records_are_counted),
		CORE_TEST(the_first_failure_stays),
		CORE_TEST(nobody_need_be_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

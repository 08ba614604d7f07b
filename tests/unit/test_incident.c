/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is summed over which workload, and that much weak evidence hides nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"
#include "detectors/detectors.h"
#include "incident.h"

#define AT SECONDS(1000)
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define POD "/kubepods.slice/kubepods-pod01234567_89ab_cdef_0123_456789abcdef.slice"

static struct core core;

/* 45 of the group "command" and 35 of the group "disguise": 64 together, neither alone */
static const struct core_program likely = {
	.path = "/opt/b", .args = "b|--donate-level|1", .nlink = 1, .inode = 67};
static const struct core_program masked = {
	.path = "/opt/a", .args = "kswapd0", .nlink = 1, .inode = 66};

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

/* Two processes, evidence for half an alert each. */
static const struct {
	const char *name;
	const char *cgroup; /* of both; NULL: not known */
	uint32_t sessions[2];
	bool together;
} workload_rows[] = {
	{"one session", NULL, {7, 7}, true},
	{"two sessions", NULL, {7, 8}, false},
	{"no session known", NULL, {0, 0}, false},
	{"a service, two sessions", "/system.slice/cron.service", {7, 8}, true},
	{"a container", "/system.slice/docker-" HEX64 ".scope", {7, 8}, true},
	{"a container of a pod", POD "/cri-containerd-" HEX64 ".scope", {7, 8}, true},
	{"the root", "/", {7, 8}, false},
	{"a slice", "/system.slice", {7, 8}, false},
	{"a user's slice", "/user.slice/user-1000.slice", {7, 8}, false},
	{"a login session", "/user.slice/user-1000.slice/session-3.scope", {7, 8}, false},
	{"a login session, one setsid", "/user.slice/user-1000.slice/session-3.scope", {7, 7},
		true},
	{"a pod", POD, {7, 8}, false},
	{"a class of pods", "/kubepods/burstable", {7, 8}, false},
};

static void sums_over_a_workload(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(workload_rows); i++) {
		uint64_t cgroup_id = workload_rows[i].cgroup ? 77 : 0;
		struct core_process a = {.pid = 20, .start_ns = 1, .cgroup_id = cgroup_id};
		struct core_process b = {.pid = 21, .start_ns = 2, .cgroup_id = cgroup_id};

		core_close(&core);
		core_open(&core);
		a.session = workload_rows[i].sessions[0];
		b.session = workload_rows[i].sessions[1];
		if (cgroup_id)
			core_cgroup(&core, cgroup_id, workload_rows[i].cgroup);
		core_exec(&core, &a, &likely);
		core_exec(&core, &b, &masked);
		core.now_ns += SECONDS(1); /* where the container is asked about, for its answer */
		core_tick(&core, false);
		if ((core.alerts_count == 1) != workload_rows[i].together)
			fail_msg("%s: %u alerts", workload_rows[i].name, core.alerts_count);
	}
}

static void two_cgroups_are_two_workloads(void **state)
{
	(void)state;
	core_cgroup(&core, 77, "/system.slice/a.service");
	core_cgroup(&core, 78, "/system.slice/b.service");
	core_exec(&core, &(struct core_process){.pid = 2, .session = 9, .cgroup_id = 77}, &likely);
	core_exec(&core, &(struct core_process){.pid = 3, .session = 9, .cgroup_id = 78}, &masked);
	assert_int_equal(core.alerts_count, 0);
}

static void a_session_id_used_again_is_another(void **state)
{
	static const struct core_process first = {.pid = 20, .start_ns = 1, .session = 7};
	static const struct core_process second = {.pid = 21, .start_ns = 2, .session = 7};

	(void)state;
	core_exec(&core, &first, &likely);
	core_exit(&core, &first, 0);
	core_exec(&core, &second, &masked);
	assert_int_equal(core.alerts_count, 0);
}

static void evidence_moves_with_its_process(void **state)
{
	struct core_process process = {.pid = 20, .start_ns = 1, .session = 7, .cgroup_id = 77};
	struct core_process other = {.pid = 21, .start_ns = 2, .session = 8, .cgroup_id = 78};
	__u64 record[CORE_RECORD];
	size_t len;

	(void)state;
	core_cgroup(&core, 77, "/system.slice/a.service");
	core_exec(&core, &process, &likely);
	core.now_ns += SECONDS(5);
	len = core_make_cgroup(
		record, EVENT_CGROUP_ATTACH, core.now_ns, &process, 78, "/system.slice/b.service");
	assert_int_equal(core_feed(&core, record, len), 0);
	core_exec(&core, &other, &masked);
	core_container(&core, &other, 78, NULL);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->cgroup_id, 78);
	assert_int_equal(core_last(&core)->since_ns, AT); /* the evidence is as old as before */
	assert_int_equal(core_last(&core)->findings, 2);
	/* and ends with its process where it is now */
	core_exit(&core, &process, 0);
	core_exit(&core, &other, 0);
	core.now_ns += SECONDS(3);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oe");
}

static void what_was_reported_ends_where_it_was(void **state)
{
	struct core_process process = {.pid = 20, .start_ns = 1, .session = 7, .cgroup_id = 77};

	(void)state;
	core_cgroup(&core, 77, "/system.slice/a.service");
	core_cgroup(&core, 78, "/system.slice/b.service");
	core_exec(&core, &process, &core_miner);
	core_container(&core, &process, 77, NULL);
	process.cgroup_id = 78;
	core_task(&core, &process, 4711);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oeo");
	assert_memory_not_equal(core.alerts[0].id, core.alerts[2].id, 8);
}

static void weak_evidence_never_alerts(void **state)
{
	struct core_process process = {.start_ns = 1, .session = 7};

	(void)state;
	for (unsigned second = 0; second < 700; second++) {
		core.now_ns += SECONDS(1);
		for (process.pid = 100; process.pid < 130; process.pid++) {
			core_task(&core, &process, 0);
			core_thread(&core, &process, SECONDS(1), 0);
			if (second % 100 == 0)
				core_connect(&core, &process, 3333);
		}
		core_tick(&core, true);
	}
	assert_int_equal(core.alerts_count, 0);
}

/* A program from /tmp that overwrites its arguments, on a host that preloads a library: honest ones
 * do it all, and may be busy and use a port that pools use. */
static void what_honest_programs_show_never_alerts(void **state)
{
	static const struct core_process process = {.pid = 20, .start_ns = 1, .session = 7};
	static const struct core_program job = {
		.path = "/tmp/job", .args = "job|1", .nlink = 1, .inode = 66};
	static const struct core_program later = {
		.path = "/tmp/job", .args = "number crunching", .nlink = 1, .inode = 66};
	static const char library[] = "/usr/lib/libagent.so";
	__u64 record[CORE_RECORD];
	struct event_preload *preload =
		core_make_plain(record, EVENT_PRELOAD, core.now_ns, sizeof(*preload));
	struct event_memory *memory = (struct event_memory *)record;

	(void)state;
	preload->len = sizeof(library) - 1;
	preload->header.size += preload->len;
	memcpy(preload + 1, library, preload->len);
	assert_int_equal(core_feed(&core, record, preload->header.size), 0);
	core_exec(&core, &process, &job);
	core_connect(&core, &process, 3333);
	core_run(&core, &process, 700, 2000, 0);
	core_answer(&core, &process, &later);
	core_make_plain(record, EVENT_MEMORY, core.now_ns, sizeof(*memory));
	memory->header.pid = process.pid;
	memory->header.start_ns = process.start_ns;
	assert_int_equal(core_feed(&core, record, sizeof(*memory)), 0);
	assert_string_equal(core_actions(&core, 0), "");
	/* a listed pool names them all: two of network, cpu, origin, argv_rewritten, ld_preload */
	core_connect_pool(&core, &process);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->findings, 6);
}

static void weak_findings_hide_no_strong_one(void **state)
{
	struct core_process process = {.start_ns = 1, .session = 7};

	(void)state;
	for (process.pid = 100; process.pid < 100 + 2 * INCIDENT_FINDINGS_MAX; process.pid++)
		core_connect(&core, &process, 3333), core_task(&core, &process, 0);
	assert_int_equal(core.alerts_count, 0);
	core_exec(&core, &process, &core_miner);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_ptr_equal(core_last(&core)->lead, &detector_miner_option);
	/* and none of those that came after it pushes it out */
	for (process.pid = 1000; process.pid < 1000 + 2 * INCIDENT_FINDINGS_MAX; process.pid++)
		core_task(&core, &process, 0), core_connect(&core, &process, 3333);
	core.now_ns += SECONDS(5);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "o");
}

static void strong_ones_push_out_none(void **state)
{
	struct core_process process = {.start_ns = 1, .session = 7};

	(void)state;
	core_exec(&core, &(struct core_process){.pid = 1, .session = 7}, &core_miner);
	for (process.pid = 100; process.pid < 300; process.pid++)
		core_exec(&core, &process, &core_miner);
	/* the first stands still: it alone keeps the incident open */
	for (process.pid = 100; process.pid < 300; process.pid++)
		core_exit(&core, &process, 0);
	core.now_ns += SECONDS(5);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "o");
}

/* A flood of evidence below an alert, each in a session of its own: the table stays bounded. */
static void many_workloads_hide_no_miner(void **state)
{
	struct core_process process = {.start_ns = 1};

	(void)state;
	for (unsigned i = 0; i < 2 * FINDINGS_MAX; i++) {
		process.pid = process.session = 10000 + i;
		core_task(&core, &process, 0);
		core_connect(&core, &process, 3333);
	}
	process.pid = process.session = 5;
	core_exec(&core, &process, &core_miner);
	assert_string_equal(core_actions(&core, 0), "o");
}

static void old_evidence_makes_room(void **state)
{
	struct core_process process = {.start_ns = 1};

	(void)state;
	for (unsigned i = 0; i <= FINDINGS_MAX; i++) {
		process.pid = process.session = 10000 + i;
		core_exec(&core, &process, &masked);
	}
	/* the first, 35, had to go: 45 alone is no alert; the last still stands */
	core_exec(&core, &(struct core_process){.pid = 1, .session = 10000}, &likely);
	assert_int_equal(core.alerts_count, 0);
	core_exec(&core, &(struct core_process){.pid = 2, .session = process.session}, &likely);
	assert_int_equal(core.alerts_count, 1);
}

/* Or many that have ended would leave no room for the evidence against the next one. */
static void what_has_ended_makes_room_first(void **state)
{
	struct core_process process = {.pid = 5, .start_ns = 1, .session = 5};
	static const struct core_program both = {
		.path = "/opt/b", .args = "kswapd0|--donate-level|1", .nlink = 1, .inode = 67};

	(void)state;
	core_exec(&core, &process, &both); /* 64 */
	core_exec(&core, &process, &core_shell);
	core.now_ns += SECONDS(3);
	core_tick(&core, false);
	core.now_ns += SECONDS(500);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oe");
	for (process.pid = 10000; process.pid < 10000 + FINDINGS_MAX; process.pid++) {
		process.session = process.pid;
		core_exec(&core, &process, &masked);
	}
	/* The first of these is still there: 35 and 45. */
	core_exec(&core, &(struct core_process){.pid = 1, .session = 10000}, &likely);
	assert_string_equal(core_actions(&core, 0), "oeo");
}

static void evidence_that_cannot_move_stays_together(void **state)
{
	struct core_process process = {.pid = 20, .start_ns = 1, .session = 7, .cgroup_id = 77};
	struct core_process crowd = {.start_ns = 1, .session = 8, .cgroup_id = 78};

	(void)state;
	core_cgroup(&core, 77, "/system.slice/a.service");
	core_cgroup(&core, 78, "/system.slice/b.service");
	for (crowd.pid = 100; crowd.pid < 100 + INCIDENT_FINDINGS_MAX; crowd.pid++)
		core_exec(&core, &crowd, &core_miner);
	crowd.pid--;
	core_container(&core, &crowd, 78, NULL);
	core_exec(&core, &process, &masked);
	process.cgroup_id = 78; /* full of what weighs more */
	core_task(&core, &process, 66);
	core_connect_pool(&core, &process);
	assert_string_equal(core_actions(&core, 0), "oo");
	assert_int_equal(core_last(&core)->cgroup_id, 77);
	assert_int_equal(core_last(&core)->findings, 2);
	core_exit(&core, &process, 0);
	core.now_ns += SECONDS(3);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "ooe");
}

static void faded_evidence_is_forgotten(void **state)
{
	static const struct core_process dead = {.pid = 20, .start_ns = 1, .session = 7};
	static const struct core_process alive = {.pid = 21, .start_ns = 2, .session = 7};
	static const struct {
		unsigned seconds; /* 35 has halved five times: 1.1; six times: 0.5 */
		unsigned findings;
	} rows[] = {{3000, 3}, {3600, 2}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		core_close(&core);
		core_open(&core);
		core_task(&core, &alive, 0);
		core_connect(&core, &alive, 3333);
		core_exec(&core, &dead, &masked);
		core_exit(&core, &dead, 0);
		core.now_ns += SECONDS(rows[i].seconds);
		core_tick(&core, false);
		core_exec(&core, &alive, &core_miner);
		assert_int_equal(core_last(&core)->findings, rows[i].findings);
	}
}

#define CORE_TEST(name) cmocka_unit_test_setup_teardown(name, open_core, close_core)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CORE_TEST(sums_over_a_workload),
		CORE_TEST(two_cgroups_are_two_workloads),
		CORE_TEST(a_session_id_used_again_is_another),
		CORE_TEST(evidence_moves_with_its_process),
		CORE_TEST(what_was_reported_ends_where_it_was),
		CORE_TEST(weak_evidence_never_alerts),
		CORE_TEST(what_honest_programs_show_never_alerts),
		CORE_TEST(weak_findings_hide_no_strong_one),
		CORE_TEST(strong_ones_push_out_none),
		CORE_TEST(many_workloads_hide_no_miner),
		CORE_TEST(old_evidence_makes_room),
		CORE_TEST(what_has_ended_makes_room_first),
		CORE_TEST(evidence_that_cannot_move_stays_together),
		CORE_TEST(faded_evidence_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

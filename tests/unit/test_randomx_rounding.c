/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what samples of rounding modes lead to, through the whole pipeline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"

#define MS(n) ((uint64_t)(n)*1000000)

static struct core core;
static __u64 record[CORE_RECORD];

static void say_host(const char *machine)
{
	struct event_host *host = core_make_plain(record, EVENT_HOST, core.now_ns, sizeof(*host));

	strcpy(host->machine, machine);
	assert_int_equal(core_feed(&core, record, sizeof(*host)), 0);
}

static void sample(
	const struct core_process *process, uint32_t word, uint16_t flags, uint64_t run_ns)
{
	size_t len = core_make_thread(record, core.now_ns, process, run_ns, 0);
	struct event_thread *thread = (struct event_thread *)record;

	thread->fp_control = word;
	thread->header.flags = flags;
	assert_int_equal(core_feed(&core, record, len), 0);
}

/* What the threads of one process are seen in, a sample each step, in turn. */
struct row {
	const char *name;
	const char *machine;
	uint32_t words[4];
	unsigned samples;
	uint64_t step_ms, run_ms;
	uint16_t flags;
	enum severity severity; /* SEVERITY_NONE: no alert */
	const char *says; /* in the last alert's summary */
};

#define MINER                                  \
	{                                      \
		0xbfc0, 0xdfe0, 0xffc1, 0x9fc0 \
	}

static const struct row rows[] = {
	{"full duty, few samples", "x86_64", MINER, 4, 250, 250, 0, SEVERITY_MEDIUM, "few samples"},
	{"full duty, a second's burst", "x86_64", MINER, 20, 50, 50, 0, SEVERITY_HIGH,
		"computes as RandomX does"},
	{"full duty, a sample a second", "x86_64", MINER, 20, 1000, 1000, 0, SEVERITY_HIGH,
		"computes as RandomX does"},
	{"10 per cent", "x86_64", MINER, 28, 1000, 100, 0, SEVERITY_HIGH,
		"computes as RandomX does"},
	{"verifier: 50 ms every 2 s", "x86_64", MINER, 60, 2000, 50, 0, SEVERITY_MEDIUM,
		"a node that verifies is possible"},
	{"verifier: 50 ms every minute", "x86_64", MINER, 60, 60000, 50, 0, SEVERITY_NONE, NULL},
	{"not switched in between", "x86_64", MINER, 40, 50, 50, EVENT_STALE, SEVERITY_NONE, NULL},
	{"two modes and to nearest", "x86_64", {0xbfc0, 0xdfc0, 0x9fc0, 0xbfc0}, 100, 50, 50, 0,
		SEVERITY_NONE, NULL},
	{"fast-math, to nearest", "x86_64", {0x9fc0, 0x9fc0, 0x9fc0, 0x9fc0}, 100, 50, 50, 0,
		SEVERITY_NONE, NULL},
	{"fesetround", "x86_64", {0x3f80, 0x5f80, 0x7f80, 0x1f80}, 100, 50, 50, 0, SEVERITY_NONE,
		NULL},
	{"flush to zero alone", "x86_64", {0xbf80, 0xdf80, 0xff80, 0x9f80}, 100, 50, 50, 0,
		SEVERITY_NONE, NULL},
	{"arm64", "aarch64", {1u << 22, 2u << 22, 3u << 22, 0}, 100, 500, 500, 0, SEVERITY_MEDIUM,
		"other arithmetic may too"},
	{"unknown machine", "riscv64", MINER, 100, 50, 50, 0, SEVERITY_NONE, NULL},
};

static const struct core_process one = {.pid = 7, .start_ns = SECONDS(900), .session = 7};

static void severities(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum severity severity = SEVERITY_NONE;

		core_open(&core);
		say_host(rows[i].machine);
		core_exec(&core, &one, &core_shell);
		for (unsigned j = 0; j < rows[i].samples; j++) {
			core.now_ns += MS(rows[i].step_ms);
			sample(&one, rows[i].words[j % 4], rows[i].flags, MS(rows[i].run_ms));
			core_tick(&core, false);
		}
		if (core.alerts_count)
			severity = core_last(&core)->severity;
		if (severity != rows[i].severity)
			fail_msg("%s: %s", rows[i].name, severity_name(severity));
		if (rows[i].says && !strstr(core_last(&core)->summary, rows[i].says))
			fail_msg("%s: %s", rows[i].name, core_last(&core)->summary);
		core_close(&core);
	}
}

/* A node that reads the chain: busy for long, verifies now and then, has RandomX's constants. */
static void a_busy_node_stays_medium(void **state)
{
	static const struct event_content says = {.object = CONTENT_EXE,
		.result = CONTENT_DIGESTED,
		.file = {.inode = 99, .nlink = 1}};
	static const struct core_program node = {
		.path = "/home/a/monerod", .args = "monerod", .nlink = 1, .inode = 99};
	size_t len;

	(void)state;
	core_open(&core);
	say_host("x86_64");
	core_exec(&core, &one, &node);
	len = core_make_content(record, core.now_ns, &one, &says, "/home/a/monerod",
		"cfround|aes-hash-1r-state0|aes-hash-1r-state1|aes-gen-1r-key0|aes-gen-4r-key0");
	assert_int_equal(core_feed(&core, record, len), 0);
	core_connect(&core, &one, 18080);
	for (unsigned i = 0; i < 700; i++) {
		core_run(&core, &one, 1, 1000, 0);
		if (i % 2 == 0)
			sample(&one, rows[0].words[i / 2 % 4], 0, MS(50));
	}
	for (unsigned i = 0; i < core.alerts_count; i++)
		assert_int_equal(core.alerts[i].severity, SEVERITY_MEDIUM);
	assert_string_equal(core_actions(&core, 0), "o");
	core_close(&core);
}

/* A thread that was not switched out says nothing new: it makes nothing more certain. */
static void stale_samples_do_not_count(void **state)
{
	(void)state;
	core_open(&core);
	say_host("x86_64");
	core_exec(&core, &one, &core_shell);
	for (unsigned i = 0; i < 24; i++) {
		core.now_ns += MS(200);
		sample(&one, rows[0].words[i % 3], i >= 4 ? EVENT_STALE : 0, MS(200));
	}
	core.now_ns += MS(200);
	sample(&one, rows[0].words[0], 0, MS(200));
	core_tick(&core, false);
	assert_int_equal(core_last(&core)->severity, SEVERITY_MEDIUM);
	core_close(&core);
}

/* Processes of 300 ms, one after another, each seen once, at its end. */
static unsigned alerts_of_many(uint32_t session_step, uint64_t cgroup_id)
{
	const struct core_process parent = {
		.pid = 500, .start_ns = SECONDS(800), .session = 500, .cgroup_id = cgroup_id};
	unsigned opened;

	core_open(&core);
	say_host("x86_64");
	core_exec(&core, &parent, &core_shell);
	core_cgroup(&core, 5, "/system.slice/worker.service");
	core_cgroup(&core, 6, "/user.slice");
	for (uint32_t i = 0; i < 24; i++) {
		struct core_process child = {.pid = 1000 + i,
			.start_ns = core.now_ns,
			.session = 500 + i * session_step,
			.cgroup_id = cgroup_id};

		core_exec(&core, &child, &core_shell);
		core.now_ns += MS(300);
		sample(&child, rows[0].words[i % 4], 0, MS(300));
		core_exit(&core, &child, MS(300));
	}
	opened = core.opened;
	core_close(&core);
	return opened;
}

static void short_processes_count_together(void **state)
{
	(void)state;
	assert_int_equal(alerts_of_many(0, 6), 1); /* one session in a shared cgroup */
	assert_int_equal(alerts_of_many(1, 5), 1); /* one service */
	assert_int_equal(alerts_of_many(1, 6), 0); /* nothing in common */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(severities),
		cmocka_unit_test(a_busy_node_stays_medium),
		cmocka_unit_test(stale_samples_do_not_count),
		cmocka_unit_test(short_processes_count_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the processes of one workload do together, and what the host's tuning is worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"
#include "detectors/detectors.h"
#include "state/cpu_window.h"
#include "state/state.h"
#include "state/workload.h"

#define MS(n) ((uint64_t)(n)*1000000)

static struct rules *rules;
static struct state state;
static struct event event;
static __u64 record[CORE_RECORD];
static uint64_t now_ns;

static int load(void **unused)
{
	(void)unused;
	return rules_load(NULL, stderr, &rules);
}

static int unload(void **unused)
{
	(void)unused;
	rules_free(rules);
	return 0;
}

static struct process *apply(size_t len)
{
	struct process *found;

	assert_int_equal(event_decode(record, len, &event), 0);
	state_apply(&state, &event, &found);
	return found;
}

static int make(void **unused)
{
	(void)unused;
	now_ns = SECONDS(1000);
	state_init(&state);
	core_make_plain(record, EVENT_HOST, now_ns, sizeof(struct event_host));
	apply(sizeof(struct event_host));
	return 0;
}

static int drop(void **unused)
{
	(void)unused;
	state_done(&state);
	return 0;
}

static const char *grade(const struct detector *detector, const struct process *process)
{
	static struct finding finding;
	struct detector_input in = {.event = &event,
		.process = process,
		.rules = rules,
		.state = &state,
		.now_ns = state.now_ns};

	memset(&finding, 0, sizeof(finding));
	return detector->check(&in, &finding) ? finding.grade : NULL;
}

static const struct core_process parent = {.pid = 5, .start_ns = SECONDS(2000), .session = 5};

/* Children of so many ms each, one after another; the passes see a part of each one's time. */
static struct process *children(
	uint32_t count, uint64_t each_ms, uint64_t seen_ms, uint32_t session)
{
	struct core_process child = {.ppid = 5, .parent_start_ns = SECONDS(2000)};

	now_ns = SECONDS(2000);
	apply(core_make_kin(record, EVENT_FORK, now_ns, &parent));
	for (uint32_t i = 0; i < count; i++) {
		child.pid = 100 + i;
		child.start_ns = now_ns;
		child.session = session ? session : 100 + i;
		apply(core_make_kin(record, EVENT_FORK, now_ns, &child));
		now_ns += MS(each_ms);
		if (seen_ms)
			apply(core_make_thread(record, now_ns, &child, MS(seen_ms), 0));
		apply(core_make_exit(record, now_ns, &child, MS(each_ms)));
	}
	child.pid = 99;
	child.start_ns = now_ns;
	apply(core_make_kin(record, EVENT_FORK, now_ns, &child));
	apply(core_make_thread(record, now_ns, &child, MS(20), 0));
	return apply(core_make_kin(record, EVENT_TASK, now_ns, &child));
}

static void short_processes_add_up(void **unused)
{
	static const struct {
		const char *name;
		uint32_t count, session;
		uint64_t each_ms, seen_ms;
		const char *expected;
	} rows[] = {
		{"none seen by a pass", 40, 5, 300, 0, "10s"},
		{"all seen", 40, 5, 300, 300, "10s"},
		{"a part seen, and not counted twice", 40, 5, 300, 100, "10s"},
		{"for half a minute", 110, 5, 300, 0, "30s"},
		{"too few", 20, 5, 300, 0, NULL},
		{"nothing in common", 40, 0, 300, 0, NULL},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct process *last;
		const char *found;

		drop(NULL);
		make(NULL);
		last = children(rows[i].count, rows[i].each_ms, rows[i].seen_ms, rows[i].session);
		found = grade(&detector_sustained_cpu, last);
		if (!found != !rows[i].expected || (found && strcmp(found, rows[i].expected) != 0))
			fail_msg("%s: %s", rows[i].name, found ? found : "nothing");
	}
}

/* The shell that starts them all is not the one to name. */
static void an_idle_member_is_not_named(void **unused)
{
	(void)unused;
	children(40, 300, 0, 5);
	apply(core_make_thread(record, now_ns, &parent, MS(50), 0));
	assert_null(grade(&detector_sustained_cpu,
		apply(core_make_kin(record, EVENT_TASK, now_ns, &parent))));
}

static void nothing_counts_twice(void **unused)
{
	struct process *last;

	(void)unused;
	last = children(40, 300, 100, 5);
	assert_in_range(cpu_window_demand(workload_find(&state, last)->cpu, now_ns, 10), 900, 1050);
}

/* Most of a life's CPU time was used before the run. */
static void older_than_the_run(void **unused)
{
	const struct core_process old = {.pid = 7, .start_ns = SECONDS(1), .session = 7};
	struct process *process;

	(void)unused;
	process = apply(core_make_thread(record, now_ns, &old, MS(10), 0));
	apply(core_make_exit(record, now_ns + 1, &old, SECONDS(900)));
	now_ns += SECONDS(11);
	assert_in_range(
		cpu_window_demand(workload_find(&state, process)->cpu, now_ns - SECONDS(1), 10), 0,
		10);
}

static void a_record_without_use_makes_nothing(void **unused)
{
	const struct core_process idle = {.pid = 7, .start_ns = SECONDS(1), .session = 7};
	struct process *process = apply(core_make_thread(record, now_ns, &idle, 0, 0));

	(void)unused;
	assert_null(workload_find(&state, process));
	assert_null(process->cpu);
}

/* Half an hour of little, but always the same. */
static void throttled(void **unused)
{
	static const struct {
		const char *name;
		uint64_t run_ms;
		unsigned pause_at; /* a second from which it does nothing for three minutes */
		const char *expected;
	} rows[] = {
		{"20 per cent", 200, 0, "30m"},
		{"10 per cent", 100, 0, NULL},
		{"20 per cent with a pause", 200, 900, NULL},
		{"full", 1000, 0, "10m"},
	};
	const struct core_process one = {.pid = 7, .start_ns = SECONDS(1), .session = 7};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *found;

		drop(NULL);
		make(NULL);
		for (unsigned second = 0; second < 1840; second++, now_ns += SECONDS(1))
			if (!rows[i].pause_at || second < rows[i].pause_at ||
				second >= rows[i].pause_at + 180)
				apply(core_make_thread(
					record, now_ns, &one, MS(rows[i].run_ms), 0));
		found = grade(&detector_sustained_cpu,
			apply(core_make_kin(record, EVENT_TASK, now_ns, &one)));
		if (!found != !rows[i].expected || (found && strcmp(found, rows[i].expected) != 0))
			fail_msg("%s: %s", rows[i].name, found ? found : "nothing");
	}
}

static void the_table_is_bounded(void **unused)
{
	struct process *first = NULL, *last = NULL;

	(void)unused;
	for (uint32_t i = 0; i <= WORKLOADS_MAX; i++) {
		struct core_process one = {
			.pid = 10 + i, .start_ns = SECONDS(5), .session = 10 + i};

		apply(core_make_kin(record, EVENT_FORK, now_ns, &one));
		last = apply(core_make_thread(record, now_ns, &one, MS(5), 0));
		if (!first)
			first = last;
	}
	assert_null(workload_find(&state, first));
	assert_non_null(workload_find(&state, last));
}

static void say_hugepages(uint64_t kib)
{
	struct event_hugepages *hugepages =
		core_make_plain(record, EVENT_HUGEPAGES, now_ns, sizeof(*hugepages));

	hugepages->kib = kib;
	apply(sizeof(*hugepages));
}

static void tuning(void **unused)
{
	static const struct {
		const char *name;
		uint64_t before_kib, after_kib, huge_bytes;
		unsigned raised_s; /* after its start */
		unsigned descriptors;
		const char *expected;
	} rows[] = {
		{"nothing", 0, 0, 0, 1, 0, NULL},
		{"registers held open", 0, 0, 0, 1, 4, "msr"},
		{"raised, and mapped", 0, 2621440, 1 << 21, 1, 0, "hugepages"},
		{"raised, not mapped", 0, 2621440, 0, 1, 0, NULL},
		{"there before", 2621440, 2621440, 1 << 21, 1, 0, NULL},
		{"given back", 2621440, 1024, 1 << 21, 1, 0, NULL},
		{"raised long after its start", 0, 2621440, 1 << 21, 601, 0, NULL},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct core_process one = {.pid = 7, .start_ns = SECONDS(1000), .session = 7};
		struct event_memory *memory = (struct event_memory *)record;
		struct process *process;
		const char *found;

		drop(NULL);
		make(NULL);
		say_hugepages(rows[i].before_kib);
		now_ns += SECONDS(rows[i].raised_s);
		say_hugepages(rows[i].after_kib);
		core_make_plain(record, EVENT_MEMORY, now_ns, sizeof(*memory));
		memory->header.pid = one.pid;
		memory->header.start_ns = one.start_ns;
		memory->huge_bytes = rows[i].huge_bytes;
		memory->msr_descriptors = rows[i].descriptors;
		process = apply(sizeof(*memory));
		found = grade(&detector_host_tuning, process);
		if (!found != !rows[i].expected || (found && strcmp(found, rows[i].expected) != 0))
			fail_msg("%s: %s", rows[i].name, found ? found : "nothing");
	}
}

static void memory(void **unused)
{
	static const struct {
		const char *name;
		unsigned datasets, caches, codes;
		const char *expected;
	} rows[] = {
		{"fast", 1, 1, 1, "fast"},
		{"fast, cache joined", 1, 0, 2, "fast"},
		{"light", 0, 1, 1, "light"},
		{"no made code", 1, 1, 0, NULL},
		{"made code alone: any JIT", 0, 0, 9, NULL},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event_memory *shape = (struct event_memory *)record;
		struct process *process;
		const char *found;

		core_make_plain(record, EVENT_MEMORY, now_ns, sizeof(*shape));
		shape->header.pid = 7;
		shape->datasets = rows[i].datasets;
		shape->caches = rows[i].caches;
		shape->codes = rows[i].codes;
		process = apply(sizeof(*shape));
		found = grade(&detector_randomx_memory, process);
		if (!found != !rows[i].expected || (found && strcmp(found, rows[i].expected) != 0))
			fail_msg("%s: %s", rows[i].name, found ? found : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(short_processes_add_up, make, drop),
		cmocka_unit_test_setup_teardown(an_idle_member_is_not_named, make, drop),
		cmocka_unit_test_setup_teardown(nothing_counts_twice, make, drop),
		cmocka_unit_test_setup_teardown(older_than_the_run, make, drop),
		cmocka_unit_test_setup_teardown(a_record_without_use_makes_nothing, make, drop),
		cmocka_unit_test_setup_teardown(throttled, make, drop),
		cmocka_unit_test_setup_teardown(the_table_is_bounded, make, drop),
		cmocka_unit_test_setup_teardown(tuning, make, drop),
		cmocka_unit_test_setup_teardown(memory, make, drop),
	};

	return cmocka_run_group_tests(tests, load, unload);
}

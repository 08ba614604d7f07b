/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what each record changes in the state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"
#include "state/image.h"
#include "state/state.h"
#include "util/span.h"

static struct state state;
static struct event event;
static __u64 record[CORE_RECORD];
static unsigned ended;

static const struct core_process process = {.pid = 7, .start_ns = 5, .session = 3, .cgroup_id = 9};

static void on_ended(void *context, struct process *gone)
{
	(void)context;
	assert_true(process_alive(gone)); /* it is told before it leaves */
	ended++;
}

static int make(void **unused)
{
	(void)unused;
	ended = 0;
	state_init(&state);
	state.ended = on_ended;
	return 0;
}

static int drop(void **unused)
{
	(void)unused;
	state_done(&state);
	state_done(&state);
	return 0;
}

static struct process *apply(size_t len)
{
	struct process *found;

	assert_int_equal(event_decode(record, len, &event), 0);
	state_apply(&state, &event, &found);
	return found;
}

static void time_goes_forward(void **unused)
{
	(void)unused;
	core_make_plain(record, EVENT_TICK, 100, sizeof(struct event_tick));
	assert_null(apply(sizeof(struct event_tick)));
	core_make_plain(record, EVENT_TICK, 50, sizeof(struct event_tick));
	apply(sizeof(struct event_tick));
	assert_int_equal(state.now_ns, 100);
}

static void host_wall_counters(void **unused)
{
	struct event_host *host = core_make_plain(record, EVENT_HOST, 1, sizeof(*host));
	struct event_wall *wall;
	struct event_counters *counters;

	(void)unused;
	strcpy(host->hostname, "node");
	apply(sizeof(*host));
	assert_string_equal(state.host.hostname, "node");
	wall = core_make_plain(record, EVENT_WALL, 1, sizeof(*wall));
	wall->offset_ns = -7;
	apply(sizeof(*wall));
	assert_int_equal(state.wall_offset_ns, -7);
	for (unsigned round = 1; round <= 2; round++) { /* totals, not differences */
		counters = core_make_plain(record, EVENT_COUNTERS, 1, sizeof(*counters));
		for (unsigned i = 0; i < CLASS_COUNT; i++) {
			counters->dropped[i] = round;
			counters->truncated[i] = counters->failed[i] = 1000;
		}
		apply(sizeof(*counters));
		assert_int_equal(state.dropped, CLASS_COUNT * round);
	}
}

static void degrade(const char *what, uint32_t active)
{
	struct event_degraded *degraded =
		core_make_plain(record, EVENT_DEGRADED, 1, sizeof(*degraded));

	degraded->active = active;
	snprintf(degraded->what, sizeof(degraded->what), "%s", what);
	apply(sizeof(*degraded));
}

static void degraded_words(void **unused)
{
	(void)unused;
	degrade("b", 1);
	degrade("c", 1);
	degrade("a", 1);
	degrade("b", 1);
	assert_int_equal(state.degraded_count, 3);
	assert_string_equal(state.degraded[0], "a");
	assert_string_equal(state.degraded[1], "b");
	assert_string_equal(state.degraded[2], "c");
	degrade("b", 0);
	degrade("x", 0);
	assert_int_equal(state.degraded_count, 2);
	assert_string_equal(state.degraded[1], "c");
	for (unsigned i = 0; i < 2 * DEGRADED_MAX; i++) {
		char word[32];

		snprintf(word, sizeof(word), "%031u", i); /* before all others, full length */
		degrade(word, 1);
	}
	assert_int_equal(state.degraded_count, DEGRADED_MAX);
	for (unsigned i = 1; i < DEGRADED_MAX; i++)
		assert_true(strcmp(state.degraded[i - 1], state.degraded[i]) < 0);
	degrade("c", 0);
	assert_int_equal(state.degraded_count, DEGRADED_MAX - 1);
}

static void a_process_and_its_end(void **unused)
{
	struct process *found, *again;

	(void)unused;
	assert_null(apply(core_make_exit(record, 1, &process, 5))); /* never seen alive */
	found = apply(core_make_exec(record, EVENT_EXEC, 2, &process, &core_shell));
	assert_int_equal(found->cgroup_id, 9);
	assert_int_equal(found->exe_inode, 12);
	assert_true(span_equal(found->image->exe, span_of("/usr/bin/sh")));
	assert_true(span_equal(found->image->name, span_of("sh")));
	assert_int_equal(found->image->args.len, 11);
	apply(core_make_thread(record, 3, &process, 70, 0));
	apply(core_make_thread(record, 3, &process, 30, 0));
	assert_int_equal(found->cpu_ns, 100);
	again = apply(core_make_exit(record, 4, &process, 90)); /* less than was seen */
	assert_ptr_equal(again, found);
	assert_int_equal(found->cpu_ns, 100);
	assert_int_equal(found->exit_ns, 4);
	assert_int_equal(ended, 1);
	assert_null(apply(core_make_exit(record, 5, &process, 90)));
	assert_null(apply(core_make_thread(record, 5, &process, 70, 0)));
	assert_null(apply(core_make_kin(record, EVENT_TASK, 5, &process)));
	assert_int_equal(ended, 1);
	assert_int_equal(found->cpu_ns, 100);
}

/* As many as are kept, each with the longest path and arguments: the memory stays bounded. */
static void long_arguments_are_cut_when_there_are_many(void **unused)
{
	static char args[EVENT_ARGV_MAX], path[EVENT_FILENAME_MAX];
	const struct core_program program = {.path = path, .args = args, .nlink = 1, .inode = 12};
	struct core_process many = process;
	struct process *found = NULL;
	size_t full, kept;

	(void)unused;
	memset(args, 'a', sizeof(args) - 1);
	memset(path, 'p', sizeof(path) - 1);
	for (size_t i = 0; i < sizeof(path) - 1; i += 250)
		path[i] = '/';
	for (unsigned i = 0; i < PROCESS_ALIVE_MAX; i++, many.pid++) {
		found = apply(core_make_exec(record, EVENT_EXEC, 2, &many, &program));
		if (i)
			continue;
		full = state.image_bytes;
		assert_int_equal(found->image->args.len, sizeof(args));
		assert_int_equal(found->image->flags, 0);
	}
	kept = sizeof(*found->image) + found->image->name.len + 2 * IMAGE_TEXT_CUT;
	assert_int_equal(found->image->args.len, IMAGE_TEXT_CUT);
	assert_int_equal(found->image->exe.len, IMAGE_TEXT_CUT);
	assert_int_equal(found->image->flags, EVENT_CUT_PATH | EVENT_CUT_ARGV);
	assert_true(state.image_bytes < IMAGE_BYTES_MAX + full + PROCESS_ALIVE_MAX * kept);
	/* what goes makes place: the same processes, with short ones */
	for (unsigned i = 0; i < PROCESS_ALIVE_MAX; i++) {
		many.pid--;
		apply(core_make_exec(record, EVENT_EXEC, 3, &many, &core_shell));
	}
	found = apply(core_make_exec(record, EVENT_EXEC, 4, &many, &program));
	assert_int_equal(found->image->args.len, sizeof(args));
}

/* With pins the first records of a run can be older than it. */
static void time_used_before_the_run_is_none_of_it(void **unused)
{
	struct event_host *host = core_make_plain(record, EVENT_HOST, 10, sizeof(*host));
	struct process *found;

	(void)unused;
	apply(sizeof(*host));
	found = apply(core_make_exec(record, EVENT_EXEC, 2, &process, &core_shell));
	assert_ptr_equal(apply(core_make_thread(record, 9, &process, 70, 0)), found);
	assert_int_equal(found->cpu_ns, 0);
	assert_int_equal(state.now_ns, 10);
	apply(core_make_thread(record, 10, &process, 30, 0));
	assert_int_equal(found->cpu_ns, 30);
}

static void records_without_a_cgroup_leave_it(void **unused)
{
	struct core_process nowhere = process;

	(void)unused;
	nowhere.cgroup_id = 0;
	apply(core_make_exec(record, EVENT_EXEC, 2, &process, &core_shell));
	assert_int_equal(apply(core_make_kin(record, EVENT_TASK, 3, &nowhere))->cgroup_id, 9);
}

static bool path_is(uint64_t id, const char *path)
{
	return span_equal(cgroup_path_of(state.cgroups, id), span_of(path));
}

static void cgroups(void **unused)
{
	static const struct {
		const char *name;
		unsigned type;
		const char *path, *known;
	} rows[] = {
		{"found", EVENT_CGROUP, "/a", "/a"},
		{"made", EVENT_CGROUP_MKDIR, "/b", "/b"},
		{"renamed", EVENT_CGROUP_RENAME, "/c", "/c"},
		{"gone, still known", EVENT_CGROUP_RELEASE, "/c", "/c"},
		{"without a path", EVENT_CGROUP, "", "/c"},
		{"entered", EVENT_CGROUP_ATTACH, "/d", "/d"},
	};
	struct process *found;

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		found = apply(core_make_cgroup(record, rows[i].type, 1, &process, 5, rows[i].path));
		if (!path_is(5, rows[i].known))
			fail_msg("%s", rows[i].name);
		assert_int_equal(found != NULL, rows[i].type == EVENT_CGROUP_ATTACH);
		if (found)
			assert_int_equal(found->cgroup_id, 5);
	}
	/* 0 means unknown, everywhere */
	apply(core_make_cgroup(record, EVENT_CGROUP, 1, NULL, 0, "/evil"));
	assert_true(path_is(0, ""));
}

static void connects_name_their_owner(void **unused)
{
	const uint8_t address[4] = {192, 0, 2, 1};
	struct process *found = apply(core_make_connect(record, 1, &process, address, 80, 6));

	(void)unused;
	assert_int_equal(found->uid, 1000);
	assert_string_equal(found->comm, "p7");
	assert_int_equal(flow_find(state.flows, &event)->connects, 1);
}

#define STATE_TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(time_goes_forward),
		STATE_TEST(host_wall_counters),
		STATE_TEST(degraded_words),
		STATE_TEST(a_process_and_its_end),
		STATE_TEST(long_arguments_are_cut_when_there_are_many),
		STATE_TEST(time_used_before_the_run_is_none_of_it),
		STATE_TEST(records_without_a_cgroup_leave_it),
		STATE_TEST(cgroups),
		STATE_TEST(connects_name_their_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

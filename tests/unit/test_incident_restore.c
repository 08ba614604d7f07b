/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a run which goes on with another one's incidents says what that one would have said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"
#include "rules_fixture.h"

#define AT SECONDS(1000)
#define GROUP 77
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define RECORDS_MAX 4200

/* The run that never ended, and the one that was killed and started again. */
static struct core whole, again;

static struct {
	__u64 *words;
	size_t len;
} saved[RECORDS_MAX];
static unsigned saved_count;

static const struct core_program likely = {
	.path = "/opt/b", .args = "b|--donate-level|1", .nlink = 1, .inode = 67};
static const struct core_program unlinked = {
	.path = "/memfd:a", .args = "a", .inode = 66, .fs_magic = TMPFS_MAGIC};

static const struct core_program wordy = {.path = "/opt/.x/kworker",
	.args = "kworker|--donate-level|1|-o|stratum+tcp://pool.example-" HEX64 HEX64 ":3333",
	.nlink = 1,
	.inode = 4711};

static const struct core_process shell = {.pid = 100, .start_ns = 1, .ppid = 1, .session = 100};
static const struct core_process miner = {.pid = 200,
	.start_ns = AT,
	.ppid = 100,
	.parent_start_ns = 1,
	.session = 100,
	.cgroup_id = GROUP};
static const struct core_process second = {.pid = 201,
	.start_ns = AT + 1,
	.ppid = 200,
	.parent_start_ns = AT,
	.session = 100,
	.cgroup_id = GROUP};

static void keep(void *context, const void *record, size_t len)
{
	(void)context;
	assert_true(saved_count < RECORDS_MAX);
	assert_int_equal(((const struct event_header *)record)->time_ns, 0);
	assert_int_equal(((const struct event_header *)record)->size, len);
	saved[saved_count].words = malloc(len);
	memcpy(saved[saved_count].words, record, len);
	saved[saved_count++].len = len;
}

static void forget(void)
{
	while (saved_count)
		free(saved[--saved_count].words);
}

static void feed_saved(struct core *core)
{
	__u64 record[CORE_RECORD];

	for (unsigned i = 0; i < saved_count; i++) {
		memcpy(record, saved[i].words, saved[i].len);
		((struct event_header *)record)->time_ns = core->now_ns;
		assert_int_equal(core_feed(core, record, saved[i].len), 0);
	}
}

static struct pipeline_statistics statistics_of(const struct core *core)
{
	struct pipeline_statistics statistics;

	pipeline_statistics(core->pipeline, &statistics);
	return statistics;
}

/* Against it there is no evidence: the first pass finds it, and its program is asked for. */
static void see_shell(struct core *core)
{
	core_task(core, &shell, 12);
	core_answer(core, &shell, &core_shell);
}

/* `again` is from now on what `whole` is, by what that one wrote down. */
static void restart(void)
{
	uint64_t now_ns = whole.now_ns;
	unsigned count;

	pipeline_save(whole.pipeline, keep, NULL);
	core_close(&again);
	core_open(&again);
	again.now_ns = now_ns;
	feed_saved(&again);
	assert_int_equal(statistics_of(&again).refused, 0);
	assert_int_equal(statistics_of(&again).left_out, 0);
	assert_int_equal(again.alerts_count, 0);
	/* What it would write down is what it was given. */
	count = saved_count;
	pipeline_save(again.pipeline, keep, NULL);
	assert_int_equal(saved_count, 2 * count);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(saved[i].len, saved[count + i].len);
		assert_memory_equal(saved[i].words, saved[count + i].words, saved[i].len);
	}
	while (saved_count > count)
		free(saved[--saved_count].words);
	see_shell(&whole);
	see_shell(&again);
}

static int open_cores(void **state)
{
	(void)state;
	core_open(&whole);
	core_open(&again);
	return 0;
}

static int close_cores(void **state)
{
	(void)state;
	core_close(&whole);
	core_close(&again);
	forget();
	return 0;
}

/* Steps of a run. */
static void group(struct core *core)
{
	core_cgroup(core, GROUP, "/system.slice/a.service");
}

static void container(struct core *core)
{
	core_cgroup(core, GROUP, "/system.slice/docker-" HEX64 ".scope");
}

static void plain_name(struct core *core)
{
	core_cgroup(core, GROUP, "/tools/db");
}

static void confirmed(struct core *core)
{
	core_container(core, &miner, GROUP, "db");
}

static void confirmed_docker(struct core *core)
{
	core_container(core, &miner, GROUP, HEX64);
}

static void no_container(struct core *core)
{
	core_container(core, &miner, GROUP, NULL);
}

static void begin(struct core *core)
{
	core_exec(core, &shell, &core_shell);
	core_fork(core, &miner);
}

static void mine(struct core *core)
{
	core_exec(core, &miner, &core_miner);
}

static void mine_wordy(struct core *core)
{
	core_exec(core, &miner, &wordy);
}

static void stop_mining(struct core *core)
{
	core_exec(core, &miner, &core_shell);
}

static void mine_likely(struct core *core)
{
	core_exec(core, &miner, &likely);
}

static void second_unlinked(struct core *core)
{
	core_exec(core, &second, &unlinked);
}

static void second_mines(struct core *core)
{
	core_exec(core, &second, &core_miner);
}

static void fork_second(struct core *core)
{
	core_fork(core, &second);
}

static void second_shell(struct core *core)
{
	core_exec(core, &second, &core_shell);
}

static void connect_pool(struct core *core)
{
	core_connect_pool(core, &miner);
}

static void leave(struct core *core)
{
	core_exit(core, &miner, SECONDS(61));
}

static void leave_second(struct core *core)
{
	core_exit(core, &second, SECONDS(3));
}

static void pass_by(struct core *core)
{
	core->now_ns += SECONDS(1);
	core_tick(core, false);
}

static void long_time(struct core *core)
{
	for (unsigned i = 0; i < 30; i++) {
		core->now_ns += SECONDS(10);
		core_tick(core, false);
	}
}

/* What a pass says of those alive. */
static void seen(struct core *core)
{
	core->now_ns += SECONDS(1);
	core_task(core, &shell, 12);
	core_task(core, &miner, 4711);
	core_tick(core, true);
}

static void seen_likely(struct core *core)
{
	core->now_ns += SECONDS(1);
	core_task(core, &shell, 12);
	core_task(core, &miner, 67);
	core_tick(core, false);
}

static void gone(struct core *core)
{
	core->now_ns += SECONDS(1);
	core_task(core, &shell, 12);
	core_tick(core, true);
}

/* To another cgroup; what a pass says of it. */
static void moved(struct core *core)
{
	struct core_process process = miner;

	process.cgroup_id = GROUP + 1;
	core_cgroup(core, GROUP + 1, "/system.slice/b.service");
	core_task(core, &process, 4711);
}

typedef void (*step)(struct core *core);

static const struct {
	const char *name;
	step before[8], after[8];
	const char *actions; /* after */
} rows[] = {
	{"one that goes on", {group, begin, mine, no_container}, {seen, pass_by, seen}, ""},
	{"it ends", {group, begin, mine, no_container}, {seen, leave, pass_by, pass_by, pass_by},
		"e"},
	{"it is raised", {group, begin, mine, no_container}, {seen, connect_pool}, "r"},
	{"raised, and not again", {group, begin, mine, no_container, connect_pool},
		{seen, connect_pool, pass_by}, ""},
	{"a session's", {begin, mine}, {seen, connect_pool, leave, pass_by, pass_by, pass_by},
		"re"},
	{"a container's", {container, begin, mine, confirmed_docker}, {seen, connect_pool}, "r"},
	{"of no name, but confirmed", {plain_name, begin, mine, confirmed}, {seen, connect_pool},
		"r"},
	{"of no name, and gone", {plain_name, begin, mine, confirmed},
		{gone, pass_by, pass_by, pass_by}, "e"},
	{"an answer is still due", {container, begin, mine, pass_by, pass_by},
		{seen, confirmed_docker}, "u"},
	{"what was only watched adds up", {group, begin, mine_likely, no_container},
		{seen_likely, second_unlinked, pass_by, pass_by}, "o"},
	{"it has ended", {group, begin, mine, no_container, leave, pass_by, pass_by, pass_by},
		{pass_by, second_mines, pass_by, pass_by}, "R"},
	{"it has ended, long ago",
		{group, begin, mine, no_container, leave, pass_by, pass_by, pass_by},
		{long_time, long_time, long_time, second_mines, pass_by, pass_by}, "o"},
	{"it ended just before", {group, begin, mine, no_container, leave},
		{pass_by, pass_by, pass_by}, "e"},
	{"it runs another program by now", {group, begin, mine, no_container, stop_mining},
		{pass_by, pass_by, pass_by}, "e"},
	{"evidence that was cut", {group, begin, mine_wordy, no_container}, {seen, connect_pool},
		"r"},
	{"a child inherits what stood", {group, begin, mine, no_container},
		{seen, fork_second, leave, pass_by, pass_by, pass_by, leave_second, pass_by}, ""},
	{"a child had inherited", {group, begin, mine, no_container, fork_second},
		{second_shell, leave, pass_by, pass_by, pass_by}, "e"},
	{"evidence fades as before",
		{group, begin, mine_likely, no_container, second_unlinked, leave},
		{long_time, long_time, long_time, connect_pool}, "eR"},
};

/* An alert that both make is the same to the last byte. */
static void take_steps(const char *name, const step steps[8])
{
	for (unsigned i = 0; i < 8 && steps[i]; i++) {
		unsigned count = whole.alerts_count, other = again.alerts_count;

		steps[i](&whole);
		steps[i](&again);
		if (whole.alerts_count - count != again.alerts_count - other)
			fail_msg("%s, step %u: %u alerts, %u after a restart", name, i,
				whole.alerts_count - count, again.alerts_count - other);
		if (whole.alerts_count == count)
			continue;
		if (whole.line_len != again.line_len ||
			memcmp(whole.line, again.line, whole.line_len) != 0)
			fail_msg("%s, step %u:\n%.*s%.*s", name, i, (int)whole.line_len, whole.line,
				(int)again.line_len, again.line);
	}
}

static void goes_on_as_if_nothing_had_happened(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned from;

		print_message("%s\n", rows[i].name);
		close_cores(state);
		open_cores(state);
		for (unsigned k = 0; k < 8 && rows[i].before[k]; k++)
			rows[i].before[k](&whole);
		from = whole.alerts_count;
		restart();
		take_steps(rows[i].name, rows[i].after);
		assert_string_equal(core_actions(&whole, from), rows[i].actions);
	}
}

/* The first pass tells who is gone; nobody else has. */
/*
 * Killed when all was written down and the ring had not lost the records yet: the next run reads
 * them once more, and it is as if it had not. (Ticks are not of the ring.)
 */
static void records_read_twice(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool ticks = false;
		unsigned from;

		close_cores(state);
		open_cores(state);
		for (unsigned k = 0; k < 8 && rows[i].before[k]; k++) {
			ticks |= rows[i].before[k] == pass_by;
			rows[i].before[k](&whole);
		}
		if (ticks)
			continue;
		print_message("%s\n", rows[i].name);
		restart();
		from = again.alerts_count;
		for (unsigned k = 0; k < 8 && rows[i].before[k]; k++)
			rows[i].before[k](&again);
		for (unsigned k = 0; k < 8 && rows[i].after[k]; k++)
			rows[i].after[k](&again);
		/* What its container is may be asked for once more: an alert waits a second for it.
		 */
		if (strlen(core_actions(&again, from)) < strlen(rows[i].actions))
			pass_by(&again);
		assert_string_equal(core_actions(&again, from), rows[i].actions);
	}
}

/* What is told once is noticed, so that it can be written down; what time brings about is not. */
static void changes_are_noticed(void **state)
{
	static const struct {
		const char *name;
		step before[4], now;
		bool change;
	} steps[] = {
		{"no evidence", {group}, begin, false},
		{"evidence", {group, begin}, mine, true},
		{"more of it", {group, begin, mine}, connect_pool, true},
		{"a tick", {group, begin, mine}, pass_by, false},
		{"a child inherits", {group, begin, mine}, fork_second, true},
		{"another program", {group, begin, mine}, stop_mining, true},
		{"a child's other program", {group, begin, mine, fork_second}, second_shell, true},
		{"it moves", {begin, mine}, moved, true},
	};

	for (size_t i = 0; i < COUNT(steps); i++) {
		uint64_t changes;

		close_cores(state);
		open_cores(state);
		for (unsigned k = 0; k < 4 && steps[i].before[k]; k++)
			steps[i].before[k](&whole);
		changes = pipeline_changes(whole.pipeline);
		steps[i].now(&whole);
		if ((pipeline_changes(whole.pipeline) > changes) != steps[i].change)
			fail_msg("%s", steps[i].name);
	}
}

static void what_ended_unseen_ends(void **state)
{
	(void)state;
	group(&whole);
	begin(&whole);
	mine(&whole);
	no_container(&whole);
	restart();
	gone(&again);
	assert_string_equal(core_actions(&again, 0), "");
	for (unsigned i = 0; i < 3; i++)
		pass_by(&again);
	assert_string_equal(core_actions(&again, 0), "e");
	assert_int_equal(core_last(&again)->seq, 2);
	assert_memory_equal(core_last(&again)->id, core_last(&whole)->id, 8);
	assert_memory_equal(core_last(&again)->exe, "/opt/.x/kworker", 15);
}

/* It asks anew and waits anew. */
static void one_that_waited_opens(void **state)
{
	(void)state;
	container(&whole);
	begin(&whole);
	mine(&whole);
	assert_string_equal(core_actions(&whole, 0), "");
	restart();
	for (unsigned i = 0; i < 3; i++)
		seen(&again);
	assert_string_equal(core_actions(&again, 0), "o");
	assert_int_equal(core_last(&again)->since_ns, AT);
	assert_int_equal(core_last(&again)->pending, 1);
	confirmed_docker(&again);
	assert_string_equal(core_actions(&again, 0), "ou");
}

/* It executed something else meanwhile: what was known of its program is asked anew, and ages. */
static void an_exec_unseen_is_noticed(void **state)
{
	unsigned asked;

	(void)state;
	group(&whole);
	begin(&whole);
	mine(&whole);
	no_container(&whole);
	restart();
	asked = again.asked_count;
	for (unsigned i = 0; i < 2; i++) {
		again.now_ns += SECONDS(1);
		core_task(&again, &miner, 12);
		core_tick(&again, false);
	}
	/* Once as any suspect is for what argv is now, once for its program. */
	assert_int_equal(again.asked_count, asked + 2);
	core_answer(&again, &miner, &core_shell);
	for (unsigned i = 0; i < 3; i++)
		pass_by(&again);
	assert_string_equal(core_actions(&again, 0), "e");
	/* The exe link was not changed: nobody says so. */
	assert_int_equal(core_last(&again)->findings, 1);
}

/* The link to its file was changed before: it is no exec that nobody saw. */
static void a_changed_link_is_no_exec(void **state)
{
	(void)state;
	group(&whole);
	begin(&whole);
	mine(&whole);
	no_container(&whole);
	for (unsigned i = 0; i < 2; i++)
		core_task(&whole, &miner, 12);
	restart();
	for (unsigned i = 0; i < 3; i++)
		core_task(&again, &miner, 12);
	core_answer(&again, &miner, &core_shell);
	pass_by(&again);
	forget();
	pipeline_save(again.pipeline, keep, NULL);
	for (unsigned i = 0; i < saved_count; i++) {
		const struct event_finding *finding = (const void *)saved[i].words;

		if (finding->header.type == EVENT_FINDING)
			assert_int_equal(finding->dead_ns, 0);
	}
}

/* Or a miner at work would be news each second. */
static void cpu_is_saved_by_the_minute(void **state)
{
	static const struct {
		uint64_t seconds, saved;
	} steps[] = {{59, 0}, {1, 60}, {59, 60}, {1, 120}};

	(void)state;
	group(&whole);
	begin(&whole);
	mine(&whole);
	for (size_t i = 0; i < COUNT(steps); i++) {
		core_thread(&whole, &miner, SECONDS(steps[i].seconds), 0);
		forget();
		pipeline_save(whole.pipeline, keep, NULL);
		assert_int_equal(((const struct event_finding *)saved[1].words)->cpu_ns,
			SECONDS(steps[i].saved));
	}
}

/* A session goes by its first member; of those that are left it could not be told. */
static void a_session_stays_the_same(void **state)
{
	static const struct core_process leader = {.pid = 7, .start_ns = 1, .session = 7};
	static const struct core_process one = {.pid = 20, .start_ns = 2, .session = 7};
	static const struct core_process two = {.pid = 21, .start_ns = 3, .session = 7};

	(void)state;
	core_exec(&whole, &leader, &core_shell);
	core_exec(&whole, &one, &core_miner);
	core_exit(&whole, &leader, 0);
	restart();
	core_task(&again, &one, 4711);
	core_exec(&again, &two, &core_miner);
	pass_by(&again);
	assert_string_equal(core_actions(&again, 0), "");
	assert_int_equal(statistics_of(&again).restored, 1);
}

/* The index of the first saved record of this type. */
static unsigned saved_of(unsigned type)
{
	for (unsigned i = 0; i < saved_count; i++)
		if (((const struct event_header *)saved[i].words)->type == type)
			return i;
	fail_msg("no record of type %u", type);
	return 0;
}

/* What nobody knows any more, or what is there already, is left out and counted. */
static void what_cannot_be_restored(void **state)
{
	static const struct {
		const char *name;
		unsigned type; /* of the record that is changed */
		size_t offset; /* of the byte that is */
		unsigned left_out;
		const char *actions; /* in the end */
	} cases[] = {
		{"nothing changed", EVENT_FINDING, 0, 0, "e"},
		{"detector", EVENT_FINDING, sizeof(struct event_finding), 1, "e"},
		{"grade", EVENT_FINDING, sizeof(struct event_finding) + sizeof("miner_option"), 1,
			"e"},
		{"of another incident", EVENT_FINDING, offsetof(struct event_finding, workload_id),
			1, "e"},
		{"its incident has another key", EVENT_INCIDENT,
			offsetof(struct event_incident, workload_id), 1, "e"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *byte;

		print_message("%s\n", cases[i].name);
		close_cores(state);
		open_cores(state);
		group(&whole);
		begin(&whole);
		mine(&whole);
		no_container(&whole);
		pipeline_save(whole.pipeline, keep, NULL);
		byte = (char *)saved[saved_of(cases[i].type)].words + cases[i].offset;
		*byte ^= cases[i].offset ? 1 : 0;
		again.now_ns = whole.now_ns;
		feed_saved(&again);
		assert_int_equal(statistics_of(&again).refused, 0);
		assert_int_equal(statistics_of(&again).left_out, cases[i].left_out);
		gone(&again);
		for (unsigned k = 0; k < 3; k++)
			pass_by(&again);
		assert_string_equal(core_actions(&again, 0), cases[i].actions);
	}
}

/* Told twice, by a trace that is no run's: this run's own stands. */
static void twice_is_once(void **state)
{
	struct pipeline_statistics statistics;

	(void)state;
	group(&whole);
	begin(&whole);
	mine(&whole);
	no_container(&whole);
	restart();
	feed_saved(&again);
	statistics = statistics_of(&again);
	assert_int_equal(statistics.restored, 1);
	assert_int_equal(statistics.left_out, saved_count);
	forget();
	pipeline_save(again.pipeline, keep, NULL);
	assert_int_equal(saved_count, 2);
	/* Evidence of one process stands in one incident. */
	((struct event_incident *)saved[0].words)->workload_id++;
	((struct event_finding *)saved[1].words)->workload_id++;
	feed_saved(&again);
	assert_int_equal(statistics_of(&again).restored, 2);
	assert_int_equal(statistics_of(&again).left_out, statistics.left_out + 1);
}

static void restored_ones_are_bounded(void **state)
{
	struct event_incident *incident;

	(void)state;
	group(&whole);
	begin(&whole);
	mine(&whole);
	pipeline_save(whole.pipeline, keep, NULL);
	incident = (struct event_incident *)saved[0].words;
	saved_count = 1;
	again.now_ns = whole.now_ns;
	for (unsigned i = 0; i < 5000; i++) {
		incident->workload_id++;
		feed_saved(&again);
	}
	assert_int_equal(statistics_of(&again).restored, 4096);
	assert_int_equal(statistics_of(&again).left_out, 5000 - 4096);
	free(saved[1].words);
}

/* What was told comes first, what anybody can cause last. */
static void the_order(void **state)
{
	static const struct core_process watched = {.pid = 300, .start_ns = 9, .session = 300};
	static const struct core_process ended = {.pid = 301, .start_ns = 9, .session = 301};
	static const __u8 order[] = {INCIDENT_WAS_OPEN, INCIDENT_WAS_ENDED, INCIDENT_WAS_WATCHED};
	unsigned found = 0;

	(void)state;
	core_exec(&whole, &watched, &likely);
	core_exec(&whole, &ended, &core_miner);
	core_exit(&whole, &ended, 0);
	for (unsigned i = 0; i < 3; i++)
		pass_by(&whole);
	begin(&whole);
	mine(&whole);
	pipeline_save(whole.pipeline, keep, NULL);
	for (unsigned i = 0; i < saved_count; i++) {
		const struct event_incident *incident = (const void *)saved[i].words;

		if (incident->header.type != EVENT_INCIDENT)
			continue;
		assert_int_equal(incident->phase, order[found]);
		found++;
	}
	assert_int_equal(found, 3);
}

/* What the allow-list took off evidence of the dead stays off. */
static void what_was_allowed_stays_so(void **state)
{
	static const struct core_process own = {.pid = 100, .start_ns = 5, .cgroup_id = GROUP};
	struct rules *rules;

	(void)state;
	directory_make(state);
	directory_text("allow.add.list", "cgroup /system.slice/a.service lower=0.5 | x\n");
	rules = directory_load_sound();
	pipeline_set_rules(whole.pipeline, rules);
	pipeline_set_rules(again.pipeline, rules);
	group(&whole);
	core_exec(&whole, &own, &core_miner);
	core_container(&whole, &own, GROUP, NULL);
	core_tick(&whole, false);
	core_exit(&whole, &own, 0);
	pipeline_save(whole.pipeline, keep, NULL);
	again.now_ns = whole.now_ns;
	feed_saved(&again);
	for (unsigned i = 0; i < 3; i++)
		pass_by(&again);
	assert_string_equal(core_actions(&again, 0), "");
	core_close(&again);
	core_open(&again);
	rules_free(rules);
	directory_remove(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			goes_on_as_if_nothing_had_happened, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(records_read_twice, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(changes_are_noticed, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(what_ended_unseen_ends, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(one_that_waited_opens, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(an_exec_unseen_is_noticed, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(a_changed_link_is_no_exec, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(
			cpu_is_saved_by_the_minute, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(a_session_stays_the_same, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(what_cannot_be_restored, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(twice_is_once, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(restored_ones_are_bounded, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(the_order, open_cores, close_cores),
		cmocka_unit_test_setup_teardown(what_was_allowed_stays_so, open_cores, close_cores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests identity, ancestry, sessions and the bounds of the process table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"
#include "state/cpu_window.h"
#include "state/image.h"
#include "state/process_table.h"
#include "util/span.h"

static struct process_table *table;

static int make(void **state)
{
	(void)state;
	table = process_table_new();
	return table ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	process_table_free(table);
	return 0;
}

static struct process *get(uint32_t pid, uint64_t start_ns)
{
	struct process_key key = process_key_of(pid, start_ns);

	return process_get(table, &key, start_ns);
}

static struct process *find(uint32_t pid, uint64_t start_ns)
{
	struct process_key key = process_key_of(pid, start_ns);

	return process_find(table, &key);
}

static void a_pid_is_not_enough(void **state)
{
	struct process *first = get(1, 10), *second = get(1, 20);

	(void)state;
	assert_ptr_not_equal(first, second);
	assert_ptr_equal(get(1, 10), first);
	assert_ptr_equal(find(1, 20), second);
	assert_null(find(1, 30));
	process_end(table, first, 15);
	assert_ptr_equal(find(1, 10), first); /* kept as somebody's ancestor */
	assert_false(process_alive(first));
	assert_ptr_equal(get(1, 10), first);
	assert_false(process_alive(first));
	process_end(table, first, 99);
	assert_int_equal(first->exit_ns, 15);
	assert_int_equal(process_count_alive(table), 1);
	process_end(table, second, 0); /* at time 0 it has ended all the same */
	assert_false(process_alive(second));
}

static struct event_kin kin_of(uint32_t ppid, uint32_t session)
{
	return (struct event_kin){.ppid = ppid,
		.parent_start_ns = 1,
		.session = session,
		.uid = 5,
		.cpus_allowed = 3,
		.comm = "name"};
}

static void the_first_parent_stays(void **state)
{
	struct process *process = get(2, 20);
	struct event_kin kin = kin_of(7, 9);

	(void)state;
	process_set_kin(table, process, &kin);
	kin.ppid = 1; /* adopted */
	kin.uid = 6;
	process_set_kin(table, process, &kin);
	assert_int_equal(process->parent.pid, 7);
	assert_int_equal(process->uid, 6);
	assert_int_equal(process->cpus_allowed, 3);
	assert_string_equal(process->comm, "name");
	assert_int_equal(process->session, 9);
	assert_int_equal(process->session_ns, 20);
}

static void setsid_and_the_session_evidence_counts_for(void **state)
{
	struct process *calm = get(2, 20), *suspect = get(3, 30);
	struct event_kin before = kin_of(1, 9), after = kin_of(1, 3);

	(void)state;
	process_set_kin(table, calm, &before);
	process_set_kin(table, suspect, &before);
	assert_int_equal(suspect->workload_session_ns, 20);
	process_pin(suspect);
	process_set_kin(table, calm, &after);
	process_set_kin(table, suspect, &after);
	assert_int_equal(calm->workload_session, 3);
	assert_int_equal(suspect->session, 3);
	assert_int_equal(suspect->workload_session, 9);
	assert_int_equal(suspect->workload_session_ns, 20);
	process_unpin(suspect);
	assert_int_equal(suspect->findings, 0);
	process_unpin(suspect);
	assert_int_equal(suspect->findings, 0);
	/* nobody is left in session 9: its id may be another's */
	process_set_kin(table, get(4, 40), &before);
	assert_int_equal(get(4, 40)->session_ns, 40);
	/* unknown is not a session, and the dead join none */
	before.session = 0;
	process_set_kin(table, calm, &before);
	assert_int_equal(calm->session, 3);
	process_end(table, calm, 50);
	before.session = 9;
	process_set_kin(table, calm, &before);
	assert_int_equal(calm->session, 3);
}

static size_t image_bytes;

static struct image *image_make(void)
{
	static __u64 record[CORE_RECORD];
	static struct event event;
	struct core_process process = {.pid = 1};
	size_t len = core_make_exec(record, EVENT_EXEC, 1, &process, &core_shell);

	assert_int_equal(event_decode(record, len, &event), 0);
	return image_new(&event, &image_bytes);
}

static void a_fork_runs_the_same_program(void **state)
{
	struct process *parent = get(1, 1), *child = get(2, 2), *other = get(3, 3);
	struct event_kin kin = kin_of(1, 9);

	(void)state;
	process_set_kin(table, parent, &kin);
	process_set_image(parent, image_make());
	parent->exe_inode = 12;
	process_inherit(child, NULL);
	assert_null(child->image);
	process_inherit(child, parent);
	assert_ptr_equal(child->image, parent->image);
	assert_int_equal(child->exe_inode, 12);
	assert_false(child->suspect);
	assert_int_equal(child->workload_session, 0);
	process_pin(parent);
	process_inherit(child, parent);
	assert_true(child->suspect);
	assert_int_equal(child->workload_session, 9);
	assert_int_equal(parent->image->references, 2);
	/* what the child knows of itself stays */
	process_set_image(other, image_make());
	process_inherit(other, parent);
	assert_ptr_not_equal(other->image, parent->image);
	process_set_image(parent, NULL);
	assert_true(span_equal(child->image->exe, span_of("/usr/bin/sh")));
}

static void unseen(void *context, struct process *process)
{
	*(uint32_t *)context = *(uint32_t *)context * 10 + process->key.pid;
	process_end(table, process, 100);
}

static void who_was_not_in_a_pass(void **state)
{
	uint32_t pids = 0;

	(void)state;
	get(1, 10);
	get(2, 20);
	get(3, 30);
	get(1, 10)->seen_ns = 30;
	process_each_unseen(table, 30, unseen, &pids);
	assert_int_equal(pids, 2);
	assert_int_equal(process_count_alive(table), 2);
}

static void bounded(void **state)
{
	(void)state;
	process_pin(get(1, 1));
	for (uint32_t pid = 2; pid <= PROCESS_ALIVE_MAX; pid++)
		get(pid, 1);
	assert_int_equal(process_count_alive(table), PROCESS_ALIVE_MAX);
	get(PROCESS_ALIVE_MAX + 1, 1);
	assert_int_equal(process_count_alive(table), PROCESS_ALIVE_MAX);
	assert_non_null(find(1, 1)); /* a finding names it */
	assert_null(find(2, 1));
	assert_non_null(find(3, 1));
	process_end(table, find(1, 1), 2);
	for (uint32_t pid = 3; pid <= PROCESS_ENDED_MAX + 2; pid++)
		process_end(table, find(pid, 1), 2);
	assert_non_null(find(1, 1));
	assert_null(find(3, 1));
	assert_non_null(find(4, 1));
}

/* A pass over more processes than there are places throws none of those known out. */
static void full_of_the_living(void **state)
{
	struct process_key newcomer = process_key_of(PROCESS_ALIVE_MAX + 1, 1);
	struct process_key known = process_key_of(5, 1);

	(void)state;
	for (uint32_t pid = 1; pid < PROCESS_ALIVE_MAX; pid++)
		get(pid, 1);
	assert_non_null(process_get_idle(
		table, &(struct process_key){.pid = PROCESS_ALIVE_MAX, .start_ns = 1}, 2));
	assert_int_equal(process_evicted(table), 0);
	for (unsigned pass = 1; pass <= 3; pass++) {
		assert_null(process_get_idle(table, &newcomer, 2));
		assert_non_null(process_get_idle(table, &known, 2));
		assert_int_equal(process_evicted(table), pass);
	}
	/* what does something finds a place, at the cost of one that does nothing */
	find(1, 1)->cpu = cpu_window_new();
	assert_non_null(process_get(table, &newcomer, 2));
	assert_non_null(find(1, 1));
	assert_null(find(2, 1));
	assert_int_equal(process_evicted(table), 4);
	for (uint32_t pid = 3; pid <= PROCESS_ALIVE_MAX + 1; pid++)
		find(pid, 1)->cpu = cpu_window_new();
	get(2, 1); /* all are busy: the oldest */
	assert_null(find(1, 1));
	assert_non_null(find(2, 1));
	/* what has ended is no loss */
	process_end(table, find(3, 1), 2);
	get(1, 1);
	assert_int_equal(process_evicted(table), 5);
}

static void an_evicted_process_leaves_its_session(void **state)
{
	struct event_kin kin = kin_of(1, 9);

	(void)state;
	process_set_kin(table, get(2, 20), &kin);
	for (uint32_t pid = 3; pid <= PROCESS_ALIVE_MAX + 2; pid++)
		get(pid, 30);
	assert_null(find(2, 20));
	process_set_kin(table, get(5, 30), &kin);
	assert_int_equal(get(5, 30)->session_ns, 30);
}

#define TABLE_TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(a_pid_is_not_enough),
		TABLE_TEST(the_first_parent_stays),
		TABLE_TEST(setsid_and_the_session_evidence_counts_for),
		TABLE_TEST(a_fork_runs_the_same_program),
		TABLE_TEST(who_was_not_in_a_pass),
		TABLE_TEST(bounded),
		TABLE_TEST(full_of_the_living),
		TABLE_TEST(an_evicted_process_leaves_its_session),
	};

	process_table_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

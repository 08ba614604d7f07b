/* SPDX-License-Identifier: Apache-2.0 */
/* Tests who is taken for hidden: alive in both passes, in neither listing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core_fixture.h"
#include "sources/proc_listing.h"

#define PROC "/proc"
#define NOBODY 4194305 /* above the highest pid any kernel gives (PID_MAX_LIMIT) */

static struct proc_listing *listing;
static struct event_hidden hidden[4];
static unsigned hidden_count;

static int keep(void *context, void *record, size_t len)
{
	(void)context;
	assert_int_equal(len, sizeof(hidden[0]));
	assert_true(hidden_count < COUNT(hidden));
	memcpy(&hidden[hidden_count++], record, len);
	return 0;
}

static const struct record_out out = {.feed = keep};

static int make(void **state)
{
	(void)state;
	hidden_count = 0;
	listing = proc_listing_new();
	return listing ? 0 : -1;
}

static int clean(void **state)
{
	(void)state;
	proc_listing_free(listing);
	return 0;
}

static void see(uint32_t pid, uint64_t start_ns)
{
	struct event_task task = {.header = {.type = EVENT_TASK,
					  .size = sizeof(task),
					  .pid = pid,
					  .start_ns = start_ns,
					  .cgroup_id = 9}};

	proc_listing_watch(listing, &task, sizeof(task));
}

static void begin(uint64_t second)
{
	proc_listing_before(listing, PROC, SECONDS(second));
	if (proc_listing_blind(listing)) {
		printf("this host cannot be listed: %s\n", proc_listing_blind(listing));
		skip();
	}
}

static void end_pass(bool whole)
{
	assert_int_equal(proc_listing_after(listing, PROC, whole, &out), 0);
}

/* start_ns of NOBODY in the second pass; 0: it is not in it. */
static void compare(uint64_t second, bool first_whole, bool second_whole, uint64_t again_ns)
{
	begin(second);
	see(NOBODY, 5); /* passes need not be in the order of pids */
	see((uint32_t)getpid(), 3);
	end_pass(first_whole);
	begin(second + 1);
	see((uint32_t)getpid(), 3);
	if (again_ns)
		see(NOBODY, again_ns);
	end_pass(second_whole);
}

static void who_is_hidden(void **state)
{
	static const struct {
		const char *name;
		bool first_whole, second_whole;
		uint64_t again_ns;
		unsigned hidden;
	} rows[] = {
		{"in both passes", true, true, 5, 1},
		{"gone before the second pass", true, true, 0, 0},
		{"another with its pid", true, true, 6, 0},
		{"no whole first pass", false, true, 5, 0},
		{"no whole second pass", true, false, 5, 0},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		clean(state);
		make(state);
		compare(1, rows[i].first_whole, rows[i].second_whole, rows[i].again_ns);
		if (hidden_count != rows[i].hidden)
			fail_msg("%s: %u hidden", rows[i].name, hidden_count);
		if (hidden_count) {
			assert_int_equal(hidden[0].header.type, EVENT_HIDDEN);
			assert_int_equal(hidden[0].header.pid, NOBODY);
			assert_int_equal(hidden[0].header.start_ns, 5);
			assert_int_equal(hidden[0].header.cgroup_id, 9);
			assert_int_equal(hidden[0].listings, 2);
		}
	}
}

/* Who was in one of the listings has ended or begun meanwhile, and hides nothing. */
static void one_listing_is_enough(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		pause();
		_exit(0);
	}
	begin(1);
	see((uint32_t)pid, 7);
	end_pass(true);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	begin(2);
	see((uint32_t)pid, 7); /* as a pass that was late would have it */
	end_pass(true);
	assert_int_equal(hidden_count, 0);
}

static void once_a_minute(void **state)
{
	(void)state;
	compare(1, true, true, 5);
	compare(30, true, true, 5);
	assert_int_equal(hidden_count, 1);
	compare(61, true, true, 5);
	assert_int_equal(hidden_count, 2);
}

static void more_than_there_is_room_for(void **state)
{
	(void)state;
	begin(1);
	for (uint32_t i = 0; i < LISTING_PROCESSES_MAX + 10; i++)
		see(NOBODY + i, 5);
	end_pass(true);
	begin(2);
	see(NOBODY + LISTING_PROCESSES_MAX - 1, 5);
	see(NOBODY + LISTING_PROCESSES_MAX, 5);
	end_pass(true);
	assert_int_equal(hidden_count, 1);
}

/* A listing that could not be made leaves nobody out. */
static void only_one_listing(void **state)
{
	(void)state;
	begin(1);
	see(NOBODY, 5);
	end_pass(true);
	proc_listing_before(listing, "/nowhere", SECONDS(2));
	see(NOBODY, 5);
	end_pass(true);
	assert_int_equal(hidden_count, 0);
}

static void without_proc(void **state)
{
	(void)state;
	assert_non_null(proc_listing_blind_why("/nowhere"));
	proc_listing_before(listing, "/nowhere", SECONDS(1));
	assert_non_null(proc_listing_blind(listing));
	see(NOBODY, 5);
	end_pass(true);
	proc_listing_before(listing, "/nowhere", SECONDS(2));
	see(NOBODY, 5);
	end_pass(true);
	assert_int_equal(hidden_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_is_hidden, make, clean),
		cmocka_unit_test_setup_teardown(one_listing_is_enough, make, clean),
		cmocka_unit_test_setup_teardown(once_a_minute, make, clean),
		cmocka_unit_test_setup_teardown(more_than_there_is_room_for, make, clean),
		cmocka_unit_test_setup_teardown(only_one_listing, make, clean),
		cmocka_unit_test_setup_teardown(without_proc, make, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

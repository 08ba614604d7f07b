/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how a cgroup whose path names no container comes to one: by a confirmed answer alone; and
 * that one which carries the id of a container that is there does not pass for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"

#define AT SECONDS(1000)

static struct core core;

static const struct core_process miner = {
	.pid = 300, .start_ns = 7, .ppid = 299, .session = 300, .cgroup_id = 9};
static const struct core_process first = {
	.pid = 200, .start_ns = 5, .ppid = 1, .session = 200, .cgroup_id = 9};

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

static void cgroup_event(
	unsigned type, const struct core_process *process, uint64_t id, const char *path)
{
	__u64 record[CORE_RECORD];

	assert_int_equal(core_feed(&core, record,
				 core_make_cgroup(record, type, core.now_ns, process, id, path)),
		0);
}

/* An answer of the examiner that its runtime's files do not confirm. */
static void unconfirmed(const char *id)
{
	__u64 record[CORE_RECORD];
	size_t len = strlen(id) + 1;
	struct event_container *container =
		core_make_plain(record, EVENT_CONTAINER, core.now_ns, sizeof(*container) + len);

	container->header.pid = miner.pid;
	container->header.start_ns = miner.start_ns;
	container->header.cgroup_id = miner.cgroup_id;
	container->lengths[CONTAINER_TEXT_ID] = (__u16)len;
	memcpy(container + 1, id, len);
	assert_int_equal(core_feed(&core, record, sizeof(*container) + len), 0);
}

enum answer { NONE, CONFIRMED, HINT, BEFORE_EVIDENCE };

static const struct {
	const char *path;
	enum answer answer;
	unsigned asked;
	const char *container;
} rows[] = {
	{"/tools/one", CONFIRMED, 1, "one"},
	{"/tools/one/inner", CONFIRMED, 1, "one"},
	{"/tools/one", NONE, 1, ""},
	{"/tools/one", HINT, 1, ""}, /* a forger's shim: the examiner confirms nothing */
	{"/tools/one", BEFORE_EVIDENCE, 1, ""}, /* nobody had asked */
	{"/", CONFIRMED, 0, ""},
	{"/a.slice", CONFIRMED, 0, ""},
	{"/user.slice/user-0.slice/session-3.scope", CONFIRMED, 0, ""},
	{"/kubepods/burstable", CONFIRMED, 0, ""},
};

static void only_what_was_asked_and_confirmed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		core_close(&core);
		core_open(&core);
		core_cgroup(&core, 9, rows[i].path);
		if (rows[i].answer == BEFORE_EVIDENCE)
			core_container(&core, &miner, 9, "one");
		core_task(&core, &miner, 0); /* a pass alone asks nothing */
		assert_int_equal(core.asked_containers, 0);
		core_exec(&core, &miner, &core_miner);
		assert_int_equal(core.asked_containers, rows[i].asked);
		if (rows[i].answer == NONE)
			core_container(&core, &miner, 9, NULL);
		else if (rows[i].answer == CONFIRMED)
			core_container(&core, &miner, 9, "one");
		else if (rows[i].answer == HINT)
			unconfirmed("one");
		core.now_ns += SECONDS(2);
		core_tick(&core, false);
		assert_string_equal(core_actions(&core, 0), "o");
		if (strcmp(core_last(&core)->container, rows[i].container) != 0)
			print_message("%s\n", rows[i].path);
		assert_string_equal(core_last(&core)->container, rows[i].container);
		assert_int_equal(core_last(&core)->verified, rows[i].container[0] != '\0');
		assert_int_equal(core_last(&core)->pending, rows[i].answer == BEFORE_EVIDENCE);
		/* whoever is told that there is none is not kept waiting */
		if (rows[i].answer != BEFORE_EVIDENCE)
			assert_int_equal(core_last(&core)->time_ns, AT);
	}
}

/* The alert goes out without its answer: when it comes, it is still the same incident. */
static void a_late_answer_completes_the_alert(void **state)
{
	(void)state;
	core_cgroup(&core, 9, "/tools/one");
	core_exec(&core, &first, &core_shell);
	core_exec(&core, &miner, &core_miner);
	core.now_ns += SECONDS(2);
	core_tick(&core, false);
	core_container(&core, &miner, 9, "one");
	assert_string_equal(core_actions(&core, 0), "ou");
	assert_int_equal(core.alerts[0].pending, 1);
	assert_memory_equal(core.alerts[0].id, core.alerts[1].id, 8);
	assert_string_equal(core.alerts[1].container, "one");
	/* it knows its first process, though that was seen before the container was known */
	assert_string_equal(core.alerts[1].entered, "exec");
	core_exit(&core, &miner, 0);
	core.now_ns += SECONDS(3);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oue");
	assert_string_equal(core_last(&core)->container, "one");
}

/* A runtime starts it by a process that forks the one that stays, and ends. */
static void started_by_one_that_has_ended(void **state)
{
	struct core_process child = miner;

	(void)state;
	child.ppid = first.pid;
	child.parent_start_ns = first.start_ns;
	core_cgroup(&core, 9, "/tools/one");
	core_exec(&core, &first, &core_shell);
	core_fork(&core, &child);
	core_exit(&core, &first, 0);
	core_exec(&core, &child, &core_miner);
	core_container(&core, &child, 9, "one");
	assert_string_equal(core_actions(&core, 0), "o");
	assert_string_equal(core_last(&core)->entered, "start");
}

static void it_stays_one(void **state)
{
	(void)state;
	core_cgroup(&core, 9, "/tools/one");
	core_exec(&core, &miner, &core_miner);
	core_container(&core, &miner, 9, "one");
	cgroup_event(EVENT_CGROUP_ATTACH, &first, 9, "/tools/one");
	cgroup_event(EVENT_CGROUP_RENAME, NULL, 9, "/tools/two");
	cgroup_event(EVENT_CGROUP_RENAME, NULL, 9,
		"/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	core_exit(&core, &miner, 0);
	core.now_ns += SECONDS(3);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oe");
	assert_string_equal(core_last(&core)->container, "one");
	assert_int_equal(core.asked_containers, 1);
	/* a cgroup made anew under its number is another */
	cgroup_event(EVENT_CGROUP_RELEASE, NULL, 9, "/tools/two");
	cgroup_event(EVENT_CGROUP_MKDIR, NULL, 9, "/tools/two");
	core_exec(&core, &first, &core_miner);
	core_container(&core, &first, 9, NULL);
	assert_string_equal(core_actions(&core, 2), "o");
	assert_string_equal(core_last(&core)->container, "");
}

/* containerd's namespaces may each have a container called one. */
static void the_same_name_elsewhere_is_another(void **state)
{
	static const struct core_process others[] = {
		{.pid = 400, .start_ns = 8, .session = 400, .cgroup_id = 10},
		{.pid = 401, .start_ns = 8, .session = 401, .cgroup_id = 11},
	};

	(void)state;
	core_cgroup(&core, 9, "/tools/one");
	core_cgroup(&core, 10, "/tools/one/inner/one");
	core_cgroup(&core, 11, "/other/one");
	core_exec(&core, &miner, &core_miner);
	core_container(&core, &miner, 9, "one");
	core_exec(&core, &others[0], &core_miner);
	core_container(&core, &others[0], 10, "one");
	assert_string_equal(core_actions(&core, 0), "o"); /* it adds up */
	core_exec(&core, &others[1], &core_miner);
	core_container(&core, &others[1], 11, "one");
	assert_string_equal(core_actions(&core, 0), "oo");
	assert_memory_not_equal(core.alerts[0].id, core.alerts[1].id, 8);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SCOPE "docker-" ID ".scope"

static const struct core_process real = {
	.pid = 300, .start_ns = AT - 2, .ppid = 1, .session = 300, .cgroup_id = 10};
static const struct core_process forger = {
	.pid = 400, .start_ns = AT - 1, .ppid = 1, .session = 400, .cgroup_id = 20};

/* A user's own cgroup, called like a container whose runtime has confirmed it. */
static void a_borrowed_id_confirms_nothing(void **state)
{
	(void)state;
	core_cgroup(&core, 10, "/system.slice/" SCOPE);
	core_exec(&core, &real, &core_shell);
	core_task(&core, &real, 0);
	core_container(&core, &real, 10, ID);
	assert_int_equal(core.asked_containers, 1);
	core_cgroup(&core, 20, "/user.slice/user-1000.slice/user@1000.service/" SCOPE);
	core_exec(&core, &forger, &core_miner);
	assert_int_equal(core.asked_containers, 2);
	core.now_ns += SECONDS(2);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->pid, forger.pid);
	assert_false(core_last(&core)->verified);
}

/* Nor does it spend the questions about the real one, or lend it its evidence. */
static void a_borrowed_id_takes_no_question(void **state)
{
	unsigned spent;

	(void)state;
	core_cgroup(&core, 20, "/user.slice/user-1000.slice/user@1000.service/" SCOPE);
	for (unsigned i = 0; i < 8; i++) {
		core_exec(&core, &forger, &core_miner);
		core.now_ns += SECONDS(2);
	}
	spent = core.asked_containers;
	core_cgroup(&core, 10, "/system.slice/" SCOPE);
	core_cgroup(&core, 11, "/system.slice/" SCOPE "/init");
	core_exec(&core, &real, &core_miner);
	assert_int_equal(core.asked_containers, spent + 1);
	core_container(&core, &real, 10, ID);
	assert_int_equal(core_last(&core)->pid, real.pid);
	assert_true(core_last(&core)->verified);
	assert_memory_not_equal(core.alerts[0].id, core_last(&core)->id, 8);
}

#define CORE_TEST(name) cmocka_unit_test_setup_teardown(name, open_core, close_core)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CORE_TEST(only_what_was_asked_and_confirmed),
		CORE_TEST(a_late_answer_completes_the_alert),
		CORE_TEST(started_by_one_that_has_ended),
		CORE_TEST(it_stays_one),
		CORE_TEST(the_same_name_elsewhere_is_another),
		CORE_TEST(a_borrowed_id_confirms_nothing),
		CORE_TEST(a_borrowed_id_takes_no_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

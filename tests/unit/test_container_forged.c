/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that real processes which play a container's shim confirm nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container_fixture.h"
#include "decode.h"
#include "examiner/examine_container.h"
#include "examiner/proc_read.h"
#include "util/mountinfo.h"
#include "util/span.h"

#define SHIM "containerd-shim-runc-v2"
#define NOBODY 65534
#define PATH FIXTURE_POD "/" FIXTURE_ID

/* Runs in the forger, as the program SHIM: a child, of which it tells the pid, that waits. */
static int play_shim(void)
{
	pid_t child;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (geteuid() == 0 && unshare(CLONE_NEWPID) < 0)
		return 1;
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (child < 0 || write(STDOUT_FILENO, &child, sizeof(child)) != sizeof(child))
		return 1;
	for (;;)
		pause();
}

static void start_forger(
	const struct container_fixture *fixture, uid_t uid, pid_t *ret_forger, pid_t *ret_child)
{
	char id[] = "-id", sandbox[] = FIXTURE_SANDBOX, option[] = "-namespace", space[] = "k8s.io";
	char program[] = SHIM, *argv[] = {program, option, space, id, sandbox, NULL};
	int fds[2], self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	*ret_forger = fork();
	assert_true(*ret_forger >= 0);
	if (*ret_forger == 0) {
		dup2(fds[1], STDOUT_FILENO);
		if (chdir(fixture_file(fixture, FIXTURE_TASKS "/k8s.io/" FIXTURE_SANDBOX)) < 0 ||
			setresuid(uid, uid, uid) < 0)
			_exit(1);
		fexecve(self, argv, environ);
		_exit(1);
	}
	close(fds[1]);
	close(self);
	assert_int_equal(read(fds[0], ret_child, sizeof(*ret_child)), sizeof(*ret_child));
	close(fds[0]);
}

static uint64_t start_of(pid_t pid)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int dir = proc_open(proc, (uint32_t)pid);
	struct proc_stat stat;

	assert_true(dir >= 0 && proc_read_stat(dir, &stat));
	close(dir);
	close(proc);
	return stat.start_ticks;
}

/* The mount point of a cgroup hierarchy; false: this host has none. */
static bool find_hierarchy(char *ret_point, size_t size)
{
	static char text[MOUNTINFO_MAX];
	struct mountinfo mountinfo = {.rest = {text, 0}};
	struct mountinfo_mount mount;
	int proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	mountinfo.rest.len = (size_t)proc_read_text(proc, "mountinfo", text, sizeof(text));
	close(proc);
	while (mountinfo_next(&mountinfo, &mount))
		if (span_starts(mount.fstype, "cgroup") && span_equal(mount.root, span_of("/")))
			return mountinfo_text(mount.point, ret_point, size) == 0;
	return false;
}

/* Where the forger's options.json sends us; a state that fits in all, but nothing confirms. */
static void write_state(const struct container_fixture *fixture, pid_t child, const char *hierarchy)
{
	char text[2048];

	snprintf(text, sizeof(text), "{'root':'%s/state'}", fixture->dir);
	fixture_write(fixture, FIXTURE_CRI_BUNDLE "/options.json", text);
	snprintf(text, sizeof(text),
		"{'id':'%s','init_process_pid':%d,'init_process_start':%llu,"
		"'cgroup_paths':{'':'%s%s'},'config':{'labels':['bundle=%s/%s']}}",
		FIXTURE_ID, child, (unsigned long long)start_of(child), hierarchy, PATH,
		fixture->dir, FIXTURE_CRI_BUNDLE);
	fixture_write(fixture, "state/k8s.io/" FIXTURE_ID "/state.json", text);
}

static void examine(pid_t pid, __u64 *record, struct event *ret_event)
{
	struct examine_job job = {.kind = EXAMINE_CONTAINER, .path = PATH};
	size_t len;

	job.path_len = sizeof(PATH);
	job.process.pid = (uint32_t)pid;
	job.process.start_ns = start_of(pid) * (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK));
	len = examine_container(&job, record);
	assert_int_equal(event_decode(record, len, ret_event), 0);
	assert_int_equal(ret_event->container_text[CONTAINER_TEXT_ID].len, strlen(FIXTURE_ID));
}

static void test_uid(uid_t uid)
{
	static __u64 record[EVENT_RECORD_MAX / 8];
	struct container_fixture fixture;
	pid_t forger, child;
	char hierarchy[256];
	struct event event;

	if (!find_hierarchy(hierarchy, sizeof(hierarchy)))
		skip();
	fixture_make(&fixture, FIXTURE_CRI);
	assert_int_equal(chmod(fixture.dir, 0755), 0);
	start_forger(&fixture, uid, &forger, &child);
	examine(child, record, &event);
	assert_int_equal(event.container->flags, 0);
	assert_int_equal(event.container_text[CONTAINER_TEXT_POD].len, 0);
	/*
	 * With a state it would be right, if it is root's. So it was the state that was missing:
	 * nothing else was wrong.
	 */
	write_state(&fixture, child, hierarchy);
	examine(child, record, &event);
	if (uid == 0) {
		assert_true(event.container->flags & CONTAINER_VERIFIED);
		assert_int_equal(event.container_text[CONTAINER_TEXT_POD].len, strlen("web-0"));
	} else {
		assert_int_equal(event.container->flags, 0);
	}
	kill(forger, SIGKILL);
	waitpid(forger, NULL, 0);
	fixture_remove(&fixture);
}

static void test_root(void **state)
{
	(void)state;
	test_uid(0);
}

static void test_user(void **state)
{
	(void)state;
	test_uid(NOBODY);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_user),
	};

	if (argc > 1 && strcmp(argv[0], SHIM) == 0)
		return play_shim();
	if (geteuid() != 0) {
		print_message("ok 1 # skip only root can be the host's root\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

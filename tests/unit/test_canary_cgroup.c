/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the canary's cgroup in a plain directory: its life, and what is removed that was left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sources/canary.h"
#include "sources/canary_cgroup.h"

static char mount[] = "/tmp/canary-cgroup-XXXXXX", path[CANARY_CGROUP_MAX];

static int set_up(void **state)
{
	(void)state;
	strcpy(mount + sizeof(mount) - 7, "XXXXXX");
	return mkdtemp(mount) ? 0 : -1;
}

/* Fails when anything is left in it. */
static int tear_down(void **state)
{
	(void)state;
	return rmdir(mount);
}

static bool there(const char *name)
{
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", mount, name);
	return stat(path, &st) == 0;
}

static void its_life(void **state)
{
	struct stat st;

	(void)state;
	assert_true(canary_cgroup_make(mount, path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(canary_cgroup_end(path), 0);
	assert_int_equal(stat(path, &st), -1);
	assert_false(canary_cgroup_make("", path));
	assert_false(canary_cgroup_make("/proc/no/such/mount", path));
	assert_string_equal(path, "");
}

/* What cannot be triggered is said: no hook is taken for dead by it. */
static void somebody_is_in_it(void **state)
{
	char inside[CANARY_CGROUP_MAX + 16], name[64];

	(void)state;
	snprintf(name, sizeof(name), "minerwatch-canary-%d-again", (int)getpid());
	assert_true(canary_cgroup_make(mount, path));
	snprintf(inside, sizeof(inside), "%s/inside", path);
	assert_int_equal(mkdir(inside, 0700), 0);
	assert_false(canary_cgroup_make(mount, path)); /* no second one */
	snprintf(path, sizeof(path), "%s/minerwatch-canary-%d", mount, (int)getpid());
	assert_int_equal(canary_cgroup_end(path), LINK_BIT(LINK_RELEASE));
	assert_true(there(name));
	snprintf(inside, sizeof(inside), "%s/inside", path);
	assert_int_equal(rmdir(inside), 0);
	assert_int_equal(rmdir(path), 0);
}

/* As SIGKILL leaves it. */
static void left_by_one_that_was_killed(void **state)
{
	char name[64];
	int status;
	pid_t player;

	(void)state;
	player = fork();
	if (player == 0)
		_exit(!canary_cgroup_make(mount, path));
	assert_int_equal(waitpid(player, &status, 0), player);
	assert_int_equal(status, 0);
	snprintf(name, sizeof(name), "minerwatch-canary-%d", (int)player);
	assert_true(there(name));
	canary_cgroup_sweep(mount);
	assert_false(there(name));
}

static void swept(void **state)
{
	static const struct {
		const char *name; /* %d: the number of the row's process */
		enum { NOBODY, OURSELVES, PARENT } pid;
		bool kept;
	} rows[] = {
		{"minerwatch-canary-%d", NOBODY, false},
		{"minerwatch-canary-%d-again", NOBODY, false},
		{"minerwatch-canary-%d", OURSELVES, false},
		{"minerwatch-canary-%d", PARENT, true}, /* another sensor's */
		{"minerwatch-canary-%d-again", PARENT, true},
		{"minerwatch-canary-", NOBODY, true},
		{"minerwatch-canary-0%d", NOBODY, true},
		{"minerwatch-canary--%d", NOBODY, true},
		{"minerwatch-canary-+%d", NOBODY, true},
		{"minerwatch-canary-%dx", NOBODY, true},
		{"minerwatch-canary-%d-agains", NOBODY, true},
		{"minerwatch-canary-99999999999999999999%d", NOBODY, true},
		{"my-minerwatch-canary-%d", NOBODY, true},
		{"minerwatch", NOBODY, true},
	};
	pid_t nobody = fork(); /* a number that was given, and is free again */

	(void)state;
	if (nobody == 0)
		_exit(0);
	assert_int_equal(waitpid(nobody, NULL, 0), nobody);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const pid_t pids[] = {nobody, getpid(), getppid()};
		char name[128];

		snprintf(name, sizeof(name), rows[i].name, (int)pids[rows[i].pid]);
		print_message("%s\n", rows[i].name);
		assert_false(there(name));
		assert_int_equal(mkdir(path, 0700), 0);
		canary_cgroup_sweep(mount);
		assert_int_equal(there(name), rows[i].kept);
		if (rows[i].kept)
			assert_int_equal(rmdir(path), 0);
	}
}

/* Neither what is no directory, nor what something is in. */
static void in_use_is_kept(void **state)
{
	char file[64], busy[64], inside[80];
	pid_t nobody = fork();
	int fd;

	(void)state;
	if (nobody == 0)
		_exit(0);
	assert_int_equal(waitpid(nobody, NULL, 0), nobody);
	snprintf(file, sizeof(file), "%s/minerwatch-canary-%d", mount, (int)nobody);
	snprintf(busy, sizeof(busy), "%s/minerwatch-canary-%d-again", mount, (int)nobody);
	snprintf(inside, sizeof(inside), "%s/inside", busy);
	fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(mkdir(busy, 0700), 0);
	assert_int_equal(mkdir(inside, 0700), 0);
	canary_cgroup_sweep(mount);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(inside), 0);
	assert_int_equal(rmdir(busy), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(its_life, set_up, tear_down),
		cmocka_unit_test_setup_teardown(somebody_is_in_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(left_by_one_that_was_killed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(swept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(in_use_is_kept, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

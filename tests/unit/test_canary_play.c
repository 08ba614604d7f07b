/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what can be played here, and that what cannot be is said; this program plays itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sources/canary_play.h"

#define ADDRESS 0x7f123455u /* 127.18.52.85 */
#define CGROUP                                                                   \
	(LINK_BIT(LINK_MKDIR) | LINK_BIT(LINK_RELEASE) | LINK_BIT(LINK_RENAME) | \
		LINK_BIT(LINK_ATTACH))
#define NETWORK                                                                                 \
	(LINK_BIT(LINK_TCP) | LINK_BIT(LINK_UDP4) | LINK_BIT(LINK_UDP6) | LINK_BIT(LINK_SENT) | \
		LINK_BIT(LINK_RECEIVED) | LINK_BIT(LINK_MARK4) | LINK_BIT(LINK_MARK6))

static void without_cgroups(void **state)
{
	(void)state;
	assert_int_equal(canary_play(ADDRESS, ""), CGROUP);
	assert_int_equal(canary_play(ADDRESS, "/proc/no/such/mount"), CGROUP);
}

/* A directory that is no cgroup: all but the way into it. */
static void in_a_plain_directory(void **state)
{
	char directory[] = "/tmp/canary-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(canary_play(ADDRESS, directory), LINK_BIT(LINK_ATTACH));
	assert_int_equal(rmdir(directory), 0); /* nothing was left in it */
}

/* What one that was killed has left is used and removed. */
static void left_by_another(void **state)
{
	char directory[] = "/tmp/canary-XXXXXX", left[64];

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(left, sizeof(left), "%s/minerwatch-canary-%d", directory, (int)getpid());
	assert_int_equal(mkdir(left, 0700), 0);
	assert_int_equal(canary_play(ADDRESS, directory), LINK_BIT(LINK_ATTACH));
	assert_int_equal(rmdir(directory), 0);
}

/* A network of its own whose loopback is down. Its own process: a namespace is entered for good. */
static void without_loopback(void **state)
{
	int status = 0;
	pid_t child;

	(void)state;
	if (geteuid() != 0)
		skip();
	child = fork();
	if (child == 0)
		_exit(unshare(CLONE_NEWNET) == 0 &&
					canary_play(ADDRESS, "") == (CGROUP | NETWORK) &&
					canary_socket_open() < 0
				? 0
				: 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* One that is stopped, so that its alarm does nothing, is ended all the same. */
static void given_up(void **state)
{
	struct canary_player player;

	(void)state;
	assert_int_equal(canary_play_start(&player, ADDRESS, ""), 0);
	kill(player.pid, SIGSTOP);
	canary_play_stop(&player);
	assert_int_equal(player.pid, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

static void nobody_else_is_the_played_process(void **state)
{
	char *const ours[] = {"minerwatch", "canary", "2130706433", "", NULL};
	char *const elsewhere[] = {"minerwatch", "canary", "3221225985", "", NULL};
	char *const command[] = {"minerwatch", "run", "2130706433", "", NULL};

	(void)state;
	assert_int_equal(canary_child(3, ours), -1);
	assert_int_equal(canary_child(4, elsewhere), -1); /* 192.0.2.1 */
	assert_int_equal(canary_child(4, command), -1);
}

/* Of one round, by the kernel's own count: what a sensor spends every 10 s. */
static void cost(void **state)
{
	enum { ROUNDS = 20, MOST_US = 200000 }; /* of 10 s: 2 % of a CPU */
	struct rusage before, after;
	long us;

	(void)state;
	getrusage(RUSAGE_CHILDREN, &before);
	for (unsigned i = 0; i < ROUNDS; i++)
		canary_play(ADDRESS, "");
	getrusage(RUSAGE_CHILDREN, &after);
	us = (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec -
		     before.ru_stime.tv_sec) *
		     1000000 +
	     after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec -
	     before.ru_stime.tv_usec;
	print_message("# %ld us of CPU a round\n", us / ROUNDS);
	assert_true(us / ROUNDS < MOST_US);
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_cgroups),
		cmocka_unit_test(in_a_plain_directory),
		cmocka_unit_test(left_by_another),
		cmocka_unit_test(without_loopback),
		cmocka_unit_test(given_up),
		cmocka_unit_test(nobody_else_is_the_played_process),
		cmocka_unit_test(cost),
	};
	int played = canary_child(argc, argv);

	if (played >= 0)
		return played;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

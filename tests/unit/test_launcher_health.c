/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the supervisor is told, and how the launcher answers who asks for canaries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher_health.h"

#define ADDRESS 0x7f123455u

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int supervisor = -1, pair[2] = {-1, -1};

/* In the abstract name space, or as a file. */
static void listen_at(bool abstract)
{
	socklen_t len;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/tmp/launcher-health-%d",
		abstract ? "@" : "", (int)getpid());
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(address.sun_path));
	if (abstract)
		address.sun_path[0] = '\0';
	else
		unlink(address.sun_path);
	supervisor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(supervisor >= 0);
	assert_int_equal(bind(supervisor, (struct sockaddr *)&address, len), 0);
}

static void assert_told(const char *expected)
{
	char text[256];
	ssize_t len = recv(supervisor, text, sizeof(text) - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	assert_string_equal(text, expected);
}

static void supervisor_is_told(void **state)
{
	struct launcher_message message = {.word = LAUNCHER_NOTIFY, .proven = 8, .hooks = 9};

	(void)state;
	for (int abstract = 0; abstract < 2; abstract++) {
		struct launcher_health health = {0};

		listen_at(abstract);
		launcher_health_open(&health);
		message.notice = NOTICE_READY;
		launcher_health_notify(&health, &message);
		assert_told("READY=1\nSTATUS=8 of 9 hooks proven\n");
		message.notice = NOTICE_WATCHDOG;
		launcher_health_notify(&health, &message);
		assert_told("WATCHDOG=1\nSTATUS=8 of 9 hooks proven\n");
		message.notice = 0;
		launcher_health_notify(&health, &message);
		assert_told("STATUS=8 of 9 hooks proven\n");
		launcher_health_close(&health);
		assert_told("STOPPING=1\n");
		assert_told("");
		/* One that does not listen any more, and one that does not read, stop nobody. */
		launcher_health_open(&health);
		for (unsigned i = 0; i < 2000; i++)
			launcher_health_notify(&health, &message);
		close(supervisor);
		launcher_health_notify(&health, &message);
		launcher_health_close(&health);
		if (!abstract)
			unlink(address.sun_path);
	}
}

static void no_supervisor(void **state)
{
	char longest[sizeof(address.sun_path) + 1] = "/";
	const char *const paths[] = {"", "relative/path", longest};
	struct launcher_health health = {0};

	(void)state;
	memset(longest + 1, 'x', sizeof(longest) - 2);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		setenv("NOTIFY_SOCKET", paths[i], 1);
		launcher_health_open(&health);
		assert_int_equal(health.notify, -1);
		launcher_health_close(&health);
	}
	unsetenv("NOTIFY_SOCKET");
	launcher_health_open(&health);
	assert_int_equal(health.notify, -1);
}

static struct launcher_message answered(void)
{
	struct launcher_message message = {0};

	assert_int_equal(recv(pair[0], &message, sizeof(message), MSG_DONTWAIT), sizeof(message));
	assert_int_equal(message.word, LAUNCHER_CANARY);
	return message;
}

/* In place of a played process that hangs. */
static pid_t hanging(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void canaries(void **state)
{
	struct launcher_message request = {.word = LAUNCHER_CANARY, .address = ADDRESS, .round = 6};
	struct launcher_health health = {.notify = -1, .round = 5, .player = {.pid = hanging()}};
	struct launcher_message answer;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	/* While one is played another is not: all is untried, at once, and what hangs is ended. */
	launcher_health_play(&health, pair[1], &request);
	answer = answered();
	assert_int_equal(answer.round, 6);
	assert_int_equal(answer.untried, CANARY_PLAYED_LINKS);
	pid = waitpid(-1, &status, 0);
	assert_true(WIFSIGNALED(status));
	launcher_health_ended(&health, pair[1], pid + 1, status); /* somebody else */
	assert_int_equal(recv(pair[0], &answer, sizeof(answer), MSG_DONTWAIT), -1);
	launcher_health_ended(&health, pair[1], pid, status);
	answer = answered();
	assert_int_equal(answer.round, 5);
	assert_int_equal(answer.untried & LINK_BIT(LINK_EXEC), LINK_BIT(LINK_EXEC));
	assert_int_equal(answer.untried & LINK_BIT(LINK_FORK), 0);
	request.round = 7;
	launcher_health_play(&health, pair[1], &request);
	pid = waitpid(-1, &status, 0);
	launcher_health_ended(&health, pair[1], pid, status);
	answer = answered();
	assert_int_equal(answer.round, 7);
	assert_int_equal(answer.untried & LINK_BIT(LINK_EXEC), 0);
	assert_int_equal(answer.untried & LINK_BIT(LINK_MKDIR), LINK_BIT(LINK_MKDIR));
	/* One that is being played when we end. */
	launcher_health_play(&health, pair[1], &request);
	launcher_health_close(&health);
	assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
}

/* Where, is known before anybody asks for canaries; who asks has no say in it. */
static void place_of_canaries(void **state)
{
	struct launcher_message request = {.word = LAUNCHER_CANARY, .address = ADDRESS};
	char directory[] = "/tmp/launcher-health-XXXXXX";
	struct cgroup_hierarchy hierarchy = {0};
	struct launcher_health health = {0};
	int status;
	pid_t pid;

	(void)state;
	cgroup_hierarchy_find(&hierarchy);
	launcher_health_open(&health);
	assert_string_equal(health.cgroup_mount, hierarchy.mount);
	assert_non_null(mkdtemp(directory)); /* no cgroup, but one is made there as in one */
	memcpy(health.cgroup_mount, directory, sizeof(directory));
	launcher_health_play(&health, pair[1], &request);
	pid = waitpid(-1, &status, 0);
	launcher_health_ended(&health, pair[1], pid, status);
	assert_int_equal(answered().untried, LINK_BIT(LINK_ATTACH));
	assert_int_equal(rmdir(directory), 0);
	launcher_health_close(&health);
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(supervisor_is_told),
		cmocka_unit_test(no_supervisor),
		cmocka_unit_test(canaries),
		cmocka_unit_test(place_of_canaries),
	};
	int played = canary_child(argc, argv);

	if (played >= 0)
		return played;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests asking at the status socket: what counts as an answer, from whom, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core_fixture.h"
#include "socket_fixture.h"
#include "status_socket.h"

/* Answers the next who asks with these bytes, or not at all, in a process of its own. */
static pid_t answer_once(int fd, const char *bytes)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	pid_t pid = fork();
	int peer;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a check that fails leaves nothing running */
	if (poll(&ready, 1, 20000) != 1 || status_socket_accept(fd, &peer) < 0)
		_exit(1);
	if (!bytes)
		pause();
	if (send(peer, bytes, strlen(bytes), MSG_NOSIGNAL) < 0)
		_exit(1);
	_exit(0);
}

static void asks(void **state)
{
	static const struct {
		const char *answer; /* NULL: none */
		int wait_ms, result;
	} rows[] = {
		{"{}\n", 20000, 3},
		{"{}", 20000, -EPROTO}, /* not to its end */
		{"", 20000, -EPROTO},
		{"12345678901234567890", 20000, -EPROTO}, /* longer than there is room */
		{"123456789012345\n", 20000, 16},
		{NULL, 100, -ETIME},
	};
	struct place *place = *state;
	char line[16];
	int fd;

	assert_int_equal(status_socket_ask(place->path, 100, line, sizeof(line)), -ENOENT);
	assert_int_equal(status_socket_open(place->path, &fd), 0);
	/* Taken by the kernel, answered by nobody. */
	assert_int_equal(status_socket_ask(place->path, 100, line, sizeof(line)), -ETIME);
	assert_int_equal(status_socket_accept(fd, &(int){0}), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		pid_t pid = answer_once(fd, rows[i].answer);
		int got = status_socket_ask(place->path, rows[i].wait_ms, line, sizeof(line));

		if (got != rows[i].result)
			fail_msg("%s: %d", rows[i].answer, got);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
	status_socket_close(place->path, fd);
}

/* A queue that is full must not hold up who asks for longer than it wants to wait. */
static void full_queue(void **state)
{
	struct place *place = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int waiting[32], count = 0, fd;
	char line[16];

	assert_int_equal(status_socket_open(place->path, &fd), 0);
	strcpy(address.sun_path, place->path);
	for (; count < (int)COUNT(waiting); count++) {
		waiting[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (connect(waiting[count], (struct sockaddr *)&address, sizeof(address)) < 0)
			break;
	}
	assert_true(count < (int)COUNT(waiting));
	assert_int_equal(status_socket_ask(place->path, 100, line, sizeof(line)), -ETIME);
	for (; count >= 0; count--)
		close(waiting[count]);
	status_socket_close(place->path, fd);
}

static void strangers_are_not_believed(void **state)
{
	struct place *place = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int pipe[2], fd;
	char line[16], byte = 0;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	assert_int_equal(pipe2(pipe, O_CLOEXEC), 0);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strcpy(address.sun_path, place->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	pid = fork();
	if (pid == 0) {
		/* What a client sees are the credentials of who called listen(2). */
		if (setresuid(65534, 65534, 65534) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
			listen(fd, 8) < 0 || write(pipe[1], &byte, 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(pipe[0], &byte, 1), 1);
	assert_int_equal(status_socket_ask(place->path, 100, line, sizeof(line)), -EPERM);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(pipe[0]);
	close(pipe[1]);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(asks),
		WITH_PLACE(full_queue),
		WITH_PLACE(strangers_are_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

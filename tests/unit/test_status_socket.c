/* SPDX-License-Identifier: Apache-2.0 */
/* Tests who may make the status socket, hear those who ask there, and ask. */
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core_fixture.h"
#include "options.h"
#include "status_socket.h"

struct place {
	char directory[32];
	char path[64];
};

static int place_make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return -1;
	strcpy(place->directory, "/tmp/test_status-XXXXXX");
	if (!mkdtemp(place->directory))
		return -1;
	snprintf(place->path, sizeof(place->path), "%s/s.sock", place->directory);
	*state = place;
	return 0;
}

/* rmdir: nothing else may be left. */
static int place_remove(void **state)
{
	struct place *place = *state;
	int err;

	unlink(place->path);
	err = rmdir(place->directory);
	free(place);
	return err;
}

static void opens_and_closes(void **state)
{
	struct place *place = *state;
	struct stat stat;
	int fd;

	assert_int_equal(status_socket_open(place->path, &fd), 0);
	assert_int_equal(lstat(place->path, &stat), 0);
	assert_true(S_ISSOCK(stat.st_mode));
	assert_int_equal(stat.st_mode & 07777, 0600);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	/* Nobody asks: this must not wait. */
	assert_int_equal(status_socket_accept(fd, &fd), -EAGAIN);
	status_socket_close(place->path, fd);
	assert_int_equal(lstat(place->path, &stat), -1);
}

static void makes_its_directory(void **state)
{
	struct place *place = *state;
	char directory[64], path[72];
	struct stat stat;
	int fd;

	snprintf(directory, sizeof(directory), "%s/new", place->directory);
	snprintf(path, sizeof(path), "%s/s", directory);
	assert_int_equal(status_socket_open(path, &fd), 0);
	assert_int_equal(lstat(directory, &stat), 0);
	assert_int_equal(stat.st_mode & 07777, 0700);
	status_socket_close(path, fd);
	assert_int_equal(rmdir(directory), 0);
	snprintf(path, sizeof(path), "%s/new/s", directory); /* two are missing */
	assert_int_equal(status_socket_open(path, &fd), -ENOENT);
}

static void living_one_stays(void **state)
{
	struct place *place = *state;
	struct stat before, after;
	int fd, other;

	assert_int_equal(status_socket_open(place->path, &fd), 0);
	assert_int_equal(lstat(place->path, &before), 0);
	/* Also when so many wait there that it takes nobody any more. */
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(status_socket_open(place->path, &other), -EADDRINUSE);
		assert_int_equal(lstat(place->path, &after), 0);
		assert_int_equal(before.st_ino, after.st_ino);
	}
	status_socket_close(place->path, fd);
}

static void dead_one_is_replaced(void **state)
{
	struct place *place = *state;
	int fd;

	assert_int_equal(status_socket_open(place->path, &fd), 0);
	close(fd); /* as SIGKILL leaves it */
	assert_int_equal(access(place->path, F_OK), 0);
	assert_int_equal(status_socket_open(place->path, &fd), 0);
	assert_int_equal(status_socket_accept(fd, &fd), -EAGAIN);
	status_socket_close(place->path, fd);
}

static void other_things_stay(void **state)
{
	struct place *place = *state;
	int fd = open(place->path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(status_socket_open(place->path, &fd), -EEXIST);
	assert_int_equal(unlink(place->path), 0);
	assert_int_equal(symlink("/nowhere", place->path), 0);
	assert_int_equal(status_socket_open(place->path, &fd), -EEXIST);
	assert_int_equal(access(place->directory, F_OK), 0);
}

static void directories(void **state)
{
	static const struct {
		mode_t mode;
		bool foreign;
		int result;
	} rows[] = {
		{0700, false, 0},
		{0755, false, 0},
		{0770, false, -EPERM},
		{0702, false, -EPERM},
		{01777, false, -EPERM},
		{0700, true, -EPERM},
	};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		uid_t owner = rows[i].foreign ? 65534 : geteuid();
		int fd, err;

		if (rows[i].foreign && geteuid() != 0)
			continue;
		assert_int_equal(chmod(place->directory, rows[i].mode), 0);
		assert_int_equal(chown(place->directory, owner, (gid_t)-1), 0);
		err = status_socket_open(place->path, &fd);
		if (err != rows[i].result)
			fail_msg("%o: %d", rows[i].mode, err);
		if (err == 0)
			status_socket_close(place->path, fd);
	}
}

static void names(void **state)
{
	struct place *place = *state;
	char path[STATUS_PATH_SIZE];
	int fd;

	assert_int_equal(status_socket_open("/s", &fd), -EINVAL);
	snprintf(path, sizeof(path), "%s/", place->directory);
	assert_int_equal(status_socket_open(path, &fd), -EINVAL);
	/* One that an address in /proc/self/fd has no room for must not be cut. */
	snprintf(path, sizeof(path), "%s/%070d", place->directory, 1);
	assert_int_equal(status_socket_open(path, &fd), -ENAMETOOLONG);
}

/* Answers the next who asks with these bytes, or not at all, in a process of its own. */
static pid_t answer_once(int fd, const char *bytes)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	pid_t pid = fork();
	int peer;

	if (pid != 0)
		return pid;
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

/* The errno nobody gets when asking; 0: an answer. */
static int nobody_asks(const char *path)
{
	pid_t pid = fork();
	int status, got;
	char line[16];

	if (pid == 0) {
		if (setresuid(65534, 65534, 65534) < 0)
			_exit(0);
		got = status_socket_ask(path, 100, line, sizeof(line));
		_exit(got < 0 ? -got : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void strangers_are_not_answered(void **state)
{
	struct place *place = *state;
	int fd, peer;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(place->directory, 0755), 0);
	assert_int_equal(status_socket_open(place->path, &fd), 0);
	assert_int_equal(nobody_asks(place->path), EACCES);
	assert_int_equal(chmod(place->path, 0666), 0);
	assert_int_equal(nobody_asks(place->path), ETIME);
	assert_int_equal(status_socket_accept(fd, &peer), -EACCES);
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
		if (setresuid(65534, 65534, 65534) < 0 || listen(fd, 8) < 0 ||
			write(pipe[1], &byte, 1) != 1)
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

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(opens_and_closes),
		WITH_PLACE(makes_its_directory),
		WITH_PLACE(living_one_stays),
		WITH_PLACE(dead_one_is_replaced),
		WITH_PLACE(other_things_stay),
		WITH_PLACE(directories),
		WITH_PLACE(names),
		WITH_PLACE(asks),
		WITH_PLACE(full_queue),
		WITH_PLACE(strangers_are_not_answered),
		WITH_PLACE(strangers_are_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

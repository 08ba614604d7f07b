/* SPDX-License-Identifier: Apache-2.0 */
/* Tests who may make the status socket, and who is heard there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core_fixture.h"
#include "options.h"
#include "socket_fixture.h"
#include "status_socket.h"

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

/* 1: it has the socket, until the test is over. */
static int claim_after(int start, const char *path)
{
	char byte;
	int fd;

	if (read(start, &byte, 1) < 0) /* ends when both may go */
		return 2;
	return status_socket_open(path, &fd) == 0;
}

/* Two that find a dead socket at the same time: one of them gets the name. */
static void one_of_two_wins(void **state)
{
	struct place *place = *state;

	for (unsigned round = 0; round < 499; round++) {
		int start[2], done[2], winners = 0, fd;
		char results[2];
		pid_t pids[2];

		assert_int_equal(status_socket_open(place->path, &fd), 0);
		close(fd);
		assert_int_equal(pipe2(start, O_CLOEXEC), 0);
		assert_int_equal(pipe2(done, O_CLOEXEC), 0);
		for (unsigned i = 0; i < 2; i++) {
			pids[i] = fork();
			if (pids[i] == 0) {
				close(start[1]);
				results[0] = (char)claim_after(start[0], place->path);
				if (write(done[1], results, 1) == 1)
					pause(); /* it lives on, so that the other can see it */
				_exit(0);
			}
		}
		close(start[1]);
		for (unsigned i = 0; i < 2; i++) {
			assert_int_equal(read(done[0], &results[i], 1), 1);
			winners += results[i];
		}
		for (unsigned i = 0; i < 2; i++) {
			kill(pids[i], SIGKILL);
			assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
		}
		close(start[0]);
		close(done[0]);
		close(done[1]);
		if (winners != 1)
			fail_msg("round %u: %d have it", round, winners);
	}
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

/* Whoever may write to the directory around may put there what he likes before the sensor does. */
static void in_a_directory_open_to_all(void **state)
{
	struct place *place = *state;
	char own[64], aside[64], path[72], victim[72];
	struct stat stat;
	int fd;

	snprintf(own, sizeof(own), "%s/own", place->directory);
	snprintf(aside, sizeof(aside), "%s/aside", place->directory);
	snprintf(path, sizeof(path), "%s/s", own);
	snprintf(victim, sizeof(victim), "%s/s", aside);
	assert_int_equal(chmod(place->directory, 0777), 0);
	assert_int_equal(status_socket_open(path, &fd), 0);
	assert_int_equal(lstat(own, &stat), 0);
	assert_int_equal(stat.st_mode & 07777, 0700);
	/* moved away, and a link to somewhere else in its place: that has to stay as it is */
	assert_int_equal(rename(own, aside), 0);
	assert_int_equal(symlink(aside, own), 0);
	status_socket_close(path, fd);
	assert_int_equal(lstat(victim, &stat), 0);
	assert_int_equal(status_socket_open(path, &fd), -EPERM);
	assert_int_equal(unlink(own), 0);
	assert_int_equal(close(creat(own, 0600)), 0);
	assert_int_equal(status_socket_open(path, &fd), -EPERM);
	assert_int_equal(unlink(own), 0);
	assert_int_equal(unlink(victim), 0);
	assert_int_equal(rename(aside, own), 0);
	assert_int_equal(chmod(own, 0777), 0);
	assert_int_equal(status_socket_open(path, &fd), -EPERM);
	if (geteuid() == 0) {
		assert_int_equal(chmod(own, 0700), 0);
		assert_int_equal(chown(own, 65534, 65534), 0);
		assert_int_equal(status_socket_open(path, &fd), -EPERM);
	}
	assert_int_equal(rmdir(own), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(opens_and_closes),
		WITH_PLACE(makes_its_directory),
		WITH_PLACE(living_one_stays),
		WITH_PLACE(dead_one_is_replaced),
		WITH_PLACE(one_of_two_wins),
		WITH_PLACE(other_things_stay),
		WITH_PLACE(directories),
		WITH_PLACE(in_a_directory_open_to_all),
		WITH_PLACE(names),
		WITH_PLACE(strangers_are_not_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

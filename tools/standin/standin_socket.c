/* SPDX-License-Identifier: Apache-2.0 */
/* How the talker comes by a connection that it did not ask for itself. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "standin_talk.h"

/* Tells the image that inherits which descriptor it is. */
#define SOCKET_VARIABLE "STANDIN_INHERITED"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

union rights {
	struct cmsghdr header; /* for its alignment */
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int hand_over(struct channel *channel, int to)
{
	union rights rights = {0};
	struct iovec word = {.iov_base = "x", .iov_len = 1};
	struct msghdr message = {.msg_iov = &word,
		.msg_iovlen = 1,
		.msg_control = &rights,
		.msg_controllen = sizeof(rights)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int err = channel_connect(channel);

	if (err)
		return err;
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &channel->fd, sizeof(int));
	return sendmsg(to, &message, 0) == 1 ? 0 : -errno;
}

static int take_over(struct channel *channel, int from)
{
	union rights rights;
	char byte;
	struct iovec word = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &word,
		.msg_iovlen = 1,
		.msg_control = &rights,
		.msg_controllen = sizeof(rights)};
	struct cmsghdr *header;

	if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != 1)
		return -EPIPE;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	memcpy(&channel->fd, CMSG_DATA(header), sizeof(int));
	return 0;
}

/* A helper connects, passes the socket and ends. */
static int open_passed(struct channel *channel, char **argv)
{
	int pair[2], err;
	pid_t helper;

	(void)argv;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	helper = fork();
	if (helper == 0)
		_exit(hand_over(channel, pair[1]) ? 1 : 0);
	close(pair[1]);
	err = helper < 0 ? -errno : take_over(channel, pair[0]);
	close(pair[0]);
	if (helper > 0)
		waitpid(helper, NULL, 0);
	return err;
}

/* The helper says the number of its descriptor and waits to be told that it was taken. */
static void offer(struct channel *channel, int pair)
{
	char taken;

	if (channel_connect(channel) || write(pair, &channel->fd, sizeof(int)) != sizeof(int))
		_exit(1);
	_exit(read(pair, &taken, 1) < 0);
}

/* The same without the helper's knowledge: its descriptor is taken by pidfd_getfd. */
static int open_taken(struct channel *channel, char **argv)
{
	int pair[2], number, pidfd = -1, err = 0;
	pid_t helper;

	(void)argv;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	helper = fork();
	if (helper == 0) {
		close(pair[0]); /* or its own copy would keep it from seeing the end */
		offer(channel, pair[1]);
	}
	close(pair[1]);
	if (helper < 0 || read(pair[0], &number, sizeof(number)) != sizeof(number)) {
		err = -ECHILD;
		goto out;
	}
	pidfd = syscall(SYS_pidfd_open, helper, 0);
	channel->fd = syscall(SYS_pidfd_getfd, pidfd, number, 0);
	if (channel->fd < 0)
		err = -errno;
out:
	close(pair[0]);
	if (pidfd >= 0)
		close(pidfd);
	if (helper > 0)
		waitpid(helper, NULL, 0);
	return err;
}

/* Connects, forks, and the child's new image talks; whoever connected ends. */
static int open_inherited(struct channel *channel, char **argv)
{
	const char *text = getenv(SOCKET_VARIABLE);
	char number[12];
	pid_t child;
	int err;

	if (text) {
		channel->fd = strtol(text, NULL, 10);
		return fcntl(channel->fd, F_SETFD, FD_CLOEXEC) ? -errno : 0;
	}
	err = channel_connect(channel);
	if (err)
		return err;
	child = fork();
	if (child < 0)
		return -errno;
	if (child > 0)
		_exit(0);
	snprintf(number, sizeof(number), "%d", channel->fd);
	if (!fcntl(channel->fd, F_SETFD, 0) && !setenv(SOCKET_VARIABLE, number, 1))
		execve("/proc/self/exe", argv, environ);
	return -errno;
}

/* The pool dials in: its address is the one we listen at. */
static int open_accepted(struct channel *channel, char **argv)
{
	int listener, err = 0;

	(void)argv;
	listener = socket(channel->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0)
		return -errno;
	if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) ||
		bind(listener, (const void *)&channel->address, channel->address_len) ||
		listen(listener, 1)) {
		err = -errno;
		goto out;
	}
	channel->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (channel->fd < 0)
		err = -errno;
out:
	close(listener);
	return err;
}

static const struct {
	const char *name;
	int (*open)(struct channel *channel, char **argv);
} origins[] = {
	{"passed", open_passed},
	{"taken", open_taken},
	{"inherited", open_inherited},
	{"accepted", open_accepted},
};

int channel_open(struct channel *channel, char **argv)
{
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++)
		if (strcmp(channel->options->socket, origins[i].name) == 0)
			return origins[i].open(channel, argv);
	return -EINVAL;
}

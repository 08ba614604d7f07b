// SPDX-License-Identifier: Apache-2.0
/* The sensor's side of a reload. */
#include "reload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rules.h"

int reload_ask(struct reload *reload, bool now, uint64_t now_ns)
{
	struct reload_request request = {.watch = reload->watch, .now = now};

	if (reload->directory)
		snprintf(request.directory, sizeof(request.directory), "%s", reload->directory);
	if (reload->fd < 0)
		return -EPIPE;
	if (send(reload->fd, &request, sizeof(request), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	if (now && !reload->asked_ns)
		reload->asked_ns = now_ns;
	return 0;
}

static int receive(int socket, struct reload_answer *ret_answer, int *ret_fd)
{
	struct iovec part = {.iov_base = ret_answer, .iov_len = sizeof(*ret_answer)};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} ancillary;
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = ancillary.bytes,
		.msg_controllen = sizeof(ancillary.bytes)};
	ssize_t len = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *header;

	if (len < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	if (len != sizeof(*ret_answer))
		return -EPIPE;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(ret_fd, CMSG_DATA(header), sizeof(*ret_fd));
	return 0;
}

int reload_take(struct reload *reload, struct rules **ret_rules, int *ret_fd)
{
	struct reload_answer answer;
	int fd = -1, err;

	if (reload->fd < 0)
		return -EPIPE;
	err = receive(reload->fd, &answer, &fd);
	if (err == -EPIPE) {
		close(reload->fd); /* an epoll set forgets it by itself */
		reload->fd = -1;
	}
	if (err)
		return err;
	if (answer.asked)
		reload->asked_ns = 0;
	if (answer.error || fd < 0 || rules_open(fd, stderr, ret_rules) < 0) {
		if (fd >= 0)
			close(fd);
		reload->refused++;
		return -EINVAL;
	}
	*ret_fd = fd;
	return 0;
}

bool reload_late(const struct reload *reload, uint64_t now_ns)
{
	return reload->fd < 0 ||
	       (reload->asked_ns && now_ns >= reload->asked_ns + RELOAD_WITHIN_NS);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of a unix socket, which may bring a descriptor along. */
#include "util/fd_message.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define AGAIN_NS 10000000
#define TRIES 100

union ancillary {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int fd_message_send(int socket, const void *bytes, size_t len, int fd, int flags)
{
	struct iovec part = {.iov_base = (void *)bytes, .iov_len = len};
	union ancillary ancillary = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (fd >= 0) {
		struct cmsghdr *header = &ancillary.align;

		message.msg_control = ancillary.bytes;
		message.msg_controllen = sizeof(ancillary.bytes);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	return sendmsg(socket, &message, flags | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static bool may_pass(int error)
{
	return error == ENOBUFS || error == ENOMEM || error == EINTR;
}

int packet_send(int socket, const void *bytes, size_t len)
{
	const struct timespec pause = {.tv_nsec = AGAIN_NS};

	for (unsigned tries = 1; send(socket, bytes, len, MSG_NOSIGNAL) < 0; tries++) {
		if (!may_pass(errno) || tries == TRIES)
			return -errno;
		nanosleep(&pause, NULL);
	}
	return 0;
}

ssize_t fd_message_receive(int socket, void *bytes, size_t size, int flags, int *ret_fd)
{
	struct iovec part = {.iov_base = bytes, .iov_len = size};
	union ancillary ancillary;
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = ancillary.bytes,
		.msg_controllen = sizeof(ancillary.bytes)};
	ssize_t len = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
	struct cmsghdr *header;

	if (len < 0)
		return -errno;
	*ret_fd = -1;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(ret_fd, CMSG_DATA(header), sizeof(*ret_fd));
	return len;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A socket at whose other end somebody reads lines. */
#include "sinks/receiver.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECT_WITHIN_S 5
/* A host that has vanished is noticed after this long without an answer; the kernel's own idea of
 * it is a quarter of an hour. */
#define UNANSWERED_MS 60000
/* TCP may put an answer off for 40 ms (TCP_DELACK_MIN), or 200 ms at most. */
#define LEAVE_LOOKS 25
#define LEAVE_LOOK_MS 10

/* SO_TYPE, SO_DOMAIN. */
static int kind(int fd, int name)
{
	int value;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) < 0 ? -errno : value;
}

bool receiver_valid_path(const char *path)
{
	return path[0] == '/' && strlen(path) < sizeof(((struct sockaddr_un *)NULL)->sun_path);
}

int receiver_connect(const struct sockaddr *address, socklen_t len, int type, int *ret_fd)
{
	struct timeval within = {.tv_sec = CONNECT_WITHIN_S}, ever = {0};
	unsigned unanswered = UNANSWERED_MS;
	int fd = socket(address->sa_family, type | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &within, sizeof(within)) < 0 ||
		(address->sa_family != AF_UNIX && setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
							  &unanswered, sizeof(unanswered)) < 0) ||
		connect(fd, address, len) < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &ever, sizeof(ever)) < 0)
		err = errno == EINPROGRESS || errno == EAGAIN ? -ETIMEDOUT : -errno;
	if (err < 0)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

int receiver_connect_path(const char *path, int type, int *ret_fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	return receiver_connect((struct sockaddr *)&address, sizeof(address), type, ret_fd);
}

int receiver_send(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t done = send(fd, bytes, len, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		bytes += done;
		len -= (size_t)done;
	}
	return 0;
}

static short state(int fd)
{
	struct pollfd other = {.fd = fd, .events = POLLRDHUP};

	return poll(&other, 1, 0) > 0 ? other.revents : 0;
}

bool receiver_gone(int fd)
{
	return state(fd) & (POLLRDHUP | POLLHUP | POLLERR);
}

/*
 * Nothing left may also mean thrown away, with what was not read when the other end closed; then
 * there is an error, and it came first (unix_release_sock, tcp_reset).
 */
bool receiver_has_all(int fd)
{
	int left;

	if (kind(fd, SO_TYPE) == SOCK_DGRAM)
		return true;
	return ioctl(fd, SIOCOUTQ, &left) == 0 && left == 0 && !(state(fd) & POLLERR);
}

bool receiver_leave(int fd)
{
	struct linger at_once = {.l_onoff = 1};
	struct pollfd broken = {.fd = fd};

	if (kind(fd, SO_DOMAIN) == AF_UNIX)
		return receiver_has_all(fd) || !(state(fd) & (POLLHUP | POLLERR));
	for (unsigned i = 0; i < LEAVE_LOOKS; i++)
		if (receiver_has_all(fd))
			return true;
		else if (poll(&broken, 1, LEAVE_LOOK_MS) > 0)
			break;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	return false;
}

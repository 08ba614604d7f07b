// SPDX-License-Identifier: Apache-2.0
/* The sensor's side of a reload. */
#include "reload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rules.h"
#include "util/fd_message.h"

int reload_ask(struct reload *reload, bool now, uint64_t now_ns)
{
	struct reload_request request = {.watch = reload->watch, .now = now};

	if (reload->directory)
		snprintf(request.directory, sizeof(request.directory), "%s", reload->directory);
	/* Where it cannot be asked it is late some time: the next one is asked again. */
	if (now && !reload->asked_ns)
		reload->asked_ns = now_ns;
	if (reload->fd < 0)
		return -EPIPE;
	return send(reload->fd, &request, sizeof(request), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno
											    : 0;
}

int reload_take(struct reload *reload, struct rules **ret_rules, int *ret_fd)
{
	struct reload_answer answer;
	ssize_t len;
	int fd;

	if (reload->fd < 0)
		return -EPIPE;
	len = fd_message_receive(reload->fd, &answer, sizeof(answer), MSG_DONTWAIT, &fd);
	if (len == -EINTR)
		return -EAGAIN;
	if (len < 0)
		return (int)len;
	if (len != sizeof(answer)) {
		close(reload->fd); /* an epoll set forgets it by itself */
		reload->fd = -1;
		return -EPIPE;
	}
	reload->answered = answer.asked;
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

/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's end of its pair with the launcher: requests and answers. */
#include "launcher.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "util/fd_message.h"

int launcher_ask(int control, const struct launcher_message *request)
{
	return send(control, request, sizeof(*request), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int launcher_answer(int control, int wait_ms, struct launcher_message *ret_answer, int *ret_fd)
{
	struct pollfd ready = {.fd = control, .events = POLLIN};
	ssize_t len;

	if (wait_ms && poll(&ready, 1, wait_ms) == 0)
		return -ETIME;
	len = fd_message_receive(control, ret_answer, sizeof(*ret_answer), MSG_DONTWAIT, ret_fd);
	if (len < 0)
		return (int)len;
	return len == sizeof(*ret_answer) ? 0 : -EPIPE;
}

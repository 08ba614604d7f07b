/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts on stdout. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "sinks/sinks.h"

int sink_write_fd(int fd, const char *line, size_t len)
{
	while (len) {
		ssize_t done = write(fd, line, len);

		if (done < 0 && errno == EAGAIN) {
			struct pollfd ready = {.fd = fd, .events = POLLOUT};

			/* Somebody made our stdout non-blocking: wait as a blocking one would. */
			if (poll(&ready, 1, -1) < 0 && errno != EINTR)
				return -errno;
			continue;
		}
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		line += done;
		len -= (size_t)done;
	}
	return 0;
}

static int stdout_open(const char *target, struct sink *sink)
{
	(void)target;
	sink->fd = STDOUT_FILENO;
	return 0;
}

static int stdout_write(struct sink *sink, const char *line, size_t len)
{
	return sink_write_fd(sink->fd, line, len);
}

static void stdout_close(struct sink *sink)
{
	(void)sink; /* not ours to close */
}

const struct sink_type sink_stdout = {"stdout", stdout_open, stdout_write, NULL, stdout_close};

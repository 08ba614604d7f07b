/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts on stdout. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "sinks/sinks.h"

static int write_all(int fd, const char *bytes, size_t len, size_t *done)
{
	while (*done < len) {
		ssize_t now = write(fd, bytes + *done, len - *done);

		if (now < 0 && errno == EAGAIN) {
			struct pollfd ready = {.fd = fd, .events = POLLOUT};

			/* Somebody made our stdout non-blocking: wait as a blocking one would. */
			if (poll(&ready, 1, -1) < 0 && errno != EINTR)
				return -errno;
			continue;
		}
		if (now < 0 && errno == EINTR)
			continue;
		if (now < 0)
			return -errno;
		*done += (size_t)now;
	}
	return 0;
}

int sink_write_pipe(struct sink *sink, const struct sink_line *line)
{
	size_t newline = 0;
	int err = 0;

	/* A writer that died may have cut it short; what is no longer goes in at once or not. */
	if (!sink->begun && line->again && line->len > PIPE_BUF)
		sink->torn = true;
	sink->begun = true;
	if (sink->torn)
		err = write_all(sink->fd, "\n", 1, &newline);
	if (err < 0)
		return err;
	sink->torn = false;
	err = write_all(sink->fd, line->bytes, line->len, &sink->done);
	/* Who reads next has not seen its beginning. */
	if (err == -EPIPE)
		sink->torn = sink->done > 0;
	if (err == 0 || err == -EPIPE)
		sink->done = 0;
	return err;
}

static int stdout_open(const char *rest, struct sink *sink)
{
	(void)rest;
	sink->fd = STDOUT_FILENO;
	return 0;
}

static void stdout_close(struct sink *sink)
{
	(void)sink; /* not ours to close */
}

const struct sink_type sink_stdout = {
	.name = "stdout",
	.gone_for_good = true,
	.open = stdout_open,
	.write = sink_write_pipe,
	.close = stdout_close,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts to whoever listens at a unix socket (SOCK_STREAM), a line each. */
#include "sinks/receiver.h"
#include "sinks/sinks.h"

static int unix_open(const char *rest, struct sink *sink)
{
	return receiver_connect_path(rest, SOCK_STREAM, &sink->fd);
}

static int unix_write(struct sink *sink, const struct sink_line *line)
{
	return receiver_send(sink->fd, line->bytes, line->len);
}

const struct sink_type sink_unix = {
	.name = "unix",
	.connection = true,
	.valid = receiver_valid_path,
	.open = unix_open,
	.write = unix_write,
	.close = sink_close_fd,
};

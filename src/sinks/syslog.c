/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts to a syslog server: at a unix socket of either kind, or by TCP. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sinks/receiver.h"
#include "sinks/sinks.h"
#include "sinks/syslog_message.h"

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool read_port(const char *text, in_port_t *ret_port)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	*ret_port = htons((in_port_t)port);
	return *text >= '0' && *text <= '9' && *end == '\0' && port > 0 && port <= 65535;
}

/* 192.0.2.7:514 or [2001:db8::7]:514. Returns the address's length, 0: it is none. */
static socklen_t read_address(const char *text, union address *ret_address)
{
	const char *colon = strrchr(text, ':');
	bool v6 = text[0] == '[';
	char host[INET6_ADDRSTRLEN];
	size_t len;

	if (!colon || (v6 && colon[-1] != ']'))
		return 0;
	text += v6;
	len = (size_t)(colon - v6 - text);
	if (colon - v6 < text || len >= sizeof(host))
		return 0;
	memcpy(host, text, len);
	host[len] = '\0';
	memset(ret_address, 0, sizeof(*ret_address));
	ret_address->any.sa_family = v6 ? AF_INET6 : AF_INET;
	if (v6)
		return inet_pton(AF_INET6, host, &ret_address->v6.sin6_addr) == 1 &&
				       read_port(colon + 1, &ret_address->v6.sin6_port)
			       ? sizeof(ret_address->v6)
			       : 0;
	return inet_pton(AF_INET, host, &ret_address->v4.sin_addr) == 1 &&
			       read_port(colon + 1, &ret_address->v4.sin_port)
		       ? sizeof(ret_address->v4)
		       : 0;
}

static bool tcp_valid(const char *rest)
{
	union address address;

	return read_address(rest, &address) > 0;
}

static int tcp_open(const char *rest, struct sink *sink)
{
	union address address;
	socklen_t len = read_address(rest, &address);

	return receiver_connect(&address.any, len, SOCK_STREAM, &sink->fd);
}

/* Writers come and go with their connections: the launcher is minerwatch. */
static int send_message(
	struct sink *sink, const struct sink_line *line, enum syslog_framing framing)
{
	static char text[SYSLOG_MESSAGE_MAX];

	return receiver_send(sink->fd, text, syslog_message(line, (int)getppid(), framing, text));
}

static int tcp_write(struct sink *sink, const struct sink_line *line)
{
	return send_message(sink, line, SYSLOG_COUNTED);
}

static int unix_open(const char *rest, struct sink *sink)
{
	int err = receiver_connect_path(rest, SOCK_DGRAM, &sink->fd);

	sink->stream = err == -EPROTOTYPE;
	return sink->stream ? receiver_connect_path(rest, SOCK_STREAM, &sink->fd) : err;
}

/* More than a datagram can hold is -EMSGSIZE, and lost: half a line of JSON is none. */
static int unix_write(struct sink *sink, const struct sink_line *line)
{
	return send_message(sink, line, sink->stream ? SYSLOG_NEWLINE : SYSLOG_DATAGRAM);
}

const struct sink_type sink_syslog_unix = {
	.name = "syslog",
	.connection = true,
	.valid = receiver_valid_path,
	.open = unix_open,
	.write = unix_write,
	.close = sink_close_fd,
};

const struct sink_type sink_syslog_tcp = {
	.name = "syslog",
	.connection = true,
	.valid = tcp_valid,
	.open = tcp_open,
	.write = tcp_write,
	.close = sink_close_fd,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* Serves a few HTTP connections at a time with what the sensor answers. */
#include "metrics/metrics_server.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "metrics/metrics_reply.h"
#include "util/monotonic.h"

#define CONNECTIONS 16
#define STEP_MS 2000 /* for sending the head, for waiting, for taking the answer */
#define FRESH_MS 200

enum step { STEP_FREE, STEP_READING, STEP_WAITING, STEP_WRITING, STEP_DRAINING };

struct connection {
	enum step step;
	int fd;
	int64_t until_ms;
	struct metrics_request request;
	char *reply; /* owned */
	size_t reply_len, written, len;
	char bytes[METRICS_REQUEST_MAX];
};

struct server {
	int listener, sensor;
	struct connection connections[CONNECTIONS];
	bool gone; /* the sensor closed its end */
	int64_t asked_ms; /* 0: no answer is waited for */
	int64_t answered_ms; /* 0: not yet */
	size_t answer_len;
	char answer[METRICS_ANSWER_MAX];
};

static void enter(struct connection *connection, enum step step)
{
	connection->step = step;
	connection->until_ms = monotonic_ms() + STEP_MS;
}

static void drop(struct connection *connection)
{
	close(connection->fd);
	free(connection->reply);
	memset(connection, 0, sizeof(*connection));
}

/* What is unread when a socket is closed makes the kernel reset it, and the answer may be lost. */
static void drain(struct connection *connection)
{
	char bytes[METRICS_REQUEST_MAX];
	ssize_t len = recv(connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
		drop(connection);
}

static void write_some(struct connection *connection)
{
	ssize_t len = send(connection->fd, connection->reply + connection->written,
		connection->reply_len - connection->written, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (len < 0 && errno != EAGAIN && errno != EINTR) {
		drop(connection);
		return;
	}
	connection->written += len > 0 ? (size_t)len : 0;
	if (connection->written < connection->reply_len)
		return;
	shutdown(connection->fd, SHUT_WR);
	enter(connection, STEP_DRAINING);
}

/* answer: NULL where the sensor does not give one, or none is needed. */
static void reply(struct connection *connection, const char *answer, size_t len)
{
	connection->reply =
		metrics_reply(&connection->request, answer, len, &connection->reply_len);
	if (!connection->reply) {
		drop(connection);
		return;
	}
	enter(connection, STEP_WRITING);
	write_some(connection);
}

/* An answer that found no room was never sent: what nobody waits for any longer is asked again. */
static void ask(struct server *server)
{
	int64_t now = monotonic_ms();

	if (server->asked_ms && now - server->asked_ms < STEP_MS)
		return;
	if (send(server->sensor, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
		server->asked_ms = now;
}

static void serve_page(struct server *server, struct connection *connection)
{
	if (server->answered_ms && monotonic_ms() - server->answered_ms < FRESH_MS) {
		reply(connection, server->answer, server->answer_len);
		return;
	}
	ask(server);
	enter(connection, STEP_WAITING);
}

static void read_some(struct server *server, struct connection *connection)
{
	ssize_t len = recv(connection->fd, connection->bytes + connection->len,
		sizeof(connection->bytes) - connection->len, MSG_DONTWAIT);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		drop(connection);
		return;
	}
	connection->len += (size_t)len;
	connection->request =
		metrics_request_read((struct span){connection->bytes, connection->len});
	if (connection->request.status == 200)
		serve_page(server, connection);
	else if (connection->request.status)
		reply(connection, NULL, 0);
}

/* A free place; else that of whoever has been sending its head for longest; NULL: all are served.
 */
static struct connection *place(struct server *server)
{
	struct connection *slowest = NULL;

	for (unsigned i = 0; i < CONNECTIONS; i++) {
		struct connection *connection = &server->connections[i];

		if (connection->step == STEP_FREE)
			return connection;
		if (connection->step == STEP_READING &&
			(!slowest || connection->until_ms < slowest->until_ms))
			slowest = connection;
	}
	return slowest;
}

static void accept_one(struct server *server)
{
	struct connection *connection = place(server);
	int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (connection->step != STEP_FREE)
		drop(connection);
	connection->fd = fd;
	enter(connection, STEP_READING);
}

static void take_answer(struct server *server)
{
	ssize_t len = recv(server->sensor, server->answer, sizeof(server->answer), MSG_DONTWAIT);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	server->gone = len <= 0;
	if (server->gone)
		return;
	server->asked_ms = 0;
	server->answer_len = (size_t)len;
	server->answered_ms = monotonic_ms();
	for (unsigned i = 0; i < CONNECTIONS; i++)
		if (server->connections[i].step == STEP_WAITING)
			reply(&server->connections[i], server->answer, server->answer_len);
}

static void late(struct connection *connection)
{
	if (connection->step == STEP_WAITING)
		reply(connection, NULL, 0);
	else
		drop(connection);
}

static void serve(struct server *server, struct connection *connection, short events)
{
	if (connection->step != STEP_FREE && monotonic_ms() >= connection->until_ms)
		late(connection);
	else if (!events)
		return;
	else if (connection->step == STEP_READING)
		read_some(server, connection);
	else if (connection->step == STEP_WRITING)
		write_some(connection);
	else if (connection->step == STEP_DRAINING)
		drain(connection);
}

/* Returns how long to wait at most; -1: for ever. */
static int prepare(struct server *server, struct pollfd fds[static CONNECTIONS + 2])
{
	int64_t next_ms = INT64_MAX, left_ms;

	fds[0] = (struct pollfd){.fd = server->sensor, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = place(server) ? server->listener : -1, .events = POLLIN};
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		const struct connection *connection = &server->connections[i];
		bool idle = connection->step == STEP_FREE || connection->step == STEP_WAITING;

		fds[i + 2] = (struct pollfd){.fd = idle ? -1 : connection->fd,
			.events = connection->step == STEP_WRITING ? POLLOUT : POLLIN};
		if (connection->step != STEP_FREE && connection->until_ms < next_ms)
			next_ms = connection->until_ms;
	}
	if (next_ms == INT64_MAX)
		return -1;
	left_ms = next_ms - monotonic_ms();
	return left_ms > 0 ? (int)left_ms : 0;
}

void metrics_serve(int listener, int sensor)
{
	static struct server server;
	struct pollfd fds[CONNECTIONS + 2];

	server.listener = listener;
	server.sensor = sensor;
	while (!server.gone) {
		int wait_ms = prepare(&server, fds);

		if (poll(fds, CONNECTIONS + 2, wait_ms) < 0 && errno != EINTR)
			return;
		if (fds[0].revents)
			take_answer(&server);
		for (unsigned i = 0; i < CONNECTIONS; i++)
			serve(&server, &server.connections[i], fds[i + 2].revents);
		if (fds[1].revents && place(&server))
			accept_one(&server);
	}
}

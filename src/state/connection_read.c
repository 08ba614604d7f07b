/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the reader that knows a payload's class, and keeps what it says. */
#include "state/connection_read.h"

#include <string.h>

#include "util/address_text.h"
#include "wire/proxy_request.h"
#include "wire/tls_hello.h"

/* What a longer prefix tells replaces what a shorter one did; nothing replaces nothing. */
static void keep_text(char *text, size_t size, struct span span)
{
	size_t len = span.len < size ? span.len : size - 1;

	if (!len)
		return;
	memcpy(text, span.data, len);
	text[len] = '\0';
}

/*
 * A client sends calls and receives work. The same words the other way round are those of a pool, a
 * proxy's own miners: who serves does not mine by that.
 */
static void read_stratum(struct connection *connection, struct span bytes, unsigned direction)
{
	const unsigned mask = direction == PAYLOAD_SENT ? STRATUM_FROM_CLIENT : STRATUM_FROM_SERVER;
	struct stratum_message message;

	if (!stratum_read(bytes, &message) || !(message.what & mask))
		return;
	/*
	 * Both sides speak one dialect; where they seem not to, what is sure stands. What is asked
	 * of nodes gives way, or a miner would hide behind it.
	 */
	if (connection->said && connection->dialect != message.dialect) {
		bool stands = connection->sure && connection->dialect != STRATUM_DAEMON;

		if (stands || !message.sure)
			return;
		connection->said = 0;
	}
	connection->dialect = message.dialect;
	connection->said |= message.what & mask;
	connection->sure |= message.sure;
	if (direction == PAYLOAD_SENT || !(connection->said & STRATUM_FROM_CLIENT))
		connection->method = message.method;
	if (direction != PAYLOAD_SENT)
		return;
	keep_text(connection->user, sizeof(connection->user), message.user);
	keep_text(connection->agent, sizeof(connection->agent), message.agent);
	keep_text(connection->worker, sizeof(connection->worker), message.worker);
}

/* Only a client's: one that was received is that of somebody who connected to us. */
static void read_hello(struct connection *connection, struct span bytes, unsigned direction)
{
	struct tls_hello hello;

	if (direction != PAYLOAD_SENT || !tls_hello_read(bytes, &hello))
		return;
	connection->tls = true;
	connection->tls_whole |= hello.whole;
	connection->alpn |= hello.alpn.len > 0;
	keep_text(connection->sni, sizeof(connection->sni), hello.sni);
}

static void keep_target(struct connection *connection, const struct proxy_request *request)
{
	connection->proxied_by = request->kind;
	connection->target_port = request->port;
	if (request->host.len)
		keep_text(connection->target, sizeof(connection->target), request->host);
	else
		address_text(request->address, connection->target);
}

/* A tunnel: what follows the request is said to where it leads. */
static void read_proxied(struct connection *connection, struct span bytes, unsigned direction)
{
	struct proxy_request request;

	if (direction == PAYLOAD_SENT && proxy_request_read(bytes, &request)) {
		keep_target(connection, &request);
		bytes = request.tunnel;
	}
	read_hello(connection, bytes, direction);
	read_stratum(connection, bytes, direction);
}

void connection_read(struct connection *connection, const struct event *event)
{
	unsigned direction = event->payload->direction;

	connection->web |= (event->payload->payload_flags & PAYLOAD_AFTER_HTTP) != 0;
	switch (event->payload->payload_class) {
	case PAYLOAD_STRATUM:
	case PAYLOAD_DAEMON:
		return read_stratum(connection, event->data, direction);
	case PAYLOAD_TLS:
		return read_hello(connection, event->data, direction);
	case PAYLOAD_CONNECT:
	case PAYLOAD_SOCKS:
		return read_proxied(connection, event->data, direction);
	case PAYLOAD_OTHER_HTTP:
		connection->web |= direction == PAYLOAD_SENT;
		return;
	default:
		return;
	}
}

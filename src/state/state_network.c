/* SPDX-License-Identifier: Apache-2.0 */
/* What connects, payloads and sockets change in the tables, and whose they are. */
#include <netinet/in.h>
#include <string.h>

#include "state/connection_read.h"
#include "state/state_private.h"

struct process *apply_connect(struct state *state, const struct event *event)
{
	struct process *process = process_of(state, event->header);

	if (!process)
		return NULL;
	process->uid = event->connect->uid;
	memcpy(process->comm, event->connect->comm, sizeof(process->comm));
	flow_add(state->flows, event, state->now_ns);
	return process;
}

static struct process *living(const struct state *state, const struct process_key *key)
{
	struct process *process = key->pid ? process_find(state->processes, key) : NULL;

	return process && process_alive(process) ? process : NULL;
}

/*
 * Whom the bytes count for: the owner; where that one has ended (a helper connects, hands the
 * socket on and goes) the sender, else who was last seen to hold it. The sender is a hint, so it
 * makes nobody known. A short-lived owner's bytes come after its end: they still are its own.
 */
static struct process *user_of(
	struct state *state, const struct event *event, struct connection *connection)
{
	const struct event_payload *payload = event->payload;
	struct process *owner = event->header->pid ? process_of(state, event->header) : NULL;
	struct process_key key = process_key_of(payload->sender_pid, payload->sender_start_ns);
	struct process *other = NULL;

	if (owner && process_alive(owner))
		return owner;
	if (payload->direction == PAYLOAD_SENT)
		other = living(state, &key);
	/* What waits for a timer leaves while anybody runs: of another user's it is not. */
	if (other && owner && other->uid != owner->uid)
		other = NULL;
	if (other && connection)
		connection->holder = other->key;
	if (!other && connection)
		other = living(state, &connection->holder);
	return other ? other : owner;
}

static struct connection *connection_of(struct state *state, const struct event *event)
{
	const struct event_payload *payload = event->payload;
	struct connection *connection;
	bool known = payload->payload_class < PAYLOAD_OTHER_JSON &&
		     payload->payload_class != PAYLOAD_DNS;
	bool asked =
		payload->payload_class == PAYLOAD_OTHER_HTTP && payload->direction == PAYLOAD_SENT;

	/* Without a cookie all would be one. */
	if ((!known && !asked) || !payload->socket)
		return NULL;
	connection = connection_get(state->connections, payload->socket, state->now_ns);
	memcpy(connection->remote, payload->remote, sizeof(connection->remote));
	connection->remote_port = payload->remote_port;
	if (payload->payload_flags & PAYLOAD_ARMED)
		connection->holder = process_key_of(event->header->pid, event->header->start_ns);
	else
		connection->owner = process_key_of(event->header->pid, event->header->start_ns);
	return connection;
}

struct process *apply_payload(struct state *state, const struct event *event)
{
	const struct event_payload *payload = event->payload;
	struct connection *connection = connection_of(state, event);
	struct dns_answer answer;

	if (connection)
		connection_read(connection, event);
	if (payload->payload_class == PAYLOAD_DNS && payload->direction == PAYLOAD_RECEIVED &&
		payload->protocol == IPPROTO_UDP && dns_answer_read(event->data, &answer))
		dns_table_add(state->dns, &answer, payload->netns,
			process_key_of(event->header->pid, event->header->start_ns), state->now_ns);
	return user_of(state, event, connection);
}

struct process *apply_socket(struct state *state, const struct event *event)
{
	const struct event_socket *socket = event->socket;
	struct process *process = process_of(state, event->header);
	struct connection *connection =
		socket->socket ? connection_get(state->connections, socket->socket, state->now_ns)
			       : NULL;

	if (!connection)
		return process;
	memcpy(connection->remote, socket->remote, sizeof(connection->remote));
	connection->remote_port = socket->remote_port;
	connection->holder = process_key_of(event->header->pid, event->header->start_ns);
	if (socket->socket_flags & SOCKET_CONNECTED)
		connection->owner = process_key_of(socket->owner_pid, socket->owner_start_ns);
	if (socket->opened_ns && socket->opened_ns < connection->first_ns)
		connection->first_ns = socket->opened_ns;
	if (!connection->measured_ns) {
		connection->measured_ns = state->now_ns;
		connection->sent_at_first = socket->bytes_sent;
		connection->received_at_first = socket->bytes_received;
	}
	connection->bytes_sent = socket->bytes_sent;
	connection->bytes_received = socket->bytes_received;
	connection->bytes_ns = state->now_ns;
	return process;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The other end of the connection an event is about: its address, and the names known of it. */
#include "detectors/remote.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "detectors/endpoint.h"
#include "state/state.h"
#include "util/address_text.h"
#include "util/span.h"

#define POOL_TEXT_SIZE (DNS_NAME_MAX + 100)

/* How a name came to be known. */
enum remote_way { REMOTE_PROXY, REMOTE_SNI, REMOTE_DNS, REMOTE_WAYS };

struct remote remote_of(const struct detector_input *in)
{
	const struct event *event = in->event;
	uint64_t socket;
	struct remote remote;

	switch (event->header->type) {
	case EVENT_CONNECT:
		remote = (struct remote){.address = event->connect->destination,
			.port = event->connect->destination_port,
			.protocol = event->connect->protocol,
			.netns = event->connect->netns};
		socket = event->connect->socket;
		break;
	case EVENT_PAYLOAD:
		remote = (struct remote){.address = event->payload->remote,
			.port = event->payload->remote_port,
			.protocol = event->payload->protocol,
			.netns = event->payload->netns};
		socket = event->payload->socket;
		break;
	default:
		remote = (struct remote){.address = event->socket->remote,
			.port = event->socket->remote_port,
			.protocol = event->socket->protocol,
			.netns = event->socket->netns};
		socket = event->socket->socket;
		break;
	}
	remote.connection = connection_find(in->state->connections, socket);
	return remote;
}

/* False: no name by this way. */
static bool name_by(const struct detector_input *in, const struct remote *remote,
	enum remote_way way, struct remote_name *ret_name)
{
	const struct connection *connection = remote->connection;
	const struct dns_entry *entry;

	switch (way) {
	case REMOTE_PROXY:
		if (!connection || !connection->target[0])
			return false;
		*ret_name = (struct remote_name){.name = connection->target,
			.by = connection->proxied_by,
			.grade = "proxy",
			.port = connection->target_port};
		return true;
	case REMOTE_SNI:
		if (!connection || !connection->sni[0])
			return false;
		*ret_name = (struct remote_name){
			.name = connection->sni, .by = "sni", .grade = "sni", .port = remote->port};
		return true;
	default:
		entry = dns_table_find(in->state->dns, remote->address, remote->netns, in->now_ns);
		if (!entry)
			return false;
		*ret_name = (struct remote_name){.name = entry->name,
			.by = "dns",
			.grade = "dns",
			.port = remote->port,
			.aliases = entry->aliases,
			.asked_by = entry->asked_by.pid ? &entry->asked_by : NULL};
		return true;
	}
}

bool remote_name_best(
	const struct detector_input *in, const struct remote *remote, struct remote_name *ret_name)
{
	/* SNI is what the client says of itself. */
	return name_by(in, remote, REMOTE_PROXY, ret_name) ||
	       name_by(in, remote, REMOTE_DNS, ret_name) ||
	       name_by(in, remote, REMOTE_SNI, ret_name);
}

void remote_short_text(
	const struct remote *remote, const struct remote_name *name, char *text, size_t size)
{
	char endpoint[64];

	if (!name) {
		endpoint_write(remote->address, remote->port, endpoint);
		snprintf(text, size, "%s", endpoint);
		return;
	}
	snprintf(text, size, strchr(name->name, ':') ? "[%s]:%u" : "%s:%u", name->name, name->port);
}

void remote_facts(
	const struct remote *remote, const struct remote_name *name, struct finding *finding)
{
	char address[ADDRESS_TEXT_SIZE], endpoint[64], pool[POOL_TEXT_SIZE];
	size_t len;

	address_text(remote->address, address);
	endpoint_write(remote->address, remote->port, endpoint);
	remote_short_text(remote, name, pool, sizeof(pool));
	len = strlen(pool);
	if (name && strcmp(name->grade, "proxy") == 0)
		snprintf(pool + len, sizeof(pool) - len, " (through %s)", endpoint);
	else if (name)
		snprintf(pool + len, sizeof(pool) - len, " (%s)", address);
	finding_add_string(finding, "pool", span_of(pool));
	finding_add_string(finding, "address", span_of(address));
	finding_add_integer(finding, "port", remote->port);
}

static const char *asked_by(const struct detector_input *in, const struct remote_name *name)
{
	return memcmp(name->asked_by, &in->process->key, sizeof(in->process->key)) == 0
		       ? "this process"
		       : "another process";
}

/* The row of the name, or of the first alias that has one, which is the name then. */
static const char *find_row(const struct detector_input *in,
	const char *(*find)(const struct rules *rules, const struct remote_name *name),
	struct remote_name *name)
{
	const char *row = find(in->rules, name);
	const char *alias = name->aliases;

	for (; !row && alias && *alias; alias += strlen(alias) + 1) {
		name->name = alias;
		row = find(in->rules, name);
	}
	return row;
}

bool remote_listed(const struct detector_input *in,
	const char *(*find)(const struct rules *rules, const struct remote_name *name),
	const char *what, struct finding *finding)
{
	static const char *const says[REMOTE_WAYS] = {
		"asked of a proxy", "named in its TLS hello", "by a DNS answer"};
	struct remote remote = remote_of(in);

	/* Who sorts the addresses of a name connects to each over UDP, and sends nothing. */
	if (remote.protocol == IPPROTO_UDP)
		return false;
	for (unsigned way = 0; way < REMOTE_WAYS; way++) {
		struct remote_name name;
		const char *row =
			name_by(in, &remote, way, &name) ? find_row(in, find, &name) : NULL;
		char text[80];

		if (!row)
			continue;
		finding->grade = name.grade;
		finding_add_string(finding, "name", span_of(name.name));
		finding_add_string(finding, "by", span_of(name.by));
		if (name.asked_by)
			finding_add_string(finding, "asked_by", span_of(asked_by(in, &name)));
		finding_add_string(finding, "rule", span_of(row));
		remote_facts(&remote, &name, finding);
		remote_short_text(&remote, &name, text, sizeof(text));
		snprintf(finding->summary, sizeof(finding->summary), "%s %.70s, %s", what, text,
			says[way]);
		return true;
	}
	return false;
}

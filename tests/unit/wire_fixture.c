/* SPDX-License-Identifier: Apache-2.0 */
/* Makes PAYLOAD and SOCKET records by hand, and the bytes that clients and servers say. */
#include "wire_fixture.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "wire/payload_class.h"

struct buffer {
	uint8_t bytes[1024];
	size_t len;
};

static void put(struct buffer *buffer, const void *bytes, size_t len)
{
	assert_true(buffer->len + len <= sizeof(buffer->bytes));
	memcpy(buffer->bytes + buffer->len, bytes, len);
	buffer->len += len;
}

static void put_number(struct buffer *buffer, uint32_t number, unsigned bytes)
{
	while (bytes--)
		put(buffer, &(uint8_t){(uint8_t)(number >> 8 * bytes)}, 1);
}

/* Leaves room for a length of that many bytes; returns where. */
static size_t begin(struct buffer *buffer, unsigned bytes)
{
	put_number(buffer, 0, bytes);
	return buffer->len;
}

static void end(struct buffer *buffer, size_t from, unsigned bytes)
{
	struct buffer number = {.len = 0};

	put_number(&number, (uint32_t)(buffer->len - from), bytes);
	memcpy(buffer->bytes + from - bytes, number.bytes, bytes);
}

static struct span span_of_buffer(const struct buffer *buffer)
{
	return (struct span){(const char *)buffer->bytes, buffer->len};
}

static void put_sni(struct buffer *buffer, const char *name)
{
	size_t extension, list, host;

	put_number(buffer, 0, 2);
	extension = begin(buffer, 2);
	list = begin(buffer, 2);
	put_number(buffer, 0, 1);
	host = begin(buffer, 2);
	put(buffer, name, strlen(name));
	end(buffer, host, 2);
	end(buffer, list, 2);
	end(buffer, extension, 2);
}

static void put_alpn(struct buffer *buffer, const char *name)
{
	size_t extension, list, protocol;

	put_number(buffer, 16, 2);
	extension = begin(buffer, 2);
	list = begin(buffer, 2);
	protocol = begin(buffer, 1);
	put(buffer, name, strlen(name));
	end(buffer, protocol, 1);
	end(buffer, list, 2);
	end(buffer, extension, 2);
}

struct span wire_hello(const char *sni, const char *alpn)
{
	static struct buffer buffer;
	size_t record, message, extensions;

	buffer.len = 0;
	put_number(&buffer, 0x160301, 3);
	record = begin(&buffer, 2);
	put_number(&buffer, 1, 1);
	message = begin(&buffer, 3);
	put_number(&buffer, 0x0303, 2);
	for (unsigned i = 0; i < 8; i++)
		put_number(&buffer, 0x01020304 * i, 4);
	put_number(&buffer, 0, 1); /* no session */
	put_number(&buffer, 0x00021301, 4);
	put_number(&buffer, 0x0100, 2);
	extensions = begin(&buffer, 2);
	put_number(&buffer, 0x002b0003, 4); /* supported versions */
	put_number(&buffer, 0x020304, 3);
	if (sni)
		put_sni(&buffer, sni);
	if (alpn)
		put_alpn(&buffer, alpn);
	end(&buffer, extensions, 2);
	end(&buffer, message, 3);
	end(&buffer, record, 2);
	return span_of_buffer(&buffer);
}

static void put_labels(struct buffer *buffer, const char *name)
{
	while (*name) {
		size_t len = strcspn(name, ".");

		put_number(buffer, (uint32_t)len, 1);
		put(buffer, name, len);
		name += len + (name[len] == '.');
	}
	put_number(buffer, 0, 1);
}

struct span wire_dns(const char *name, const char *address, uint32_t ttl_s)
{
	return wire_dns_alias(name, NULL, address, ttl_s);
}

struct span wire_dns_alias(const char *name, const char *alias, const char *address, uint32_t ttl_s)
{
	static struct buffer buffer;
	struct in_addr four;
	size_t len;

	buffer.len = 0;
	assert_int_equal(inet_pton(AF_INET, address, &four), 1);
	put_number(&buffer, 0x12348180, 4);
	put_number(&buffer, alias ? 0x00010002 : 0x00010001, 4);
	put_number(&buffer, 0, 4);
	put_labels(&buffer, name);
	put_number(&buffer, 0x00010001, 4); /* A, IN */
	put_number(&buffer, 0xc00c, 2);
	if (alias) {
		put_number(&buffer, 0x00050001, 4); /* CNAME, IN */
		put_number(&buffer, ttl_s, 4);
		len = begin(&buffer, 2);
		put_labels(&buffer, alias);
		end(&buffer, len, 2);
		put_labels(&buffer, alias);
	}
	put_number(&buffer, 0x00010001, 4);
	put_number(&buffer, ttl_s, 4);
	put_number(&buffer, 4, 2);
	put(&buffer, &four, 4);
	return span_of_buffer(&buffer);
}

struct span wire_socks(const char *host, uint16_t port)
{
	static struct buffer buffer;

	buffer.len = 0;
	put_number(&buffer, 0x050100, 3);
	put_number(&buffer, 0x05010003, 4);
	put_number(&buffer, (uint32_t)strlen(host), 1);
	put(&buffer, host, strlen(host));
	put_number(&buffer, port, 2);
	return span_of_buffer(&buffer);
}

static void put_address(const char *text, uint8_t address[16])
{
	static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff};

	memcpy(address, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, text, address + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, text, address), 1);
}

static void put_header(struct event_header *header, const struct core_process *process)
{
	if (!process)
		return;
	header->pid = header->tid = process->pid;
	header->start_ns = process->start_ns;
	header->cgroup_id = process->cgroup_id;
}

size_t wire_make_payload(__u64 *record, uint64_t time_ns, const struct wire_flow *flow,
	enum payload_direction direction, struct span bytes)
{
	unsigned protocol = flow->protocol ? flow->protocol : IPPROTO_TCP;
	struct event_payload *payload;
	enum payload_class class;
	size_t len;

	if (bytes.len > EVENT_PAYLOAD_MAX)
		bytes.len = EVENT_PAYLOAD_MAX;
	class = flow->class ? flow->class : payload_classify(bytes, direction, protocol).class;
	if (class >= PAYLOAD_OTHER_JSON)
		bytes.len = 0;
	len = sizeof(*payload) + bytes.len;
	payload = core_make_plain(record, EVENT_PAYLOAD, time_ns, len);
	put_header(&payload->header, flow->owner);
	if (flow->sender) {
		payload->sender_pid = flow->sender->pid;
		payload->sender_start_ns = flow->sender->start_ns;
	}
	payload->socket = flow->socket;
	put_address(flow->remote, payload->remote);
	payload->remote_port = flow->port;
	payload->protocol = (__u16)protocol;
	payload->direction = (__u8)direction;
	payload->payload_class = (__u8) class;
	payload->payload_flags = flow->flags;
	payload->data_len = (__u16)bytes.len;
	payload->seen = (__u32)bytes.len;
	payload->segments = 1;
	if (bytes.len)
		memcpy(payload + 1, bytes.data, bytes.len);
	return len;
}

size_t wire_make_socket(__u64 *record, uint64_t time_ns, const struct wire_flow *flow,
	uint64_t opened_ns, uint64_t sent, uint64_t received)
{
	struct event_socket *socket =
		core_make_plain(record, EVENT_SOCKET, time_ns, sizeof(*socket));

	put_header(&socket->header, flow->owner);
	socket->socket = flow->socket;
	put_address(flow->remote, socket->remote);
	socket->remote_port = flow->port;
	socket->protocol = IPPROTO_TCP;
	socket->opened_ns = opened_ns;
	socket->bytes_sent = sent;
	socket->bytes_received = received;
	if (flow->sender) {
		socket->owner_pid = flow->sender->pid;
		socket->owner_start_ns = flow->sender->start_ns;
		socket->socket_flags = SOCKET_CONNECTED;
	}
	return sizeof(*socket);
}

static __u64 scratch_record[CORE_RECORD];

void wire_say(struct core *core, const struct wire_flow *flow, enum payload_direction direction,
	struct span bytes)
{
	size_t len = wire_make_payload(scratch_record, core->now_ns, flow, direction, bytes);

	assert_int_equal(core_feed(core, scratch_record, len), 0);
}

void wire_socket(struct core *core, const struct wire_flow *flow, uint64_t opened_ns, uint64_t sent,
	uint64_t received)
{
	size_t len =
		wire_make_socket(scratch_record, core->now_ns, flow, opened_ns, sent, received);

	assert_int_equal(core_feed(core, scratch_record, len), 0);
}

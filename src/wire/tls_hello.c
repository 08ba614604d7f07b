// SPDX-License-Identifier: Apache-2.0
/* Reads a TLS ClientHello. */
#include "wire/tls_hello.h"

#include <errno.h>

#include "wire/cursor.h"

#define RECORD_HANDSHAKE 22
#define RECORD_MAX 16384 /* RFC 8446 section 5.1 */
#define HANDSHAKE_HEADER 4 /* type, and a length of 3 bytes */
#define CLIENT_HELLO 1
#define VERSION_MAJOR 3 /* SSL 3.0 to TLS 1.3 all say it */
#define VERSION_END 6 /* of the message: far enough to be sure what it is */
#define RANDOM_SIZE 32
#define SESSION_ID_MAX 32
#define EXTENSION_SERVER_NAME 0
#define EXTENSION_ALPN 16
#define NAME_TYPE_HOST 0

/* Type and length of the message, and what of it is there already. */
struct joined {
	size_t len;
	size_t wanted;
};

static void join_fragment(struct span fragment, struct tls_hello *hello, struct joined *joined)
{
	const uint8_t *message = (const uint8_t *)hello->message;

	for (size_t i = 0; i < fragment.len && joined->len < joined->wanted &&
			   joined->len < sizeof(hello->message);
		i++) {
		hello->message[joined->len++] = fragment.data[i];
		hello->len++;
		if (joined->len == HANDSHAKE_HEADER)
			joined->wanted += (size_t)message[1] << 16 | message[2] << 8 | message[3];
	}
}

/* One record: 0, or as cursor_number. */
static int join_record(struct cursor *bytes, struct tls_hello *hello, struct joined *joined)
{
	uint32_t type, major, minor;
	struct cursor fragment;
	int err = cursor_number(bytes, 1, &type);

	if (err || type != RECORD_HANDSHAKE)
		return err ? err : -EINVAL;
	err = cursor_number(bytes, 1, &major);
	if (err || major != VERSION_MAJOR)
		return err ? err : -EINVAL;
	err = cursor_number(bytes, 1, &minor);
	if (!err)
		err = cursor_vector(bytes, 2, &fragment);
	if (err)
		return err;
	if (cursor_empty(&fragment) || fragment.bytes.len + fragment.missing > RECORD_MAX)
		return -EINVAL;
	hello->len += 5;
	join_fragment(fragment.bytes, hello, joined);
	return 0;
}

/* Fills message and len. -EAGAIN: not as far as its version; -EINVAL: no ClientHello. */
static int join_records(struct span bytes, struct tls_hello *hello, struct joined *joined)
{
	struct cursor rest = {bytes, CURSOR_ENDLESS};
	int err = 0;

	*joined = (struct joined){.wanted = HANDSHAKE_HEADER};
	while (!err && rest.bytes.len && joined->len < joined->wanted)
		err = join_record(&rest, hello, joined);
	if (err == -EAGAIN)
		hello->len = bytes.len; /* a record's header is cut off */
	if (err == -EINVAL || (joined->len > 0 && hello->message[0] != CLIENT_HELLO) ||
		(joined->len > HANDSHAKE_HEADER &&
			hello->message[HANDSHAKE_HEADER] != VERSION_MAJOR))
		return -EINVAL;
	if (joined->len >= VERSION_END)
		return 0;
	return joined->len == joined->wanted ? -EINVAL : -EAGAIN;
}

static int take_whole(struct cursor *from, unsigned size, struct span *ret_name)
{
	struct cursor name;
	int err = cursor_vector(from, size, &name);

	if (!err && name.missing)
		err = -EAGAIN;
	if (!err)
		*ret_name = name.bytes;
	return err;
}

/* Extensions whose inside makes no sense count as absent: the server decides about them. */
static void read_server_name(struct cursor data, struct span *ret_name)
{
	struct cursor list;
	struct span name;
	uint32_t type;

	if (ret_name->len || cursor_vector(&data, 2, &list))
		return;
	while (cursor_number(&list, 1, &type) == 0 && take_whole(&list, 2, &name) == 0)
		if (type == NAME_TYPE_HOST) {
			*ret_name = name;
			return;
		}
}

static void read_alpn(struct cursor data, struct span *ret_protocol)
{
	struct cursor list;

	if (!ret_protocol->len && cursor_vector(&data, 2, &list) == 0)
		take_whole(&list, 1, ret_protocol);
}

static int read_extensions(struct cursor extensions, struct tls_hello *hello)
{
	bool whole = true;
	struct cursor data;
	uint32_t type;
	int err;

	while (!cursor_empty(&extensions)) {
		err = cursor_number(&extensions, 2, &type);
		if (!err)
			err = cursor_vector(&extensions, 2, &data);
		if (err)
			return err;
		if (type == EXTENSION_SERVER_NAME)
			read_server_name(data, &hello->sni);
		else if (type == EXTENSION_ALPN)
			read_alpn(data, &hello->alpn);
		else
			continue;
		whole = data.missing == 0;
	}
	hello->whole = whole;
	return 0;
}

/* What follows the message's header. -EAGAIN: cut off. */
static int read_body(struct cursor body, struct tls_hello *hello)
{
	struct cursor part;
	int err = cursor_piece(&body, 2 + RANDOM_SIZE, &part);

	if (!err)
		err = cursor_vector(&body, 1, &part);
	if (!err && part.bytes.len + part.missing > SESSION_ID_MAX)
		err = -EINVAL;
	if (!err)
		err = cursor_vector(&body, 2, &part); /* cipher suites */
	if (!err)
		err = cursor_vector(&body, 1, &part); /* compression */
	/* Before TLS 1.3 a hello could do without extensions. */
	hello->whole = !err && cursor_empty(&body);
	if (err || hello->whole)
		return err;
	err = cursor_vector(&body, 2, &part);
	if (!err && !cursor_empty(&body))
		err = -EINVAL;
	return err ? err : read_extensions(part, hello);
}

bool tls_hello_read(struct span bytes, struct tls_hello *ret_hello)
{
	struct tls_hello *hello = ret_hello;
	struct cursor body;
	struct joined joined;

	*hello = (struct tls_hello){0};
	if (join_records(bytes, hello, &joined))
		return false;
	body.bytes =
		(struct span){hello->message + HANDSHAKE_HEADER, joined.len - HANDSHAKE_HEADER};
	body.missing = joined.wanted - joined.len;
	return read_body(body, hello) != -EINVAL;
}

bool tls_hello_begun(struct span bytes)
{
	struct tls_hello hello = {0};
	struct joined joined;

	return join_records(bytes, &hello, &joined) == -EAGAIN;
}

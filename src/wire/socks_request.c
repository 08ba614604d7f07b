// SPDX-License-Identifier: Apache-2.0
/* Reads the request to a SOCKS proxy: versions 4, 4a and 5. */
#include "wire/socks_request.h"

#include <errno.h>
#include <string.h>

#include "wire/cursor.h"

#define COMMAND_CONNECT 1
#define USER_MAX 255 /* of SOCKS4, which sets no limit */
#define METHOD_PASSWORD 2
#define PASSWORD_VERSION 1 /* of RFC 1929's message */
#define ADDRESS_IPV4 1
#define ADDRESS_NAME 3
#define ADDRESS_IPV6 4

static int take_constant(struct cursor *bytes, uint32_t wanted)
{
	uint32_t number;
	int err = cursor_number(bytes, 1, &number);

	return !err && number != wanted ? -EINVAL : err;
}

static int take_port(struct cursor *bytes, struct proxy_request *request)
{
	uint32_t port;
	int err = cursor_number(bytes, 2, &port);

	if (!err)
		request->port = (uint16_t)port;
	return !err && port == 0 ? -EINVAL : err;
}

/* Printable text up to a NUL, which is taken too. */
static int take_string(struct cursor *bytes, size_t max, struct span *ret_text)
{
	size_t len = 0;

	while (len < bytes->bytes.len && bytes->bytes.data[len])
		if ((uint8_t)bytes->bytes.data[len++] < ' ' || len > max)
			return -EINVAL;
	if (len == bytes->bytes.len)
		return -EAGAIN;
	*ret_text = (struct span){bytes->bytes.data, len};
	bytes->bytes.data += len + 1;
	bytes->bytes.len -= len + 1;
	return 0;
}

static int take_address(struct cursor *bytes, size_t size, struct proxy_request *request)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct cursor piece;
	int err = cursor_piece(bytes, size, &piece);

	if (!err && piece.missing)
		err = -EAGAIN;
	if (err)
		return err;
	if (size == 4)
		memcpy(request->address, mapped, sizeof(mapped));
	memcpy(request->address + 16 - size, piece.bytes.data, size);
	return 0;
}

/* Version 4; 4a where the address is 0.0.0.x, which means that a name follows the user. */
static int read_socks4(struct cursor bytes, struct proxy_request *request)
{
	const char *start = bytes.bytes.data, *end;
	struct span user;
	int err;

	request->kind = "socks4";
	err = take_constant(&bytes, 4);
	if (!err)
		err = take_constant(&bytes, COMMAND_CONNECT);
	if (!err)
		err = take_port(&bytes, request);
	if (!err)
		err = take_address(&bytes, 4, request);
	end = bytes.bytes.data;
	if (!err)
		err = take_string(&bytes, USER_MAX, &user);
	if (!err && memcmp(request->address + 12, "\0\0\0", 3) == 0) {
		memset(request->address, 0, sizeof(request->address));
		err = take_string(&bytes, USER_MAX, &request->host);
		if (!err && !proxy_host_ok(request->host))
			err = -EINVAL;
	}
	if (err)
		return err;
	/* The user goes, the NUL behind it stays. */
	request->keep[0] = (struct span){start, (size_t)(end - start)};
	request->keep[1] = (struct span){
		user.data + user.len, (size_t)(bytes.bytes.data - user.data) - user.len};
	request->tunnel = bytes.bytes;
	return 0;
}

static int take_name(struct cursor *bytes, struct proxy_request *request)
{
	struct cursor name;
	int err = cursor_vector(bytes, 1, &name);

	if (!err && name.missing)
		err = -EAGAIN;
	if (!err && !proxy_host_ok(name.bytes))
		err = -EINVAL;
	if (!err)
		request->host = name.bytes;
	return err;
}

static int read_socks5(struct cursor bytes, struct proxy_request *request)
{
	const char *start = bytes.bytes.data;
	uint32_t type;
	int err;

	request->kind = "socks5";
	err = take_constant(&bytes, 5);
	if (!err)
		err = take_constant(&bytes, COMMAND_CONNECT);
	if (!err)
		err = take_constant(&bytes, 0);
	if (!err)
		err = cursor_number(&bytes, 1, &type);
	if (!err)
		err = type == ADDRESS_IPV4   ? take_address(&bytes, 4, request)
		      : type == ADDRESS_IPV6 ? take_address(&bytes, 16, request)
		      : type == ADDRESS_NAME ? take_name(&bytes, request)
					     : -EINVAL;
	if (!err)
		err = take_port(&bytes, request);
	if (err)
		return err;
	request->keep[0] = (struct span){start, (size_t)(bytes.bytes.data - start)};
	request->tunnel = bytes.bytes;
	return 0;
}

/* Leaves *bytes behind the greeting and, where the server chose it, the user and password. */
static int skip_greeting(struct cursor *bytes)
{
	struct cursor methods, text;
	int err = take_constant(bytes, 5);

	if (!err)
		err = cursor_vector(bytes, 1, &methods);
	if (!err && methods.missing)
		err = -EAGAIN;
	if (!err && methods.bytes.len == 0)
		err = -EINVAL;
	/* Other methods have messages of their own; then what follows is no request. */
	if (err || !memchr(methods.bytes.data, METHOD_PASSWORD, methods.bytes.len) ||
		bytes->bytes.len == 0 || bytes->bytes.data[0] != PASSWORD_VERSION)
		return err;
	err = take_constant(bytes, PASSWORD_VERSION);
	if (!err)
		err = cursor_vector(bytes, 1, &text);
	if (!err)
		err = cursor_vector(bytes, 1, &text);
	return err;
}

int socks_request_read(struct span bytes, struct proxy_request *request)
{
	struct cursor alone = {bytes, CURSOR_ENDLESS}, greeted = alone;
	int err;

	if (bytes.data[0] == 4)
		return read_socks4(alone, request);
	/*
	 * "5 1 0" begins a request and is a greeting that offers no authentication; behind such a
	 * greeting a 5 comes, which is no type of address.
	 */
	err = read_socks5(alone, request);
	if (err != -EINVAL)
		return err;
	*request = (struct proxy_request){0};
	err = skip_greeting(&greeted);
	return err ? err : read_socks5(greeted, request);
}

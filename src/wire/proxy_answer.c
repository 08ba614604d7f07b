// SPDX-License-Identifier: Apache-2.0
/* Skips what a SOCKS proxy says before it passes on what the target says. */
#include "wire/proxy_answer.h"

#include <errno.h>

#include "wire/cursor.h"

#define SOCKS4_GRANTED 0x5a
#define METHOD_NONE 0
#define METHOD_PASSWORD 2
#define ADDRESS_IPV4 1
#define ADDRESS_NAME 3
#define ADDRESS_IPV6 4

static int take_pair(struct cursor *bytes, uint32_t first, uint32_t *ret_second)
{
	uint32_t number;
	int err = cursor_number(bytes, 1, &number);

	if (!err && number != first)
		return -EINVAL;
	return err ? err : cursor_number(bytes, 1, ret_second);
}

/* 0 and then "granted", the rest of the 8 bytes is of no use. */
static int skip_socks4(struct cursor *bytes)
{
	struct cursor unused;
	uint32_t code;
	int err = take_pair(bytes, 0, &code);

	if (!err && code != SOCKS4_GRANTED)
		err = -EINVAL;
	return err ? err : cursor_piece(bytes, 6, &unused);
}

/* The answer to the request: granted, an address, a port. */
static int skip_bound(struct cursor *bytes)
{
	struct cursor unused;
	uint32_t number;
	int err = take_pair(bytes, 5, &number);

	if (!err && number != 0)
		err = -EINVAL;
	if (!err)
		err = take_pair(bytes, 0, &number);
	if (!err)
		err = number == ADDRESS_IPV4   ? cursor_piece(bytes, 4, &unused)
		      : number == ADDRESS_IPV6 ? cursor_piece(bytes, 16, &unused)
		      : number == ADDRESS_NAME ? cursor_vector(bytes, 1, &unused)
					       : -EINVAL;
	return err ? err : cursor_piece(bytes, 2, &unused);
}

static int skip_socks5(struct cursor *bytes)
{
	struct cursor alone = *bytes;
	uint32_t method, status;
	int err = skip_bound(&alone);

	/* Without a greeting; behind one a 5 comes where this has a 0. */
	if (err != -EINVAL) {
		*bytes = alone;
		return err;
	}
	err = take_pair(bytes, 5, &method);
	if (!err && method == METHOD_PASSWORD) {
		err = take_pair(bytes, 1, &status);
		if (!err && status != 0)
			err = -EINVAL;
	} else if (!err && method != METHOD_NONE) {
		err = -EINVAL;
	}
	return err ? err : skip_bound(bytes);
}

bool proxy_answer_skip(struct span bytes, struct span *ret_tunnel)
{
	struct cursor rest = {bytes, CURSOR_ENDLESS};
	int err;

	if (bytes.len == 0)
		return false;
	err = bytes.data[0] == 0 ? skip_socks4(&rest) : skip_socks5(&rest);
	if (err == -EINVAL)
		return false;
	if (err)
		rest.bytes.len = 0;
	*ret_tunnel = rest.bytes;
	return true;
}

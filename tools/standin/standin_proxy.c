/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a proxy for the pool: HTTP CONNECT or SOCKS5. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "standin_talk.h"

#define REQUEST_MAX 512

/* The proxies of the tests answer each request in one segment. */
static int tunnel_connect(struct channel *channel)
{
	const char *pool = channel->options->pool;
	char request[REQUEST_MAX], answer[STANDIN_TALK_MAX];
	int len, err;

	len = snprintf(
		request, sizeof(request), "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", pool, pool);
	if (len >= (int)sizeof(request))
		return -E2BIG;
	err = channel_send(channel, request, len);
	if (!err)
		err = channel_hear(channel, answer);
	if (!err && !strstr(answer, " 200 "))
		err = -ECONNREFUSED;
	return err;
}

/* RFC 1928: no authentication; the name goes to the proxy as it is (ATYP 3). */
static int tunnel_socks5(struct channel *channel)
{
	const char *pool = channel->options->pool, *colon = strrchr(pool, ':');
	unsigned long port = colon ? strtoul(colon + 1, NULL, 10) : 0;
	size_t name_len = colon ? (size_t)(colon - pool) : 0;
	char request[7 + 255], answer[STANDIN_TALK_MAX];
	int err;

	if (!name_len || name_len > 255 || port > 65535)
		return -EINVAL;
	err = channel_send(channel, "\x05\x01\x00", 3);
	if (!err)
		err = channel_hear(channel, answer);
	if (err)
		return err;
	memcpy(request, "\x05\x01\x00\x03", 4);
	request[4] = (char)name_len;
	memcpy(request + 5, pool, name_len);
	request[5 + name_len] = (char)(port >> 8);
	request[6 + name_len] = (char)port;
	err = channel_send(channel, request, 7 + name_len);
	if (!err)
		err = channel_hear(channel, answer);
	if (!err && answer[1] != 0)
		err = -ECONNREFUSED;
	return err;
}

int channel_tunnel(struct channel *channel)
{
	const char *via = channel->options->via;

	if (!via)
		return 0;
	if (strncmp(via, "connect:", 8) == 0)
		return tunnel_connect(channel);
	if (strncmp(via, "socks5:", 7) == 0)
		return tunnel_socks5(channel);
	return -EINVAL;
}

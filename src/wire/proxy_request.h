/* SPDX-License-Identifier: Apache-2.0 */
/* Reads where a proxy is asked to connect to: HTTP CONNECT, SOCKS4, SOCKS4a, SOCKS5. */
#ifndef MINERWATCH_PROXY_REQUEST_H
#define MINERWATCH_PROXY_REQUEST_H

#include <stdint.h>

#include "decode.h"

struct proxy_request {
	struct span host; /* name, or the text of an address; len 0: an address of another form */
	uint8_t address[16]; /* SOCKS with a numeric target; zeros: none. As in event_connect */
	uint16_t port;
	size_t len; /* bytes of the request line or message: what follows is the tunnel's */
	const char *kind; /* "connect", "socks4", "socks5" */
};

/*
 * HTTP CONNECT: RFC 9110 section 9.3.6. SOCKS5: RFC 1928, the greeting may stand before the request
 * in the same bytes, a user and password too. False: none, or not all of it there yet.
 */
bool proxy_request_read(struct span bytes, struct proxy_request *ret_request);

#endif

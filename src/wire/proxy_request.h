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
	/* The request without user, password and header lines: joined, they read the same. */
	struct span keep[2];
	struct span tunnel; /* what follows it is passed on: to be read as another's first bytes */
	const char *kind; /* "connect", "socks4", "socks5" */
};

/*
 * HTTP CONNECT: RFC 9110 section 9.3.6. SOCKS5: RFC 1928, the greeting may stand before the request
 * in the same bytes, a user and password (RFC 1929) too. False: none, or not all of it there yet.
 */
bool proxy_request_read(struct span bytes, struct proxy_request *ret_request);
/* Not all there: further bytes can make a request of them. */
bool proxy_request_begun(struct span bytes);

#endif

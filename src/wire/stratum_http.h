/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the JSON behind the head of an HTTP message. */
#ifndef MINERWATCH_STRATUM_HTTP_H
#define MINERWATCH_STRATUM_HTTP_H

#include "decode.h"

struct stratum_http {
	struct span body; /* len 0: none, or not there yet */
	struct span agent; /* User-Agent */
	bool tunnel; /* CONNECT: the body is no HTTP */
	bool poll; /* GET of a Monero node's height or info, as XMRig's daemon mode does */
};

/* HTTP/1 (RFC 9112), CR LF or LF. False: none. */
bool stratum_http_read(struct span bytes, struct stratum_http *ret_http);

#endif

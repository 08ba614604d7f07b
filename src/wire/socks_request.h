/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the request to a SOCKS proxy; for proxy_request.c. */
#ifndef MINERWATCH_SOCKS_REQUEST_H
#define MINERWATCH_SOCKS_REQUEST_H

#include "wire/proxy_request.h"

/* 0, -EAGAIN: not all there, or -EINVAL: none. *request is zeroed before. */
int socks_request_read(struct span bytes, struct proxy_request *request);

/* A host name, or the text of an address, as far as its bytes say. */
bool proxy_host_ok(struct span host);

#endif

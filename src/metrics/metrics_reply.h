/* SPDX-License-Identifier: Apache-2.0 */
/* Puts an HTTP response together. */
#ifndef MINERWATCH_METRICS_REPLY_H
#define MINERWATCH_METRICS_REPLY_H

#include <stddef.h>

#include "metrics/metrics_request.h"

/*
 * The response to a request whose status is not 0. answer: the sensor's (metrics_server.h); NULL:
 * it gave none. Returns what the caller frees and its length; NULL: out of memory.
 */
char *metrics_reply(
	const struct metrics_request *request, const char *answer, size_t len, size_t *ret_len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the head of an HTTP/1 request to the exporter and says what is to be answered. */
#ifndef MINERWATCH_METRICS_REQUEST_H
#define MINERWATCH_METRICS_REQUEST_H

#include <stdbool.h>

#include "util/span.h"

#define METRICS_REQUEST_MAX 4096 /* bytes of a head; Prometheus sends some 300 */
#define METRICS_LINE_MAX 1024 /* of its first line */

enum metrics_page { METRICS_PAGE_METRICS, METRICS_PAGE_HEALTH, METRICS_PAGE_READY };

struct metrics_request {
	unsigned status; /* 200 with a page; 400, 404, 405, 414, 431, 505; 0: more bytes are wanted
			  */
	enum metrics_page page;
	bool head; /* the answer has no body */
};

/* bytes: all that has come so far, METRICS_REQUEST_MAX at most. */
struct metrics_request metrics_request_read(struct span bytes);

#endif

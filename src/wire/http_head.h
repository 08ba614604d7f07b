/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the parts of an HTTP/1 message: first line, end of the header lines, body. */
#ifndef MINERWATCH_HTTP_HEAD_H
#define MINERWATCH_HTTP_HEAD_H

#include "decode.h"

struct http_head {
	struct span line; /* the first, without its end; as far as it is there */
	bool line_ended;
	/* The end of the last header line and the blank one: with the first line before it this is
	 * a head without header lines. len 0: not all there. */
	struct span blank;
	struct span body; /* all that follows */
};

/* Blank lines before the first one are skipped (RFC 9112 section 2.2); lines may end in LF. */
struct http_head http_head_read(struct span bytes);

#endif

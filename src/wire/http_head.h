/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the parts of an HTTP/1 message: first line, end of the header lines, body. */
#ifndef MINERWATCH_HTTP_HEAD_H
#define MINERWATCH_HTTP_HEAD_H

#include "decode.h"

struct http_head {
	struct span line; /* the first, without its end; as far as it is there */
	bool line_ended;
	struct span lines; /* all header lines, each behind its line end; len 0: not all there */
	/* The end of the last header line and the blank one: with the first line before it this is
	 * a head without header lines. len 0: not all there. */
	struct span blank;
	struct span body; /* all that follows */
};

/* Blank lines before the first one are skipped (RFC 9112 section 2.2); lines may end in LF. */
struct http_head http_head_read(struct span bytes);
/* Is there a header line of this name? Case does not count. */
bool http_head_has(const struct http_head *head, const char *name);

#endif

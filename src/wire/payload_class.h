/* SPDX-License-Identifier: Apache-2.0 */
/* Which reader knows these first bytes, and how much of them may be kept. */
#ifndef MINERWATCH_PAYLOAD_CLASS_H
#define MINERWATCH_PAYLOAD_CLASS_H

#include "decode.h"

#define PAYLOAD_PIECES 5

struct payload_verdict {
	enum payload_class class;
	/*
	 * The pieces of the bytes that may be kept: joined they are of the same class and read the
	 * same, without what a proxy or a web server is told in header lines, user or password.
	 * CONNECT and SOCKS keep the request and, where a reader knows it too, what is said through
	 * the proxy (one proxy: no chains of them). None for the OTHER classes.
	 */
	struct span keep[PAYLOAD_PIECES];
	bool more; /* further bytes can change an OTHER class, or tell a reader more */
};

/*
 * bytes: the first bytes of one direction of a connection, as far as they are there; of a UDP
 * socket: one datagram. Pure. An empty start is PAYLOAD_OTHER with more; from EVENT_PAYLOAD_MAX
 * bytes on there is never more. What a target answers through a proxy has its own class and is kept
 * without what the proxy answered.
 */
struct payload_verdict payload_classify(
	struct span bytes, enum payload_direction direction, unsigned protocol);

/* Joins what may be kept, at most size bytes of it. Returns the length. */
size_t payload_keep(const struct payload_verdict *verdict, char *buffer, size_t size);

#endif

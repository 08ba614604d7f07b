/* SPDX-License-Identifier: Apache-2.0 */
/* Which reader knows these first bytes, and how much of them may be kept. */
#ifndef MINERWATCH_PAYLOAD_CLASS_H
#define MINERWATCH_PAYLOAD_CLASS_H

#include "decode.h"

struct payload_verdict {
	enum payload_class class;
	size_t keep; /* bytes from the start that may be kept; 0 for the OTHER classes */
	bool more; /* further bytes can change the class, or tell a reader more */
};

/*
 * bytes: the first bytes of one direction of a connection, as far as they are there; of a UDP
 * socket: one datagram. Pure. An empty start is PAYLOAD_OTHER with more.
 */
struct payload_verdict payload_classify(
	struct span bytes, enum payload_direction direction, unsigned protocol);

#endif

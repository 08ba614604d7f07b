/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps whose sockets are to be looked at, until the next pass of the file iterator. */
#ifndef MINERWATCH_SOCKETS_H
#define MINERWATCH_SOCKETS_H

#include "event.h"

struct sockets {
	__u32 pids[SCANNED_MAX];
	unsigned count;
	__u64 refused; /* asked for while it was full */
};

/* A process that waits already is there once. */
void sockets_request(struct sockets *sockets, __u32 pid);
/* Those of the next pass; forgets them. Their number. */
unsigned sockets_take(struct sockets *sockets, __u32 ret_pids[SCANNED_MAX]);

#endif

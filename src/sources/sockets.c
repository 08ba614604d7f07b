/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps whose sockets are to be looked at, until the next pass of the file iterator. */
#include "sources/sockets.h"

#include <string.h>

void sockets_request(struct sockets *sockets, __u32 pid)
{
	for (unsigned i = 0; i < sockets->count; i++)
		if (sockets->pids[i] == pid)
			return;
	if (sockets->count == SCANNED_MAX)
		sockets->refused++;
	else
		sockets->pids[sockets->count++] = pid;
}

unsigned sockets_take(struct sockets *sockets, __u32 ret_pids[SCANNED_MAX])
{
	unsigned count = sockets->count;

	memcpy(ret_pids, sockets->pids, sizeof(sockets->pids));
	sockets->count = 0;
	return count;
}

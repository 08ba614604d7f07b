/* SPDX-License-Identifier: Apache-2.0 */
/* Notices what /etc/ld.so.preload names. */
#ifndef MINERWATCH_PRELOAD_H
#define MINERWATCH_PRELOAD_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "source.h"

struct preload {
	uint64_t due_ns; /* of the next look; 0: at once */
	size_t len;
	char text[EVENT_PRELOAD_MAX]; /* as last reported; none at first */
};

/* Once a minute: feeds a PRELOAD record where the text of path is another than before. 0 or -errno
 * of feed. */
int preload_tick(
	struct preload *preload, const char *path, uint64_t now_ns, const struct record_out *out);

#endif

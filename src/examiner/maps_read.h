/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc/PID/maps line by line. */
#ifndef MINERWATCH_MAPS_READ_H
#define MINERWATCH_MAPS_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

struct mapping {
	uint64_t from, to;
	uint64_t inode; /* 0: of no file */
	uint32_t dev; /* as in event_file */
	bool readable, writable, executable;
	char path[EVENT_FILENAME_MAX]; /* cut; as the kernel shows it, "\n" as itself */
};

/* The next whole line that can be read; *text moves behind it. False: there is none. */
bool maps_next(const char **text, struct mapping *ret_mapping);

#endif

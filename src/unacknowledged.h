/* SPDX-License-Identifier: Apache-2.0 */
/* Alert lines that not every sink has said to have: an end without warning must not lose them. */
#ifndef MINERWATCH_UNACKNOWLEDGED_H
#define MINERWATCH_UNACKNOWLEDGED_H

#include <stdint.h>

#include "decode.h"

#define UNACKNOWLEDGED_MAX 64 /* the oldest goes, and is counted: a next run will not send it */

struct unacknowledged {
	struct span lines[UNACKNOWLEDGED_MAX]; /* own copies, oldest first */
	unsigned count;
	uint64_t last; /* number of the last line; they count from 1 */
	uint64_t forgotten;
};

/* Keeps a copy; its number. Without memory it counts as forgotten. */
uint64_t unacknowledged_add(struct unacknowledged *lines, struct span line);
/* Every sink has all lines up to this number. */
void unacknowledged_up_to(struct unacknowledged *lines, uint64_t number);
void unacknowledged_done(struct unacknowledged *lines);

#endif

// SPDX-License-Identifier: Apache-2.0
/* Keeps the lines that a sink may not have. */
#include "unacknowledged.h"

#include <stdlib.h>
#include <string.h>

/* Takes the oldest out. */
static void drop(struct unacknowledged *lines)
{
	free((char *)lines->lines[0].data);
	lines->count--;
	memmove(lines->lines, lines->lines + 1, lines->count * sizeof(lines->lines[0]));
}

uint64_t unacknowledged_add(struct unacknowledged *lines, struct span line)
{
	char *copy = malloc(line.len);

	lines->last++;
	if (lines->count == UNACKNOWLEDGED_MAX) {
		drop(lines);
		lines->forgotten++;
	}
	if (copy) {
		memcpy(copy, line.data, line.len);
		lines->lines[lines->count].data = copy;
		lines->lines[lines->count++].len = line.len;
	} else {
		lines->forgotten++;
	}
	return lines->last;
}

void unacknowledged_up_to(struct unacknowledged *lines, uint64_t number)
{
	/* The last of them has the number `last`; without memory one is missing and a line is kept
	 * longer than need be. */
	while (lines->count && lines->last - lines->count + 1 <= number)
		drop(lines);
}

void unacknowledged_done(struct unacknowledged *lines)
{
	while (lines->count)
		drop(lines);
}

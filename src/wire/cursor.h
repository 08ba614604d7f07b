/* SPDX-License-Identifier: Apache-2.0 */
/* Takes numbers and pieces off the front of bytes that may be cut off or lie about lengths. */
#ifndef MINERWATCH_CURSOR_H
#define MINERWATCH_CURSOR_H

#include <stdint.h>

#include "decode.h"

struct cursor {
	struct span bytes; /* there to be read */
	size_t missing; /* further ones that belong to it and are not there */
};

#define CURSOR_ENDLESS SIZE_MAX /* missing: as many as are asked for */

/*
 * All return 0, -EAGAIN: it goes on where the bytes are cut off, or -EINVAL: it goes past the end.
 * Then *cursor is where it was or behind what could be read: there is no going on.
 */

/* size bytes, at most 4, the high one first. */
int cursor_number(struct cursor *cursor, unsigned size, uint32_t *ret_number);
/* The next len bytes; 0 also where only the beginning of them is there: see ret_piece->missing. */
int cursor_piece(struct cursor *cursor, size_t len, struct cursor *ret_piece);
/* A number of so many bytes, and as many bytes as it says. */
int cursor_vector(struct cursor *cursor, unsigned size, struct cursor *ret_piece);
/* Neither a byte there nor one missing. */
bool cursor_empty(const struct cursor *cursor);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of every record type, as one table for both directions. */
#ifndef TRACECAT_RECORD_LAYOUT_H
#define TRACECAT_RECORD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

enum field_kind {
	FIELD_TYPE, /* header.type: a name */
	FIELD_SIZE, /* header.size: shown, and computed anew when read back */
	FIELD_UNSIGNED,
	FIELD_SIGNED,
	FIELD_TEXT, /* char array, zeros behind the text */
	FIELD_BYTES, /* hex */
	FIELD_ADDRESS, /* 16 bytes, as inet_ntop writes IPv6 */
	FIELD_PAD, /* a number, shown only where not 0 */
	/* Bytes behind the structure, in table order; offset and size are those of their length. */
	FIELD_TAIL_TEXT, /* one string with its NUL */
	FIELD_TAIL_LIST, /* strings, each with its NUL */
};

struct field {
	const char *name;
	unsigned short offset;
	unsigned short size; /* of the whole array where count > 1 */
	unsigned char count;
	unsigned char kind; /* enum field_kind */
};

struct record_layout {
	unsigned char types[6]; /* enum event_type; 0 ends them */
	size_t size; /* of the structure */
	const struct field *fields; /* every byte of the structure once; ended by a NULL name */
};

extern const struct record_layout record_layouts[];
extern const size_t record_layouts_count;

/* NULL: no such type is known. */
const struct record_layout *record_layout_find(unsigned type);

/* True when the field's bytes stand behind the structure. */
bool field_is_tail(const struct field *field);

#endif

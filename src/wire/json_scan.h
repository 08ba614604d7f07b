/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over JSON values in bytes that may be cut off anywhere. */
#ifndef MINERWATCH_JSON_SCAN_H
#define MINERWATCH_JSON_SCAN_H

#include "decode.h"

/* Nothing is said of what lies deeper; it is walked over. */
#define JSON_DEPTH_MAX 8

enum json_kind {
	JSON_STRING,
	JSON_WORD, /* a number, true, false, null, or what is none of them */
	JSON_OBJECT, /* one begins */
	JSON_ARRAY,
};

struct json_item {
	enum json_kind kind;
	struct span text; /* STRING: what is between the quotes, escapes as they stand; WORD: all */
	bool cut; /* the bytes, or the line of a string, ended before the value did */
	unsigned depth; /* containers it is in: their places are levels[0] to levels[depth - 1] */
};

struct json_level {
	bool array;
	bool keyed; /* object: key is there, its value is next */
	struct span key; /* as it stands */
	unsigned index; /* array */
};

struct json_scan {
	const char *at, *end;
	unsigned depth;
	struct json_level levels[JSON_DEPTH_MAX];
};

void json_scan_init(struct json_scan *scan, struct span bytes);

/*
 * The next value, false at the end of the bytes. More lenient than servers are: keys need no
 * quotes, colons may be missing, commas may trail, a closing bracket closes whatever is open. Where
 * something cannot be (a line break in a string, an object where a key should be) everything open
 * is given up and what follows is read as a new value; outside of all containers whatever is none
 * is skipped to the end of its line. Takes time linear in the bytes.
 */
bool json_scan_next(struct json_scan *scan, struct json_item *ret_item);

/* Does the text of a string, escapes as they stand, say word? word: ASCII. */
bool json_text_is(struct span text, const char *word);
/* The same of a key: case does not count, for some decoders take any (Go's encoding/json). */
bool json_key_is(struct span text, const char *word);

#endif

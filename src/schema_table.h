/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of an alert as rows: the one list that the schema is printed from. */
#ifndef MINERWATCH_SCHEMA_TABLE_H
#define MINERWATCH_SCHEMA_TABLE_H

#include <stdbool.h>

enum schema_kind {
	SCHEMA_TEXT, /* bytes from outside: a string that may have a _hex twin */
	SCHEMA_TEXTS, /* an array of them */
	SCHEMA_WORD, /* a string of ours */
	SCHEMA_WORDS,
	SCHEMA_CHOICE, /* one of the words in detail, separated by blanks */
	SCHEMA_TIME,
	SCHEMA_HEX, /* max digits, no fewer */
	SCHEMA_COUNT, /* integer, 0 or more */
	SCHEMA_INTEGER,
	SCHEMA_SCORE, /* integer, 0 to 100 */
	SCHEMA_WEIGHT, /* number, 0 to 1 */
	SCHEMA_SECONDS, /* number, 0 or more */
	SCHEMA_TRUE,
	SCHEMA_BOOL,
	SCHEMA_OBJECT, /* of the kind named in detail */
	SCHEMA_OBJECTS, /* an array of at most max of them */
	SCHEMA_DETECTOR, /* the name of a detector */
	SCHEMA_EVIDENCE, /* typed by the detector of the same object */
};

/* When a key must be there; flags, so that several can be asked for at once. */
enum schema_need {
	NEED_NOT = 1, /* may be there */
	NEED_ALWAYS = 2,
	NEED_INCIDENT = 4, /* in every alert about one; forbidden in "suppressed", "tamper" */
	NEED_ENDED = 8, /* in "ended", forbidden elsewhere */
	NEED_SUPPRESSED = 16, /* in "suppressed", forbidden elsewhere */
	NEED_TAMPER = 32, /* in "tamper", forbidden elsewhere */
};

struct schema_key {
	const char *name;
	enum schema_kind kind;
	enum schema_need need; /* in nested objects NEED_NOT or NEED_ALWAYS */
	unsigned max; /* bytes of a string, items of an array */
	const char *detail;
	const char *meaning;
};

struct schema_object {
	const char *name;
	const char *meaning;
	const struct schema_key *keys; /* in the order they are written; ends with name NULL */
	const char *without; /* key that this object does not have; NULL: it has all */
};

/* The first one is the alert itself; ends with name NULL. */
extern const struct schema_object schema_objects[];

#endif

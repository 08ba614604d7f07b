/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the mining protocols: calls, answers, and the places in them that say something. */
#ifndef MINERWATCH_STRATUM_WORDS_H
#define MINERWATCH_STRATUM_WORDS_H

#include <stdint.h>

#include "wire/json_scan.h"
#include "wire/stratum.h"

/* What one message shows besides its method. */
#define SIGN_RAW 0x1 /* on a connection of its own, not over HTTP */
#define SIGN_PARAMS 0x2 /* an object, an array or null */
#define SIGN_LOGIN 0x4
#define SIGN_AGENT 0x8
#define SIGN_ALGORITHMS 0x10 /* a list of them */
#define SIGN_PROVED 0x20 /* the login is a wallet whose checksum holds */
#define SIGN_ID 0x40
#define SIGN_JOB_ID 0x80
#define SIGN_NONCE 0x100
#define SIGN_BLOB 0x200
#define SIGN_INPUT 0x400 /* Beam's job: what is to be hashed */
#define SIGN_WALLET_ADDRESS 0x800
#define SIGN_RESULT_JOB_ID 0x1000 /* in the answer, or in the job of the answer */
#define SIGN_RESULT_BLOB 0x2000
#define SIGN_RESULT_TARGET 0x4000
#define SIGN_RESULT_OK 0x8000 /* "status":"OK" */
#define SIGN_RESULT_KEEPALIVED 0x10000
#define SIGN_RESULT_TEMPLATE 0x20000
#define SIGN_RESULT_SUBSCRIBED 0x40000
#define SIGN_RESULT_HEADER 0x80000 /* Ethereum's work: hash of the header, seed, boundary */
#define SIGN_RESULT_SEED 0x100000
#define SIGN_RESULT_BOUNDARY 0x200000
#define SIGN_DIFFICULTY 0x400000

enum stratum_text {
	TEXT_NONE,
	TEXT_USER,
	TEXT_AGENT,
	TEXT_WORKER,
	TEXT_ALGO,
	TEXT_FIRST, /* the first of positional parameters; each call says what it is */
	TEXTS
};

struct stratum_word {
	const char *name; /* method; of an answer what struct stratum_message gives as such */
	unsigned needs; /* all of these signs, or the message is not this */
	enum stratum_dialect dialect;
	unsigned what;
	enum stratum_text first; /* what TEXT_FIRST is here */
	unsigned sure[4]; /* all signs of any of these: nothing else says it; 0 ends the list */
};

extern const struct stratum_word stratum_methods[];
extern const unsigned stratum_methods_count; /* at most 64: they are bits */
extern const struct stratum_word stratum_answers[];
extern const unsigned stratum_answers_count;

#define STRATUM_PLACE_KEYS 4

/* A value of a message. */
struct stratum_place {
	const char *keys[STRATUM_PLACE_KEYS]; /* from the outside in; "#0": first of an array */
	enum json_kind kind;
	unsigned sign;
	enum stratum_text text;
	bool (*holds)(struct span text); /* NULL: any value will do */
};

extern const struct stratum_place stratum_places[];
extern const unsigned stratum_places_count;

#endif

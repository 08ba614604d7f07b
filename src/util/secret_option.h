/* SPDX-License-Identifier: Apache-2.0 */
/* Tells by the name of an option or a variable whether its value is a secret. */
#ifndef MINERWATCH_SECRET_OPTION_H
#define MINERWATCH_SECRET_OPTION_H

#include "decode.h"

enum secret {
	SECRET_NONE,
	SECRET_WHOLE,
	SECRET_AFTER_COLON, /* "user:password" */
	SECRET_OR_PORT, /* up to five digits are none: ssh -p 22 */
	SECRET_HEADER, /* what follows "Authorization:": a scheme and a secret, or that alone */
};

/* name of an option without its dashes and value: "p", "rpc-password". */
enum secret secret_option(struct span name);
/* name of a variable or of a field: "DB_PASSWORD". */
enum secret secret_variable(struct span name);

/* Bytes of word up to the end of "authorization:" in it, in any case; all where there is none. */
size_t secret_header_len(struct span word);
/* What follows a word that ends in "bearer" or in "authorization:", in any case. */
enum secret secret_after(struct span word);
/* True for a scheme of an Authorization header: "Basic", "bearer", ... */
bool secret_is_scheme(struct span word);
/* True for a number of at most five digits. */
bool secret_is_port(struct span text);

/*
 * True for "-k", and for "--" followed by a name of small letters, digits and dashes, with or
 * without
 * "=VALUE": what is an option even where a secret could stand.
 */
bool secret_is_next_option(struct span argument);

/* For an argument such as "-pSECRET": SECRET_NONE when it is none, or a one-dash word ("-pool"). */
enum secret secret_glued(struct span argument);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Tells by the name of an option or a variable whether its value is a secret. */
#ifndef MINERWATCH_SECRET_OPTION_H
#define MINERWATCH_SECRET_OPTION_H

#include "decode.h"

enum secret {
	SECRET_NONE,
	SECRET_WHOLE,
	SECRET_AFTER_COLON, /* "user:password" */
};

/* name of an option without its dashes and value: "p", "rpc-password". */
enum secret secret_option(struct span name);
/* name of a variable or of a field: "DB_PASSWORD". */
enum secret secret_variable(struct span name);

/* True when text ends in "bearer", in any case. */
bool secret_ends_in_bearer(struct span text);

/*
 * True for "-k", and for "--" followed by a name of small letters, digits and dashes, with or
 * without
 * "=VALUE": what is an option even where a secret could stand.
 */
bool secret_is_next_option(struct span argument);

/* For an argument such as "-pSECRET": SECRET_NONE when it is none, or a one-dash word ("-pool"). */
enum secret secret_glued(struct span argument);

#endif

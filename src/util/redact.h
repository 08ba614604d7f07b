/* SPDX-License-Identifier: Apache-2.0 */
/* Stands a keyed hash in for a text: equal texts can be told by it, what they say cannot. */
#ifndef MINERWATCH_REDACT_H
#define MINERWATCH_REDACT_H

#include <stdint.h>

#include "decode.h"

#define REDACT_KEY_SIZE 32
#define REDACTED_LEN 25 /* "redacted:" and 16 hex digits, without a NUL */

struct redactor {
	uint8_t key[REDACT_KEY_SIZE];
};

/* A key nobody knows. -EIO: this system gives no random bytes. */
int redactor_random(struct redactor *ret_redactor);
/* A key made of these bytes (their BLAKE2b), the same wherever they are the same. */
void redactor_derive(struct span bytes, struct redactor *ret_redactor);

/* "redacted:" and the first 8 bytes of keyed BLAKE2b over the text, in lower-case hex. */
void redact(const struct redactor *redactor, struct span text, char ret_text[static REDACTED_LEN]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Stands a keyed hash in for a text: equal texts can be told by it, what they say cannot. */
#include "util/redact.h"

#include <errno.h>
#include <sodium/core.h>
#include <sodium/crypto_generichash.h>
#include <sodium/randombytes.h>
#include <string.h>

#define HASH_SIZE 8 /* libsodium gives 16 bytes at least; half of them tell texts apart */
#define PREFIX "redacted:"

_Static_assert(REDACTED_LEN == sizeof(PREFIX) - 1 + 2 * HASH_SIZE, "room for all of it");
_Static_assert(REDACT_KEY_SIZE == crypto_generichash_KEYBYTES, "a key of the usual size");

int redactor_random(struct redactor *ret_redactor)
{
	if (sodium_init() < 0)
		return -EIO;
	randombytes_buf(ret_redactor->key, sizeof(ret_redactor->key));
	return 0;
}

static void hash(const struct redactor *key, struct span text, uint8_t *digest, size_t size)
{
	/* Fails for sizes of digest and key alone, which are ours. */
	(void)crypto_generichash(digest, size, (const unsigned char *)text.data, text.len,
		key ? key->key : NULL, key ? sizeof(key->key) : 0);
}

void redactor_derive(struct span bytes, struct redactor *ret_redactor)
{
	hash(NULL, bytes, ret_redactor->key, sizeof(ret_redactor->key));
}

void redact(const struct redactor *redactor, struct span text, char ret_text[static REDACTED_LEN])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[crypto_generichash_BYTES_MIN];
	char *at = ret_text + sizeof(PREFIX) - 1;

	hash(redactor, text, digest, sizeof(digest));
	memcpy(ret_text, PREFIX, sizeof(PREFIX) - 1);
	for (unsigned i = 0; i < HASH_SIZE; i++) {
		*at++ = digits[digest[i] >> 4];
		*at++ = digits[digest[i] & 0xf];
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Gets the key that --redact wants, and says what is wrong with the file it is to come from. */
#include <sodium/utils.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "log.h"
#include "util/redact.h"
#include "util/trusted_file.h"

#define KEY_FILE_LEAST 32 /* bytes: as many as the key has */
#define KEY_FILE_MAX (64 << 10)

static bool read_key(const char *path, struct redactor *ret_redactor)
{
	const char *refusal;
	char *bytes;
	size_t len;
	int err = trusted_file_read(path, KEY_FILE_MAX, &bytes, &len, &refusal);

	if (err < 0) {
		log_error("--redact-key %s: %s", path, refusal ? refusal : strerror(-err));
		return false;
	}
	if (len < KEY_FILE_LEAST)
		log_error("--redact-key %s: has %zu bytes; a key has %d at least", path, len,
			KEY_FILE_LEAST);
	else
		redactor_derive((struct span){bytes, len}, ret_redactor);
	sodium_memzero(bytes, len);
	free(bytes);
	return len >= KEY_FILE_LEAST;
}

bool redactor_load_or_say(const struct options *options, struct redactor *ret_redactor)
{
	int err;

	if (options->redact_key)
		return read_key(options->redact_key, ret_redactor);
	err = redactor_random(ret_redactor);
	if (err < 0)
		log_error("--redact: %s", strerror(-err));
	return err == 0;
}

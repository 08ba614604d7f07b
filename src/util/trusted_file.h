/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file that decides what the sensor does, so nobody but root and the caller may write it.
 */
#ifndef MINERWATCH_TRUSTED_FILE_H
#define MINERWATCH_TRUSTED_FILE_H

#include <stddef.h>

/*
 * Reads the whole of the file at path, of at most max bytes, following links (a ConfigMap is made
 * of them). Returns 0 and bytes the caller frees, or -errno; *ret_refusal, where it is not NULL
 * then, says for people what is wrong with the file itself.
 */
int trusted_file_read(
	const char *path, size_t max, char **ret_data, size_t *ret_len, const char **ret_refusal);

#endif

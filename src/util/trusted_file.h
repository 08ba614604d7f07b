/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file that decides what the sensor does, so nobody but root and the caller may write it.
 */
#ifndef MINERWATCH_TRUSTED_FILE_H
#define MINERWATCH_TRUSTED_FILE_H

#include <fcntl.h>
#include <stddef.h>

/* O_NONBLOCK: a FIFO must not hold us up before it is refused. */
#define TRUSTED_FILE_FLAGS (O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)

/*
 * Reads the whole of the file at path, of at most max bytes, following links (a ConfigMap is made
 * of them). Returns 0 and bytes the caller frees, or -errno; *ret_refusal, where it is not NULL
 * then, says for people what is wrong with the file itself.
 */
int trusted_file_read(
	const char *path, size_t max, char **ret_data, size_t *ret_len, const char **ret_refusal);
/* The same of one that was opened with TRUSTED_FILE_FLAGS; fd stays the caller's. */
int trusted_file_take(
	int fd, size_t max, char **ret_data, size_t *ret_len, const char **ret_refusal);
/* The owner, mode, kind and size alone, for a file that is read piece by piece. */
int trusted_file_check(int fd, size_t max, size_t *ret_len, const char **ret_refusal);

#endif

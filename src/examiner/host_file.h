/* SPDX-License-Identifier: Apache-2.0 */
/* Opens files that only the host's root can have written. */
#ifndef MINERWATCH_HOST_FILE_H
#define MINERWATCH_HOST_FILE_H

#include <stddef.h>

/*
 * dir: any directory. An absolute path is looked up as if dir were the root, links included; a
 * relative one stays below dir and passes no link. -errno.
 */
int host_directory_open(int dir, const char *path);
/* Also -EPERM: no regular file, not owned by root, or group or others may write to it. */
int host_file_open(int dir, const char *path);
/* The caller frees *ret_text. Also -EFBIG: longer than max. Ends with a NUL that does not count. */
int host_file_read(int dir, const char *path, size_t max, char **ret_text, size_t *ret_len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* One set of rules as one sealed memory file: made and checked by one process, opened by another.
 */
#ifndef MINERWATCH_RULES_BUNDLE_H
#define MINERWATCH_RULES_BUNDLE_H

#include "rules_private.h"

/*
 * Reads the embedded files and those of directory (NULL: none) and writes them into a memory file,
 * digests sorted. Lists are not looked into yet. Returns 0, with problems told or not, or -errno.
 */
int rules_bundle_write(const char *directory, struct rules_problems *problems, int *ret_fd);
/* Maps it and points rules' files, digests and digest into it. 0 or -errno. */
int rules_bundle_read(int fd, struct rules *rules);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Looks up one value in a bbolt database that another process may be writing. */
#ifndef MINERWATCH_BOLT_DB_H
#define MINERWATCH_BOLT_DB_H

#include <stddef.h>

/*
 * Format: go.etcd.io/bbolt, internal/common (meta.go, page.go, bucket.go), as containerd 1.6
 * writes it. Only the pages on the way to the value are read, so the file may have any size; what
 * is bounded is the length of each and, with the depth, their number.
 */
#define BOLT_NODE_MAX (256 * 1024) /* bytes; a leaf is longer only around a value that long */
#define BOLT_DEPTH_MAX                                                             \
	8 /* of the tree of one bucket; branches of 4 KiB lead to 50 or more pages \
	   */

/*
 * fd: the file. path: names of nested buckets, then the key, then NULL. Copies the value and a NUL
 * to ret_value. 0, -ENOENT, -EINVAL (no such database, or a damaged one), -EFBIG (a bound above),
 * -ENAMETOOLONG (the value and its NUL do not fit size), -EAGAIN (written to all the time),
 * -ENOMEM, -errno of reading.
 */
int bolt_db_find(int fd, const char *const *path, char *ret_value, size_t size);

#endif

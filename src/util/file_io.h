/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes a regular file whole, however little the kernel takes at a time. */
#ifndef MINERWATCH_FILE_IO_H
#define MINERWATCH_FILE_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* From offset on; how many bytes, fewer only where the file ends, or -errno. */
ssize_t file_read_at(int fd, void *data, size_t len, uint64_t offset);
/* All of it, or -errno. */
int file_write_at(int fd, const void *data, size_t len, uint64_t offset);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Opens what a process runs or has mapped, and tells whether it is the file that was meant. */
#ifndef MINERWATCH_CONTENT_OPEN_H
#define MINERWATCH_CONTENT_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "examiner/maps_read.h"

struct opened_file {
	int fd; /* at its start; the caller closes it */
	uint64_t mtime_ns;
	struct event_file file;
};

/* dir: /proc/PID. 0, -errno; -EPERM: it is no regular file. */
int content_open_exe(int dir, struct opened_file *ret_file);
/*
 * The file of a mapping, looked up by its name where the process looks. Also -ESTALE: the name
 * leads to another one.
 */
int content_open_mapped(int dir, const struct mapping *mapping, struct opened_file *ret_file);

/*
 * The file the kernel has seen, with the bytes it had then. Its ctime may be a later one: unlinking
 * changes it and writing does too, but that changes mtime as well.
 */
bool content_is(const struct event_file *seen, const struct opened_file *opened);
/*
 * stat gives btrfs' and overlayfs' files device numbers of no device (major 0) that are not those
 * the kernel itself uses.
 */
bool content_same_device(uint32_t a, uint32_t b);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the text of /proc/PID/mountinfo. */
#ifndef MINERWATCH_MOUNTINFO_H
#define MINERWATCH_MOUNTINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"

/*
 * Format: proc(5), kernel fs/proc_namespace.c show_mountinfo. The text may hold any bytes: whoever
 * may mount chooses root, mount point, source and options. A reader of the file bounds it:
 */
#define MOUNTINFO_MAX (1024 * 1024) /* a busy node's process sees 100-500 KiB */

/* One mount; spans point into the text, with the kernel's octal escapes (see mountinfo_text). */
struct mountinfo_mount {
	uint32_t id, parent;
	uint32_t major, minor; /* of the file system's device */
	struct span root; /* of the file system: what of it is mounted */
	struct span point; /* where, seen from the process's root */
	struct span fstype, source;
	struct span options; /* of the file system, with commas between */
};

struct mountinfo {
	struct span rest; /* text not yet read */
	unsigned refused; /* lines that are none, a last one without its end too */
};

/* The next good line; false at the end. Start with {.rest = text}. */
bool mountinfo_next(struct mountinfo *mountinfo, struct mountinfo_mount *ret_mount);

/* Undoes the escapes; 0, or -ENAMETOOLONG where size does not hold the text and its NUL. */
int mountinfo_text(struct span field, char *ret_text, size_t size);

#endif

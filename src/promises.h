/* SPDX-License-Identifier: Apache-2.0 */
/* What each process may do for the rest of its life: one table, obeyed, printed and tested. */
#ifndef MINERWATCH_PROMISES_H
#define MINERWATCH_PROMISES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "seccomp_filter.h"

/* All of them have no_new_privs, an empty bounding set where they may empty it, and a filter. */
struct promise {
	const char *name;
	uint64_t capabilities; /* bit a CAP_: the most it keeps */
	const char *capabilities_why;
	bool read_only; /* Landlock, where the kernel has it */
	const char *writable_why; /* else: why not */
};

/* That of SECCOMP_START is for nobody: name NULL. */
extern const struct promise promises[SECCOMP_ROLES];

/* For `run`, first of all: gives up the calls that none of its processes ever makes. 0 or -errno.
 */
int promise_begin(void);
/*
 * For a helper, first of all: fd becomes its stdin; it keeps stdout and stderr, and nothing else. A
 * terminal's ^C reaches it too, but the launcher ends it. 0 or -errno.
 */
int helper_begin(int fd);
/* Makes it true of the process that calls, for good. 0 or -errno. */
int promise_keep(enum seccomp_role role);
/* The same in steps, for who must try in between what it can do without. */
int promise_keep_capabilities(enum seccomp_role role);
int promise_keep_calls(enum seccomp_role role);

/* For people; of each process a line of what it is and may be, one of each call with its reason. */
void promises_print(FILE *out);

#endif

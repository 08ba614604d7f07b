/* SPDX-License-Identifier: Apache-2.0 */
/* System calls as data: who may make which, when and why; which of them kill. */
#ifndef MINERWATCH_SECCOMP_ROWS_H
#define MINERWATCH_SECCOMP_ROWS_H

#include <stdint.h>

#include "seccomp_filter.h"

#define SECCOMP_GROUPS_MAX 20
#define SECCOMP_WHOLE UINT64_MAX /* a mask that takes all of an argument */

/* Holds where (arguments[argument] & mask) == value; mask 0: always. */
struct seccomp_condition {
	unsigned argument;
	uint64_t mask, value;
	const char *text; /* for people; NULL: always */
};

struct seccomp_row {
	const char *call; /* its name; not every architecture has each */
	struct seccomp_condition only;
	const char *why;
};

/* Lists that end with call NULL; a call may stand in several. Ends with NULL. */
struct seccomp_table {
	const struct seccomp_row *groups[SECCOMP_GROUPS_MAX + 1];
};

extern const struct seccomp_table seccomp_tables[SECCOMP_ROLES];
/*
 * These kill. Without a condition: whatever of the call the role's list does not allow. Ends with
 * call NULL.
 */
extern const struct seccomp_row seccomp_forbidden[];

#endif

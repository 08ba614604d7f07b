/* SPDX-License-Identifier: Apache-2.0 */
/* A role's rows in one list, without what another of them says already. */
#ifndef MINERWATCH_SECCOMP_LIST_H
#define MINERWATCH_SECCOMP_LIST_H

#include <stdbool.h>

#include "seccomp_rows.h"

#define SECCOMP_LIST_MAX 256 /* the longest has half of it; one more is -E2BIG */

struct seccomp_list {
	const struct seccomp_row *rows[SECCOMP_LIST_MAX];
	unsigned count;
};

int seccomp_list_of(enum seccomp_role role, struct seccomp_list *ret_list);
/* True where the list allows all that the row says. */
bool seccomp_list_allows(const struct seccomp_list *list, const struct seccomp_row *row);
/* The call's row with the largest value in its condition; NULL: it is not on the list. */
const struct seccomp_row *seccomp_list_largest(const struct seccomp_list *list, const char *call);

#endif

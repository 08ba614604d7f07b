/* SPDX-License-Identifier: Apache-2.0 */
/* A role's rows in one list, without what another of them says already. */
#include "seccomp_list.h"

#include <errno.h>
#include <string.h>

static bool covers(const struct seccomp_row *wide, const struct seccomp_row *narrow)
{
	return strcmp(wide->call, narrow->call) == 0 &&
	       (wide->only.mask == 0 || (wide->only.argument == narrow->only.argument &&
						wide->only.mask == narrow->only.mask &&
						wide->only.value == narrow->only.value));
}

bool seccomp_list_allows(const struct seccomp_list *list, const struct seccomp_row *row)
{
	for (unsigned i = 0; i < list->count; i++)
		if (covers(list->rows[i], row))
			return true;
	return false;
}

/* A condition is no matter where another group lets the call without one. */
static void add(struct seccomp_list *list, const struct seccomp_row *row)
{
	unsigned kept = 0;

	if (seccomp_list_allows(list, row))
		return;
	for (unsigned i = 0; i < list->count; i++)
		if (!covers(row, list->rows[i]))
			list->rows[kept++] = list->rows[i];
	list->rows[kept++] = row;
	list->count = kept;
}

int seccomp_list_of(enum seccomp_role role, struct seccomp_list *ret_list)
{
	ret_list->count = 0;
	for (const struct seccomp_row *const *group = seccomp_tables[role].groups; *group;
		group++) {
		for (const struct seccomp_row *row = *group; row->call; row++) {
			if (ret_list->count == SECCOMP_LIST_MAX)
				return -E2BIG;
			add(ret_list, row);
		}
	}
	return 0;
}

const struct seccomp_row *seccomp_list_largest(const struct seccomp_list *list, const char *call)
{
	const struct seccomp_row *largest = NULL;

	for (unsigned i = 0; i < list->count; i++)
		if (strcmp(list->rows[i]->call, call) == 0 &&
			(!largest || list->rows[i]->only.value > largest->only.value))
			largest = list->rows[i];
	return largest;
}

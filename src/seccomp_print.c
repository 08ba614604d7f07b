/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of calls for people, and for whoever must grant them. */
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>

#include "seccomp_filter.h"
#include "seccomp_list.h"

static bool exists_here(const struct seccomp_row *row)
{
	return seccomp_syscall_resolve_name(row->call) >= 0;
}

static void print_row(const struct seccomp_row *row, FILE *out)
{
	char call[80];

	if (!exists_here(row))
		return;
	snprintf(call, sizeof(call), "%s%s%s%s", row->call, row->only.text ? " (" : "",
		row->only.text ? row->only.text : "", row->only.text ? ")" : "");
	fprintf(out, "    %-34s%s\n", call, row->why);
}

void seccomp_print(enum seccomp_role role, FILE *out)
{
	struct seccomp_list list;

	if (seccomp_list_of(role, &list) < 0)
		return;
	for (unsigned i = 0; i < list.count; i++)
		print_row(list.rows[i], out);
}

void seccomp_print_forbidden(FILE *out)
{
	for (const struct seccomp_row *row = seccomp_forbidden; row->call; row++)
		print_row(row, out);
}

static bool stands_before(const struct seccomp_list *list, unsigned at)
{
	for (unsigned i = 0; i < at; i++)
		if (strcmp(list->rows[i]->call, list->rows[at]->call) == 0)
			return true;
	return false;
}

void seccomp_print_requirements(FILE *out)
{
	struct seccomp_list list;

	if (seccomp_list_of(SECCOMP_START, &list) < 0)
		return;
	for (unsigned i = 0; i < list.count; i++)
		if (exists_here(list.rows[i]) && !stands_before(&list, i))
			fprintf(out, "system-call\t%s\t%s\n", list.rows[i]->call,
				list.rows[i]->why);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that the lists of calls are whole and fit each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>

#include "seccomp_rows.h"

static bool lists(enum seccomp_role role, const char *name)
{
	for (const struct seccomp_row *const *group = seccomp_tables[role].groups; *group; group++)
		for (const struct seccomp_row *row = *group; row->call; row++)
			if (strcmp(row->call, name) == 0)
				return true;
	return false;
}

/* A child is held to its parent's list as well, so what it needs is on that one too. */
static void lists_lie_within_each_other(void **state)
{
	(void)state;
	for (unsigned role = 0; role < SECCOMP_ROLES; role++) {
		const struct seccomp_row *const *group = seccomp_tables[role].groups;

		for (; *group; group++) {
			for (const struct seccomp_row *row = *group; row->call; row++) {
				if (!lists(SECCOMP_START, row->call))
					fail_msg("%s: not on the list of the start", row->call);
				if (role != SECCOMP_START && role != SECCOMP_SENSOR &&
					!lists(SECCOMP_LAUNCHER, row->call))
					fail_msg("%s: not on the launcher's list", row->call);
			}
		}
	}
}

static void check_row(const struct seccomp_row *row)
{
	if (seccomp_syscall_resolve_name(row->call) == __NR_SCMP_ERROR)
		fail_msg("%s: no such call", row->call);
	if (!row->why || !row->why[0])
		fail_msg("%s: no reason", row->call);
	if ((row->only.mask != 0) != (row->only.text != NULL))
		fail_msg("%s: a condition without words, or words without one", row->call);
}

static void rows_are_whole(void **state)
{
	(void)state;
	for (unsigned role = 0; role < SECCOMP_ROLES; role++) {
		const struct seccomp_row *const *group = seccomp_tables[role].groups;

		assert_non_null(*group);
		for (; *group; group++)
			for (const struct seccomp_row *row = *group; row->call; row++)
				check_row(row);
	}
	for (const struct seccomp_row *row = seccomp_forbidden; row->call; row++)
		check_row(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_lie_within_each_other),
		cmocka_unit_test(rows_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

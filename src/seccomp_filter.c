/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a kernel filter of a role's list of calls. */
#include "seccomp_filter.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seccomp_list.h"

static int add_rule(scmp_filter_ctx filter, uint32_t action, const char *call, unsigned conditions,
	struct scmp_arg_cmp condition)
{
	int number = seccomp_syscall_resolve_name(call);

	if (number < 0)
		return 0; /* not on this architecture, or younger than the library */
	return seccomp_rule_add_array(filter, action, number, conditions, &condition);
}

static int add_row(scmp_filter_ctx filter, uint32_t action, const struct seccomp_row *row)
{
	const struct seccomp_condition *only = &row->only;

	return add_rule(filter, action, row->call, only->mask != 0,
		(struct scmp_arg_cmp){.arg = only->argument,
			.op = SCMP_CMP_MASKED_EQ,
			.datum_a = only->mask,
			.datum_b = only->value});
}

/* All of a call but what is allowed: number by number, since a rule compares an argument once. */
static int forbid_rest(scmp_filter_ctx filter, const struct seccomp_list *list,
	const struct seccomp_row *forbidden)
{
	const struct seccomp_row *largest = seccomp_list_largest(list, forbidden->call);
	struct seccomp_row row = *forbidden;
	int err = 0;

	if (!largest)
		return add_row(filter, SCMP_ACT_KILL_PROCESS, forbidden);
	row.only = largest->only;
	for (row.only.value = 0; row.only.value < largest->only.value && err == 0; row.only.value++)
		if (!seccomp_list_allows(list, &row))
			err = add_row(filter, SCMP_ACT_KILL_PROCESS, &row);
	if (err < 0)
		return err;
	return add_rule(filter, SCMP_ACT_KILL_PROCESS, row.call, 1,
		(struct scmp_arg_cmp){.arg = largest->only.argument,
			.op = SCMP_CMP_GT,
			.datum_a = largest->only.value});
}

static int add_rules(scmp_filter_ctx filter, const struct seccomp_list *list)
{
	int err = 0;

	for (unsigned i = 0; i < list->count && err == 0; i++)
		err = add_row(filter, SCMP_ACT_ALLOW, list->rows[i]);
	for (const struct seccomp_row *row = seccomp_forbidden; row->call && err == 0; row++) {
		const struct seccomp_row whole = {.call = row->call};

		if (seccomp_list_allows(list, &whole))
			continue;
		err = row->only.mask ? add_row(filter, SCMP_ACT_KILL_PROCESS, row)
				     : forbid_rest(filter, list, row);
	}
	return err;
}

int seccomp_apply(enum seccomp_role role)
{
	struct seccomp_list list;
	scmp_filter_ctx filter;
	int err;

	if (seccomp_absent_why())
		return 0;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return -ENOMEM;
	/* Calls of another architecture would go past the list. */
	err = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1); /* since 4.14, as killing a process */
	/* Before 5.16 a filter slows its process against code of others in it: there is none. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	if (err == 0)
		err = seccomp_list_of(role, &list);
	if (err == 0)
		err = add_rules(filter, &list);
	if (err == 0)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}

const char *seccomp_absent_why(void)
{
#ifdef SECCOMP_LEFT_OUT
	return "left out of builds with sanitizers";
#else
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0
		       ? "seccomp filters cannot be had here"
		       : NULL;
#endif
}

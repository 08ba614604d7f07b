/* SPDX-License-Identifier: Apache-2.0 */
/* What each process may do for the rest of its life: one table, obeyed, printed and tested. */
#include "promises.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "privileges.h"

/*
 * Landlock forbids a process to look into any that is not in its own domain, so exe, maps and fd of
 * all others could not be read (security/landlock/ptrace.c, Linux 5.13).
 */
#define LOOKS_INTO_OTHERS "none: with it, it could not look into other processes"

const struct promise promises[SECCOMP_ROLES] = {
	[SECCOMP_LAUNCHER] = {"launcher",
		PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH) |
			PRIVILEGE(CAP_DAC_OVERRIDE),
		"what helpers it starts later keep, and files opened again", false,
		"none: it opens what others write to"},
	[SECCOMP_SENSOR] = {"sensor", PRIVILEGE(CAP_BPF),
		"only where the kernel asks for it at each pass (before about 5.19), else none",
		true, NULL},
	[SECCOMP_EXAMINER] = {"examiner",
		PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH),
		"other users' processes and files, to look into", false, LOOKS_INTO_OTHERS},
	[SECCOMP_READER] = {"reader of content",
		PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH),
		"other users' processes and files, to read", false, LOOKS_INTO_OTHERS},
	[SECCOMP_VISITOR] = {"visitor", 0, "none", true, NULL},
	[SECCOMP_LOADER] = {"loader", PRIVILEGE(CAP_DAC_READ_SEARCH), "rules of other users", true,
		NULL},
	[SECCOMP_WRITER] = {"writer", 0, "none: its target is open", true, NULL},
	[SECCOMP_EXPORTER] = {"exporter", 0, "none: its port is open", true, NULL},
};

static int said(const char *name, int err)
{
	if (err < 0)
		log_error("%s: giving up privileges: %s", name, strerror(-err));
	return err;
}

int promise_begin(void)
{
	return said("start", seccomp_apply(SECCOMP_START));
}

int helper_begin(int fd)
{
	signal(SIGINT, SIG_IGN);
	if (dup2(fd, STDIN_FILENO) < 0 || close_range(STDERR_FILENO + 1, ~0U, 0) < 0)
		return -errno;
	return 0;
}

int promise_keep_capabilities(enum seccomp_role role)
{
	return privileges_keep(promises[role].capabilities);
}

int promise_keep_calls(enum seccomp_role role)
{
	if (promises[role].read_only)
		privileges_read_only(); /* where the kernel has it; doctor says so where not */
	return seccomp_apply(role);
}

int promise_keep(enum seccomp_role role)
{
	int err = promise_keep_capabilities(role);

	return said(promises[role].name, err < 0 ? err : promise_keep_calls(role));
}

static void print(const struct promise *promise, FILE *out)
{
	fprintf(out, "%s\n", promise->name);
	fprintf(out, "  %-16s%016llx  at most; %s\n", "CapPrm",
		(unsigned long long)promise->capabilities, promise->capabilities_why);
	fprintf(out, "  %-16s%d  no program it could start gets more\n", "NoNewPrivs", 1);
	fprintf(out, "  %-16s%s\n", "Landlock",
		promise->read_only ? "nothing is opened for writing, made, removed or executed"
				   : promise->writable_why);
	if (seccomp_absent_why())
		fprintf(out, "  %-16s%d  %s; it would be held to:\n", "Seccomp", 0,
			seccomp_absent_why());
	else
		fprintf(out, "  %-16s%d  held to these calls; any other fails\n", "Seccomp", 2);
}

void promises_print(FILE *out)
{
	for (unsigned role = 0; role < SECCOMP_ROLES; role++) {
		if (!promises[role].name)
			continue;
		print(&promises[role], out);
		seccomp_print(role, out);
	}
	fprintf(out, "every process, but for the launcher when it executes its canary\n"
		     "  dies of any of these:\n");
	seccomp_print_forbidden(out);
}

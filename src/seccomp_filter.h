/* SPDX-License-Identifier: Apache-2.0 */
/* Holds a process to the system calls it has a reason to make. */
#ifndef MINERWATCH_SECCOMP_FILTER_H
#define MINERWATCH_SECCOMP_FILTER_H

#include <stdio.h>

/* Which list a process is held to. A child adds its own to its parent's: both then hold. */
enum seccomp_role {
	SECCOMP_START, /* everybody, from the start: what any of them, or loading, needs */
	SECCOMP_LAUNCHER, /* once the sensor runs; what its helpers need is in it */
	SECCOMP_SENSOR,
	SECCOMP_EXAMINER,
	SECCOMP_READER, /* of content */
	SECCOMP_VISITOR,
	SECCOMP_LOADER,
	SECCOMP_WRITER, /* of lines to one sink */
	SECCOMP_EXPORTER, /* of metrics */
	SECCOMP_ROLES,
};

/*
 * For good: a forbidden call kills the process (SIGSYS), any other that is not on the role's list
 * fails with EPERM, which the kernel's audit log tells. Sets no_new_privs. 0 or -errno; 0 too where
 * there can be no filter, which seccomp_absent_why says.
 */
int seccomp_apply(enum seccomp_role role);

/* Why processes are held to no list; NULL: they are. */
const char *seccomp_absent_why(void);

/* For people, a call a line with its reason: the role's list; what kills whoever is not let. */
void seccomp_print(enum seccomp_role role, FILE *out);
void seccomp_print_forbidden(FILE *out);

/* Every call that any of the processes needs, a line each: "system-call", name and reason. */
void seccomp_print_requirements(FILE *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A child that is held to a role's list of calls, and what becomes of it. */
#ifndef MINERWATCH_SECCOMP_FIXTURE_H
#define MINERWATCH_SECCOMP_FIXTURE_H

#include "seccomp_filter.h"

#define ROLE(role) (1u << SECCOMP_##role)
#define ALL_ROLES ((1u << SECCOMP_ROLES) - 1)

enum { FINE = 0, KILLED = 1000 }; /* else an errno; by another signal: minus its number */

/* What becomes of a child with that list which does that; act ends it, by an errno or FINE. */
int outcome(enum seccomp_role role, void (*act)(const void *what), const void *what);

/* Such an act: makes a call and ends with the kernel's answer. */
_Noreturn void make_call(long number, const long arguments[6]);

#endif

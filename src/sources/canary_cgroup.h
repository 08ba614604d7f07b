/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroup of a canary: made for a play, renamed and removed after it. */
#ifndef MINERWATCH_CANARY_CGROUP_H
#define MINERWATCH_CANARY_CGROUP_H

#include <stdbool.h>

#define CANARY_CGROUP_MAX 1200 /* bytes of its path */

/* One of this process's own below the mount; false, and path "": none can be made there. */
bool canary_cgroup_make(const char *mount, char path[static CANARY_CGROUP_MAX]);
/*
 * Renames (where the hierarchy can) and removes it; nobody may be in it. Returns what could not be
 * triggered, bit a canary_link.
 */
unsigned canary_cgroup_end(const char *path);
/*
 * Removes those that players who were killed have left below the mount: by their names, which
 * nobody else gives, if no process has the number in it, and nothing that is in use.
 */
void canary_cgroup_sweep(const char *mount);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Source of CGROUP records: the cgroups that are older than the run. */
#ifndef MINERWATCH_CGROUP_WALK_H
#define MINERWATCH_CGROUP_WALK_H

#include "source.h"

/*
 * Feeds a CGROUP record for each directory of the hierarchy mounted at mount, the root included, at
 * most 16,384. Returns how many, or -errno (of feeding, or of the mount point).
 */
int cgroup_walk(const char *mount, const struct record_out *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Which cgroup hierarchy carries the cgroup ids of the records, and where it is mounted. */
#ifndef MINERWATCH_CGROUP_HIERARCHY_H
#define MINERWATCH_CGROUP_HIERARCHY_H

#include <stdbool.h>
#include <stddef.h>

#define CGROUP_MOUNT_MAX 1024 /* bytes of a mount point, with NUL; a longer one is passed over */

struct cgroup_hierarchy {
	unsigned version; /* 1, 2; 0: this host has none that would do */
	unsigned id; /* number of the hierarchy, as in /proc/cgroups; 0 is cgroup2's */
	const char *controller; /* version 1: the one whose hierarchy it is; else NULL. Static. */
	/* Mount points of true roots; "" where there is none. cgroup2 may be the first one too. */
	char mount[CGROUP_MOUNT_MAX];
	char cgroup2[CGROUP_MOUNT_MAX];
};

/* Says whether the directory is the true root of its hierarchy. */
typedef bool (*cgroup_root_fn)(const char *mount_point);

/*
 * From the texts of /proc/cgroups and /proc/self/mountinfo, NUL-terminated: the first controller of
 * pids, memory, cpuacct, cpu, devices, freezer that has a hierarchy of its own (version 1), else
 * cgroup2 where it is mounted. Lines that cannot be understood are passed over.
 */
void cgroup_hierarchy_choose(const char *cgroups, const char *mountinfo, cgroup_root_fn is_root,
	struct cgroup_hierarchy *ret_hierarchy);

/* The same for this host. Returns 0 or -errno of the files in /proc. */
int cgroup_hierarchy_find(struct cgroup_hierarchy *ret_hierarchy);

/*
 * This kernel's number of a controller (its NAME_cgrp_id, the index in css_set.subsys), from BTF.
 * Returns 0, -ENOENT, or -errno of reading the BTF.
 */
int cgroup_subsystem_find(const char *controller, unsigned *ret_subsystem);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Walks a cgroup's kernfs nodes up to the true root of its hierarchy and writes the path. */
#ifndef MINERWATCH_KERNFS_BPF_H
#define MINERWATCH_KERNFS_BPF_H

#include "core_fixes.bpf.h"

#define KERNFS_DEPTH 128 /* deepest cgroup that is walked */
#define KERNFS_PATH_MASK (EVENT_CGROUP_PATH_MAX - 1)
#define KERNFS_SIZE_MASK 2047 /* of the longest record; for the verifier: still inside the walk */

/* Where a walk stands: in a map, for the same reason as struct path_walk. */
struct kernfs_walk {
	struct event_cgroup record;
	/* A name is read before it is known to fit, so the walk may write beyond. */
	char path[EVENT_CGROUP_PATH_MAX + EVENT_NAME_MAX]; /* follows the record */
	const struct kernfs_node *nodes[KERNFS_DEPTH]; /* from the cgroup up, without the root */
	const struct kernfs_node *next;
	__u32 depth;
	__u32 len; /* of path, without a NUL */
};

/* The nodes up to the root. False: it lies deeper than the walk goes. */
static __always_inline bool kernfs_climb(struct kernfs_walk *walk)
{
	for (int i = 0; i < KERNFS_DEPTH; i++) {
		const struct kernfs_node *node = walk->next, *parent = kernfs_parent(node);

		walk->depth = i;
		if (!parent)
			return true;
		walk->nodes[i] = node;
		walk->next = parent;
	}
	return false;
}

/* Appends "/name". False: no more room, or no name; the record's flags then say which. */
static __always_inline bool kernfs_add(struct kernfs_walk *walk, const struct kernfs_node *node)
{
	__u32 len = walk->len & KERNFS_PATH_MASK;
	long n;

	walk->path[len] = '/';
	n = bpf_probe_read_kernel_str(
		walk->path + len + 1, EVENT_NAME_MAX, BPF_CORE_READ(node, name));
	if (n <= 1) {
		walk->record.header.flags = EVENT_NO_PATH;
		return false;
	}
	if (len + 1 + n > EVENT_CGROUP_PATH_MAX) {
		walk->record.header.flags = EVENT_CUT_PATH;
		walk->len = EVENT_CGROUP_PATH_MAX - 1;
		return false;
	}
	walk->len = len + n;
	return true;
}

/* From the root down: what does not fit is the end, as in the path the kernel's hooks give. */
static __always_inline void kernfs_descend(struct kernfs_walk *walk)
{
	for (__u32 i = 0; i < KERNFS_DEPTH && i < walk->depth; i++) {
		__u32 below = (walk->depth - 1 - i) & (KERNFS_DEPTH - 1);

		if (!kernfs_add(walk, walk->nodes[below]))
			return;
	}
}

/*
 * Makes the CGROUP record. Its bytes are a multiple of 8, as those of all records of an iterator:
 * the last ones of the path are zeros.
 */
static __always_inline void kernfs_record(struct kernfs_walk *walk, const struct cgroup *cgroup)
{
	struct event_cgroup *record = &walk->record;
	__u32 len;

	__builtin_memset(record, 0, sizeof(*record));
	record->header.type = EVENT_CGROUP;
	record->header.time_ns = bpf_ktime_get_boot_ns();
	record->header.cgroup_id = cgroup->kn->id;
	record->level = cgroup->level;
	walk->next = cgroup->kn;
	walk->path[0] = '/'; /* all of the root's */
	walk->len = 0;
	if (!kernfs_climb(walk))
		record->header.flags = EVENT_NO_PATH;
	else
		kernfs_descend(walk);
	len = walk->depth ? walk->len & KERNFS_PATH_MASK : 1;
	if (record->header.flags & EVENT_NO_PATH)
		len = 0;
	else
		record->path_len = len + 1;
	for (int i = 0; i < 8; i++)
		walk->path[len + i] = '\0';
	record->header.size = (sizeof(*record) + record->path_len + 7) & ~7u;
}

#endif

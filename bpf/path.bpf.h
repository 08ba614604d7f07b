/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Walks a file's dentries and mounts up to the root of its mount namespace. */
#ifndef MINERWATCH_PATH_BPF_H
#define MINERWATCH_PATH_BPF_H

#include "core_fixes.bpf.h"

#define PATH_MOUNTS 8 /* mount points crossed on the way up */
/* A component is read before it is known to fit, so the walk may write this far. */
#define PATH_ROOM (EVENT_PATH_MAX + EVENT_NAME_MAX)
#define PATH_MASK (EVENT_PATH_MAX - 1)

/*
 * Where the walk stands. Plain addresses: container_of() cannot be had on typed ones. It lives in a
 * map, whose contents the verifier does not follow: so all ways through a round end in the same
 * state for it, and it need not try each way through all the rounds (5.10 gives up on that).
 */
struct path_walk {
	struct dentry *dentry;
	struct mount *mount;
	__u32 len;
	__u32 components;
};

static __always_inline struct mount *mount_of(struct vfsmount *vfsmount)
{
	return (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
}

/* From the root of a mount to where it is mounted. False: this is the topmost mount. */
static __always_inline bool path_leave_mount(struct path_walk *walk)
{
	struct mount *mount = walk->mount, *parent = BPF_CORE_READ(mount, mnt_parent);

	if (!parent || parent == mount)
		return false;
	walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
	walk->mount = parent;
	return true;
}

/* Appends the name of a component. False: no room, or no name. */
static __always_inline bool path_add(struct path_walk *walk, char *path, struct dentry *dentry)
{
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	__u32 len = walk->len;
	long n = bpf_probe_read_kernel_str(path + (len & PATH_MASK), EVENT_NAME_MAX, name);

	if (n <= 1 || len + n > EVENT_PATH_MAX)
		return false;
	walk->len = len + n;
	walk->components++;
	return true;
}

/* One round. False: the walk has ended; then *ret_whole tells whether at the root. */
static __always_inline bool path_step(struct path_walk *walk, char *path, bool *ret_whole)
{
	struct dentry *dentry = walk->dentry, *parent = BPF_CORE_READ(dentry, d_parent);
	struct mount *mount = walk->mount;

	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		*ret_whole = !path_leave_mount(walk);
		return !*ret_whole;
	}
	/* A file without a directory (memfd) is its own parent: its name is all there is. */
	*ret_whole = parent == dentry && walk->len;
	if (*ret_whole || walk->len >= EVENT_PATH_MAX || walk->components >= EVENT_PATH_COMPONENTS)
		return false;
	walk->dentry = parent;
	return path_add(walk, path, dentry);
}

/*
 * Writes the names from the file up to the root, each with its NUL, and returns their length.
 * *ret_whole tells whether the root was reached.
 */
static __always_inline __u32 path_read(
	const struct file *file, struct path_walk *walk, char *path, bool *ret_whole)
{
	walk->dentry = BPF_CORE_READ(file, f_path.dentry);
	walk->mount = mount_of(BPF_CORE_READ(file, f_path.mnt));
	walk->len = 0;
	walk->components = 0;
	*ret_whole = false;
	for (int i = 0; i < EVENT_PATH_COMPONENTS + PATH_MOUNTS; i++) {
		if (!path_step(walk, path, ret_whole))
			break;
	}
	return walk->len;
}

#endif

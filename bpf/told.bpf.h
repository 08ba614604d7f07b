/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which cgroups' paths have left in a record, so that a pass tells only the others. */
#ifndef MINERWATCH_TOLD_BPF_H
#define MINERWATCH_TOLD_BPF_H

#include "sensor.bpf.h"

/* As many as userspace keeps (cgroup_table.h); one that was evicted is told again, which is all. */
#define CGROUPS_TOLD 16384

/* A cgroup's id to the number of renames its path takes in. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, CGROUPS_TOLD);
	__type(key, __u64);
	__type(value, __u32);
} cgroups_told __weak SEC(".maps");

/* A rename changes the paths of all cgroups below too, and there is no record of those. */
__weak __u32 cgroup_renames;

static __always_inline bool cgroup_told(__u64 id)
{
	const __u32 *renames = bpf_map_lookup_elem(&cgroups_told, &id);

	return renames && *renames == cgroup_renames;
}

/* Only once the record is on its way. */
static __always_inline void cgroup_told_set(__u64 id)
{
	__u32 renames = cgroup_renames;

	if (bpf_map_update_elem(&cgroups_told, &id, &renames, BPF_ANY))
		count(&failed[CLASS_CGROUP]);
}

#endif

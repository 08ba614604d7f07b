/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How many records of a class a cgroup may make in a second, so that none drowns the others. */
#ifndef MINERWATCH_BUDGET_BPF_H
#define MINERWATCH_BUDGET_BPF_H

#include "sensor.bpf.h"

#define BUDGETS_KEPT 4096 /* cgroup and class; one evicted begins its second anew */
#define SECOND_NS 1000000000ULL

struct budget_key {
	__u64 cgroup_id;
	__u64 class;
};

struct budget_used {
	__u64 second;
	__u64 records;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, BUDGETS_KEPT);
	__type(key, struct budget_key);
	__type(value, struct budget_used);
} budgets __weak SEC(".maps");

/*
 * False (counted as dropped): it has had its share of this second. Two CPUs that begin a second
 * together may let a record more through.
 */
static __always_inline bool budget_take(enum event_class class, __u64 cgroup_id, __u64 now_ns)
{
	struct budget_key key = {.cgroup_id = cgroup_id, .class = class};
	struct budget_used fresh = {.second = now_ns / SECOND_NS, .records = 1};
	struct budget_used *used = bpf_map_lookup_elem(&budgets, &key);

	if (!cgroup_budget)
		return true;
	if (!used || used->second != fresh.second) {
		bpf_map_update_elem(&budgets, &key, &fresh, BPF_ANY);
		return true;
	}
	if (used->records >= cgroup_budget) {
		count_dropped(class);
		return false;
	}
	count(&used->records);
	return true;
}

#endif

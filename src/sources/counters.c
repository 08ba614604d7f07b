// SPDX-License-Identifier: Apache-2.0
/* Reads the counters of the kernel programs. */
#include "sources/counters.h"

#include <bpf/bpf.h>
#include <stdint.h>
#include <string.h>

#include "minerwatch.skel.h"
#include "sources/live_set.h"

/* Times the kernel did not run a program because it was already running on that CPU; since 5.12. */
static uint64_t recursion_misses(int program)
{
	struct bpf_prog_info info = {0};
	__u32 len = sizeof(info);

	if (program < 0 || bpf_obj_get_info_by_fd(program, &info, &len))
		return 0;
	return info.recursion_misses;
}

static void copy(__u64 to[static CLASS_COUNT], const __u64 from[static CLASS_COUNT])
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

/* Connected UDP has none to miss, and iterators run when they are asked. */
static const struct {
	unsigned hook;
	enum event_class class;
} classes[] = {
	{HOOK_EXEC, CLASS_EXEC},
	{HOOK_FORK, CLASS_FORK},
	{HOOK_EXIT, CLASS_EXIT},
	{HOOK_TCP, CLASS_CONNECT},
	{HOOK_PAYLOAD, CLASS_PAYLOAD},
	{HOOK_CGROUP, CLASS_CGROUP},
};

void counters_read(const struct live_set *set, struct event_counters *ret_counters)
{
	copy(ret_counters->submitted, set->bss->submitted);
	copy(ret_counters->dropped, set->bss->dropped);
	copy(ret_counters->truncated, set->bss->truncated);
	copy(ret_counters->failed, set->bss->failed);
	copy(ret_counters->skipped, set->bss->skipped);
	for (unsigned i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX; j++)
			ret_counters->dropped[classes[i].class] +=
				recursion_misses(set->programs[classes[i].hook][j]);
}

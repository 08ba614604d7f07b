// SPDX-License-Identifier: Apache-2.0
/* Reads the counters of the kernel programs. */
#include "sources/counters.h"

#include <bpf/bpf.h>
#include <stdint.h>
#include <string.h>

#include "minerwatch.skel.h"
#include "pinned_loss.h"
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
} missed[] = {
	{HOOK_EXEC, CLASS_EXEC},
	{HOOK_FORK, CLASS_FORK},
	{HOOK_EXIT, CLASS_EXIT},
	{HOOK_TCP, CLASS_CONNECT},
	{HOOK_PAYLOAD, CLASS_PAYLOAD},
	{HOOK_CGROUP, CLASS_CGROUP},
};

/* Class + 1 of what a kernel program makes. */
static const __u8 classes[] = {
	[EVENT_EXEC] = CLASS_EXEC + 1,
	[EVENT_FORK] = CLASS_FORK + 1,
	[EVENT_EXIT] = CLASS_EXIT + 1,
	[EVENT_CONNECT] = CLASS_CONNECT + 1,
	[EVENT_CGROUP_MKDIR] = CLASS_CGROUP + 1,
	[EVENT_CGROUP_RELEASE] = CLASS_CGROUP + 1,
	[EVENT_CGROUP_ATTACH] = CLASS_CGROUP + 1,
	[EVENT_CGROUP_RENAME] = CLASS_CGROUP + 1,
	[EVENT_CGROUP] = CLASS_CGROUP + 1,
	[EVENT_SEGMENT] = CLASS_PAYLOAD + 1,
	[EVENT_TASK] = CLASS_TASK + 1,
	[EVENT_THREAD] = CLASS_TASK + 1,
	[EVENT_SOCKET] = CLASS_SOCKET + 1,
};

void counters_count(unsigned type, __u64 counts[static CLASS_COUNT])
{
	if (type < sizeof(classes) && classes[type])
		counts[classes[type] - 1]++;
}

void counters_add_delivered(const struct live_set *set, const __u64 counts[static CLASS_COUNT])
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		set->bss->delivered[i] += counts[i];
}

void counters_read_delivered(const struct live_set *set, __u64 ret_delivered[static CLASS_COUNT])
{
	copy(ret_delivered, set->bss->delivered);
}

static void read_dropped(const struct live_set *set, __u64 ret_dropped[static CLASS_COUNT])
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		ret_dropped[i] = __atomic_load_n(&set->loss[i].dropped, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < sizeof(missed) / sizeof(missed[0]); i++)
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX; j++)
			ret_dropped[missed[i].class] +=
				recursion_misses(set->programs[missed[i].hook][j]);
}

void counters_read(const struct live_set *set, struct event_counters *ret_counters)
{
	copy(ret_counters->submitted, set->bss->submitted);
	copy(ret_counters->truncated, set->bss->truncated);
	copy(ret_counters->failed, set->bss->failed);
	copy(ret_counters->skipped, set->bss->skipped);
	read_dropped(set, ret_counters->dropped);
}

void counters_read_told(const struct live_set *set, __u64 ret_told[static CLASS_COUNT])
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		ret_told[i] = set->loss[i].told;
}

void counters_tell(const struct live_set *set, const __u64 told[static CLASS_COUNT])
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		set->loss[i].told = told[i];
}

void counters_inherit(const struct live_set *set, const struct live_set *older)
{
	__u64 before[CLASS_COUNT], own[CLASS_COUNT];

	read_dropped(older, before);
	read_dropped(set, own);
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		__atomic_fetch_add(&set->loss[i].dropped, before[i] - older->loss[i].told - own[i],
			__ATOMIC_RELAXED);
}

void counters_read_unrecorded(const struct live_set *set, __u64 ret_times[static CANARY_LINKS])
{
	__u64 unmarked = __atomic_load_n(&set->bss->failed[CLASS_PAYLOAD], __ATOMIC_RELAXED);
	unsigned link = 0;

	for (unsigned i = 0; i < HOOK_COUNT; i++)
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX && hooks[i].programs[j]; j++, link++)
			ret_times[link] =
				__atomic_load_n(&set->bss->unrecorded[link], __ATOMIC_RELAXED) +
				recursion_misses(set->programs[i][j]);
	/* A socket that found no memory for its mark is not read. */
	ret_times[LINK_SENT] += unmarked;
	ret_times[LINK_RECEIVED] += unmarked;
}

// SPDX-License-Identifier: Apache-2.0
/* Reads the counters of the kernel programs. */
#include "sources/counters.h"

#include <bpf/bpf.h>
#include <stdint.h>
#include <string.h>

#include "minerwatch.skel.h"

/* Times the kernel did not run a program because it was already running on that CPU; since 5.12. */
static uint64_t recursion_misses(const struct bpf_program *program)
{
	struct bpf_prog_info info = {0};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &len))
		return 0;
	return info.recursion_misses;
}

static void copy(__u64 to[static CLASS_COUNT], const __u64 from[static CLASS_COUNT])
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

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

void counters_delivered(struct minerwatch_bpf *bpf, unsigned type)
{
	if (type < sizeof(classes) && classes[type])
		bpf->bss->delivered[classes[type] - 1]++;
}

void counters_read_delivered(
	const struct minerwatch_bpf *bpf, __u64 ret_delivered[static CLASS_COUNT])
{
	copy(ret_delivered, bpf->bss->delivered);
}

void counters_read(const struct minerwatch_bpf *bpf, struct event_counters *ret_counters)
{
	const struct {
		const struct bpf_program *program;
		enum event_class class;
	} programs[] = {
		{bpf->progs.report_exec, CLASS_EXEC},
		{bpf->progs.report_fork, CLASS_FORK},
		{bpf->progs.report_exit, CLASS_EXIT},
		{bpf->progs.report_connect_tcp, CLASS_CONNECT},
		{bpf->progs.read_sent, CLASS_PAYLOAD},
		{bpf->progs.read_received, CLASS_PAYLOAD},
		{bpf->progs.report_cgroup_mkdir, CLASS_CGROUP},
		{bpf->progs.report_cgroup_release, CLASS_CGROUP},
		{bpf->progs.report_cgroup_rename, CLASS_CGROUP},
		{bpf->progs.report_cgroup_attach, CLASS_CGROUP},
	};

	copy(ret_counters->submitted, bpf->bss->submitted);
	copy(ret_counters->dropped, bpf->bss->dropped);
	copy(ret_counters->truncated, bpf->bss->truncated);
	copy(ret_counters->failed, bpf->bss->failed);
	copy(ret_counters->skipped, bpf->bss->skipped);
	for (unsigned i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		ret_counters->dropped[programs[i].class] += recursion_misses(programs[i].program);
}

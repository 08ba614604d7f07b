// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reports cgroups of the chosen hierarchy made, renamed and removed, and processes moved into them.
 */
#include "task.bpf.h"
#include "told.bpf.h"

/* One a program: where hooks can be preempted, two programs may be at work on one CPU. */
#define PROGRAMS (LINK_ATTACH - LINK_MKDIR + 1)

struct cgroup_scratch {
	struct event_cgroup record;
	char path[EVENT_CGROUP_PATH_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PROGRAMS);
	__type(key, __u32);
	__type(value, struct cgroup_scratch);
} cgroup_scratch SEC(".maps");

/* task is NULL where the record is not about a process. */
static __always_inline void report(enum canary_link link, enum event_type type,
	struct cgroup *cgroup, const char *path, struct task_struct *task)
{
	__u32 key = link - LINK_MKDIR;
	struct cgroup_scratch *scratch;
	struct event_cgroup *record;
	long n = 0;

	if (cgroup->root->hierarchy_id != cgroup_hierarchy_id || !cgroup_version)
		return;
	scratch = bpf_map_lookup_elem(&cgroup_scratch, &key);
	if (!scratch)
		return;
	record = &scratch->record;
	__builtin_memset(record, 0, sizeof(*record));
	if (task)
		header_fill(&record->header, type, 0, task);
	record->header.type = type;
	record->header.time_ns = bpf_ktime_get_boot_ns();
	record->header.cgroup_id = cgroup->kn->id;
	record->level = cgroup->level;
	if (read_kernel) {
		/* The hook's own path, from the true root; it has no more than this many bytes. */
		n = bpf_probe_read_kernel_str(scratch->path, sizeof(scratch->path), path);
		if (n < 0) {
			count(&failed[CLASS_CGROUP]);
			n = 0;
		}
	}
	if (!n)
		record->header.flags = EVENT_NO_PATH;
	record->path_len = n;
	record->header.size = sizeof(*record) + n;
	if (!record_output(CLASS_CGROUP, &record->header, sizeof(*record) + n))
		count(&unrecorded[link]);
	else if (n)
		cgroup_told_set(record->header.cgroup_id);
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(report_cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	report(LINK_MKDIR, EVENT_CGROUP_MKDIR, cgroup, path, NULL);
	return 0;
}

SEC("tp_btf/cgroup_release")
int BPF_PROG(report_cgroup_release, struct cgroup *cgroup, const char *path)
{
	__u64 id = cgroup->kn->id;

	report(LINK_RELEASE, EVENT_CGROUP_RELEASE, cgroup, path, NULL);
	bpf_map_delete_elem(&cgroups_told, &id);
	return 0;
}

SEC("tp_btf/cgroup_rename")
int BPF_PROG(report_cgroup_rename, struct cgroup *cgroup, const char *path)
{
	/* Its own new path goes out with this record. */
	if (cgroup->root->hierarchy_id == cgroup_hierarchy_id && cgroup->nr_descendants)
		__sync_fetch_and_add(&cgroup_renames, 1);
	report(LINK_RENAME, EVENT_CGROUP_RENAME, cgroup, path, NULL);
	return 0;
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(
	report_cgroup_attach, struct cgroup *cgroup, const char *path, struct task_struct *task)
{
	if (!is_kernel_thread(task))
		report(LINK_ATTACH, EVENT_CGROUP_ATTACH, cgroup, path, task);
	return 0;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

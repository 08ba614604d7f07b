// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reports each exec: who, which file, under which names, with which arguments. */
#include "path.bpf.h"
#include "task.bpf.h"

#define STRINGS_MASK 2047 /* name, filename and path together are never longer */
#define STRINGS_ROOM (STRINGS_MASK + 1 + EVENT_ARGV_MAX)

_Static_assert(EVENT_NAME_MAX + EVENT_FILENAME_MAX + EVENT_PATH_MAX <= STRINGS_MASK, "");
_Static_assert(EVENT_NAME_MAX + EVENT_FILENAME_MAX + PATH_ROOM <= STRINGS_ROOM, "");

struct exec_scratch {
	struct event_exec record;
	char strings[STRINGS_ROOM];
	struct path_walk walk;
};

/* Used by one program that cannot interrupt itself, so one a CPU is enough. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_scratch);
} exec_scratch SEC(".maps");

/* Copies a string to strings[at]; returns its length with the NUL. max counts the NUL. */
static __always_inline __u32 string_add(struct exec_scratch *scratch, __u32 at, const void *from,
	__u32 max, __u16 flag_cut, __u16 flag_none)
{
	char *to = &scratch->strings[at & STRINGS_MASK];
	/* One more than is kept: a string that just fits is not a cut one. */
	long n = bpf_probe_read_kernel_str(to, max + 1, from);

	if (n < 0) {
		scratch->record.header.flags |= flag_none;
		count(&failed[CLASS_EXEC]);
		return 0;
	}
	if (n <= max)
		return n;
	scratch->record.header.flags |= flag_cut;
	scratch->strings[(at + max - 1) & STRINGS_MASK] = '\0';
	return max;
}

static __always_inline __u32 path_put(struct exec_scratch *scratch, __u32 at, struct file *file)
{
	bool whole;
	char *to = &scratch->strings[at & STRINGS_MASK];
	__u32 len = path_read(file, &scratch->walk, to, &whole);

	if (!whole)
		scratch->record.header.flags |= len ? EVENT_CUT_PATH : EVENT_NO_PATH;
	return len;
}

/* Before the new image runs, so that it is what execve was given. */
static __always_inline __u32 argv_put(
	struct exec_scratch *scratch, __u32 at, const struct mm_struct *mm)
{
	char *to = &scratch->strings[at & STRINGS_MASK];
	unsigned long start = mm->arg_start;
	__u64 len = mm->arg_end - start;

	if (!len) {
		scratch->record.header.flags |= EVENT_NO_ARGV;
		return 0;
	}
	if (len > EVENT_ARGV_MAX) {
		scratch->record.header.flags |= EVENT_CUT_ARGV;
		len = EVENT_ARGV_MAX;
	}
	/* The kernel has just written these pages; they are absent only when swapped out since. */
	if (bpf_probe_read_user(to, len, (void *)start)) {
		scratch->record.header.flags &= ~EVENT_CUT_ARGV;
		scratch->record.header.flags |= EVENT_NO_ARGV;
		count(&failed[CLASS_EXEC]);
		return 0;
	}
	return len;
}

/* Appends the four strings, in the order of struct event_exec; returns their length. */
static __always_inline __u32 strings_put(
	struct exec_scratch *scratch, struct task_struct *task, struct linux_binprm *bprm)
{
	struct event_exec *record = &scratch->record;
	__u32 at = 0;

	record->name_len = record->filename_len = record->path_len = record->argv_len = 0;
	if (read_kernel) {
		record->name_len = string_add(scratch, at, bprm->file->f_path.dentry->d_name.name,
			EVENT_NAME_MAX, EVENT_CUT_NAME, EVENT_CUT_NAME);
		at += record->name_len;
		record->filename_len = string_add(scratch, at, bprm->filename, EVENT_FILENAME_MAX,
			EVENT_CUT_FILENAME, EVENT_CUT_FILENAME);
		at += record->filename_len;
		record->path_len = path_put(scratch, at, bprm->file);
		at += record->path_len;
		record->argv_len = argv_put(scratch, at, task->mm);
		at += record->argv_len;
	} else {
		/* User memory could be read; libbpf 1.1 makes bpf_probe_read of it where it takes
		 * the kernel for one from before 5.5, as under lockdown, and that is refused. */
		record->header.flags |=
			EVENT_CUT_NAME | EVENT_CUT_FILENAME | EVENT_NO_PATH | EVENT_NO_ARGV;
	}
	return at;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(report_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 zero = 0;
	struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratch, &zero);
	struct event_exec *record;

	if (!scratch)
		return 0;
	record = &scratch->record;
	header_fill(&record->header, EVENT_EXEC, sizeof(*record), task);
	kin_fill(&record->kin, task, task->real_parent);
	file_fill(&record->file, bprm->file);
	record->old_tid = old_pid;
	record->pad = 0;
	record->header.size += strings_put(scratch, task, bprm);
	if (record->header.flags)
		count(&truncated[CLASS_EXEC]);
	if (record->header.size > sizeof(*scratch)) { /* never: for the verifier */
		count_dropped(CLASS_EXEC);
		return 0;
	}
	if (!record_output(CLASS_EXEC, &record->header, record->header.size))
		count(&unrecorded[LINK_EXEC]);
	return 0;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

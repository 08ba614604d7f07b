// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Iterator: who is alive, in which cgroup, and how much CPU each thread used since it was last
 * reported. */
#include "kernfs.bpf.h"
#include "thread.bpf.h"
#include "told.bpf.h"

/* A pass has one reader, so one of each CPU's is enough. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kernfs_walk);
} cgroup_walks SEC(".maps");

/*
 * Where watched_count is not 0, a pass reports the threads of these thread groups alone, and no
 * process. Set by live.c.
 */
__u32 watched[WATCHED_MAX];
__u32 watched_count;

static __always_inline bool is_watched(const struct task_struct *task)
{
	for (int i = 0; i < WATCHED_MAX; i++)
		if (watched[i] == (__u32)task->tgid)
			return true;
	return false;
}

/*
 * The walk whose record has to be written: no record told the path of the task's cgroup, since it
 * is older than the run or its record was dropped. NULL: nothing to tell.
 */
static __always_inline struct kernfs_walk *walk_untold(const struct task_struct *task)
{
	struct kernfs_walk *walk;
	__u32 key = 0;

	if (!cgroup_version || !read_kernel || cgroup_told(task_cgroup(task)->kn->id))
		return NULL;
	walk = bpf_map_lookup_elem(&cgroup_walks, &key);
	if (walk)
		kernfs_record(walk, task_cgroup(task));
	return walk;
}

/* One without a path is told too: it will have none the next time either. */
static __always_inline void count_cgroup(const struct event_header *record)
{
	if (record->flags & EVENT_NO_PATH)
		count(&failed[CLASS_CGROUP]);
	if (record->flags & EVENT_CUT_PATH)
		count(&truncated[CLASS_CGROUP]);
	count(&submitted[CLASS_CGROUP]);
	cgroup_told_set(record->cgroup_id);
}

static __always_inline long write_cgroup(struct seq_file *seq, struct kernfs_walk *walk)
{
	return bpf_seq_write(seq, &walk->record, walk->record.header.size & KERNFS_SIZE_MASK);
}

static __always_inline long write_process(struct seq_file *seq, struct task_struct *task)
{
	struct event_task record = {};
	struct file *file;

	header_fill(&record.header, EVENT_TASK, sizeof(record), task);
	kin_fill(&record.kin, task, task->real_parent);
	file = task->mm ? task->mm->exe_file : NULL;
	if (file)
		file_fill(&record.file, file);
	else
		record.header.flags |= EVENT_NO_FILE;
	record.threads = task->signal->nr_threads;
	return bpf_seq_write(seq, &record, sizeof(record));
}

/* *ret_records: 0 where there is nothing to say of it. */
static __always_inline long write_thread(
	struct seq_file *seq, struct task_struct *task, __u32 *ret_records)
{
	struct thread_key key = thread_key(task);
	struct thread_last now = thread_now(task);
	struct thread_last *known = bpf_map_lookup_elem(&threads, &key);
	struct event_thread record = {};
	/* Who is watched closely is told of at once. */
	__u64 from = watched_count ? 1 : REPORT_FROM_NS;
	long err;

	if (now.run_ns - (known ? known->run_ns : 0) < from)
		return 0;
	thread_fill(&record, task, known, &now);
	err = bpf_seq_write(seq, &record, sizeof(record));
	if (err)
		return err;
	*ret_records = 1;
	if (bpf_map_update_elem(&threads, &key, &now, BPF_ANY))
		count(&failed[CLASS_TASK]);
	return 0;
}

/*
 * When the buffer is full, all this call wrote is thrown away and it is made again for the same
 * task: so the last value changes only after the last write, and nothing is counted before it.
 */
SEC("iter/task")
int report_tasks(struct bpf_iter__task *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	bool whole = !watched_count;
	struct kernfs_walk *walk;
	__u32 records = 0;

	if (!task || (!whole && !is_watched(task)))
		return 0;
	if (is_kernel_thread(task) || !task->signal->live.counter)
		return 0;
	walk = whole ? walk_untold(task) : NULL;
	if (walk && write_cgroup(seq, walk))
		return 0;
	if (whole && task->pid == task->tgid && write_process(seq, task))
		return 0;
	if (write_thread(seq, task, &records))
		return 0;
	if (walk)
		count_cgroup(&walk->record.header);
	records += whole && task->pid == task->tgid;
	__sync_fetch_and_add(&submitted[CLASS_TASK], records);
	return 0;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

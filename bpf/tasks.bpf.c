// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Iterator: who is alive, and how much CPU each thread used since it was last reported. */
#include "thread.bpf.h"

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

static __always_inline long write_thread(struct seq_file *seq, struct task_struct *task)
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
	if (!err && bpf_map_update_elem(&threads, &key, &now, BPF_ANY))
		count(&failed[CLASS_TASK]);
	return err;
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

	if (!task || (!whole && !is_watched(task)))
		return 0;
	if (is_kernel_thread(task) || !task->signal->live.counter)
		return 0;
	if (whole && task->pid == task->tgid && write_process(seq, task))
		return 0;
	if (write_thread(seq, task))
		return 0;
	if (whole && task->pid == task->tgid)
		count(&submitted[CLASS_TASK]);
	return 0;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

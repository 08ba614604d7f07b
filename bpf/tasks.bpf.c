// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Iterator: who is alive, and how much CPU each thread used since it was last reported. */
#include "task.bpf.h"

#define THREADS_MAX 32768 /* last values kept; a thread whose value was evicted skips a report */
#define REPORT_FROM_NS 1000000 /* a thread that used less waits until it has more to say */

struct thread_key {
	__u64 start_ns;
	__u64 tid;
};

struct thread_last {
	__u64 time_ns;
	__u64 run_ns;
	__u64 wait_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, THREADS_MAX);
	__type(key, struct thread_key);
	__type(value, struct thread_last);
} threads SEC(".maps");

/* When the last complete pass began; 0: there was none. Set by live.c. */
__u64 last_pass_ns;

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

/*
 * A thread without a last value is new, or had used next to nothing at the last pass: either way
 * its whole life's time is what it used since. Not so on the first pass, nor where the time is
 * longer than the interval (its last value was evicted): then nothing can be said. False: so it is.
 */
static __always_inline bool first_sight(
	const struct task_struct *task, const struct thread_last *now, struct thread_last *ret_last)
{
	__u64 since = task->start_boottime;

	if (since < last_pass_ns)
		since = last_pass_ns;
	ret_last->time_ns = since;
	ret_last->run_ns = 0;
	ret_last->wait_ns = 0;
	return last_pass_ns && now->run_ns <= now->time_ns - since + REPORT_FROM_NS;
}

static __always_inline long write_thread(struct seq_file *seq, struct task_struct *task)
{
	struct thread_key key = {.start_ns = task->start_boottime, .tid = task->pid};
	struct thread_last now = {
		.run_ns = task->se.sum_exec_runtime, .wait_ns = task_wait_ns(task)};
	struct thread_last *known = bpf_map_lookup_elem(&threads, &key), last;
	struct event_thread record = {};
	long err = 0;

	if (known ? now.run_ns - known->run_ns < REPORT_FROM_NS : now.run_ns < REPORT_FROM_NS)
		return 0;
	header_fill(&record.header, EVENT_THREAD, sizeof(record), task);
	now.time_ns = record.header.time_ns;
	if (known)
		last = *known;
	if (known || first_sight(task, &now, &last)) {
		record.run_ns = now.run_ns - last.run_ns;
		record.wait_ns = now.wait_ns - last.wait_ns;
		record.interval_ns = now.time_ns - last.time_ns;
		record.switches = task->nvcsw + task->nivcsw;
		err = bpf_seq_write(seq, &record, sizeof(record));
	}
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

	if (!task || is_kernel_thread(task) || !task->signal->live.counter)
		return 0;
	if (task->pid == task->tgid && write_process(seq, task))
		return 0;
	if (write_thread(seq, task))
		return 0;
	if (task->pid == task->tgid)
		count(&submitted[CLASS_TASK]);
	return 0;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

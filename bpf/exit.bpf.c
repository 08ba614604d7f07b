// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reports the end of a process, with the CPU time of its whole life, and of threads that used some.
 */
#include "thread.bpf.h"

#define SIGNAL_GROUP_EXIT 0x00000004 /* include/linux/sched/signal.h */
#define END_REPORT_FROM_NS 10000000
#define THREADS_MAX 256 /* unreleased threads summed up at exit; more are counted as truncated */

struct exited_key {
	__u64 start_ns;
	__u64 pid;
};

/*
 * Processes whose exit was reported while other threads of theirs were still on their way through
 * the hook. The way takes microseconds, so the oldest can go.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct exited_key);
	__type(value, __u8);
} exited SEC(".maps");

/*
 * Without the hook's own word: signal->live is counted down well before the hook, so two threads
 * that end together may both see 0. The first one reports.
 */
static __always_inline bool is_first_to_see_the_end(struct task_struct *task)
{
	struct exited_key key = {.start_ns = task->group_leader->start_boottime, .pid = task->tgid};
	__u8 one = 1;

	if (task->signal->live.counter)
		return false;
	if (task->signal->nr_threads > 1)
		return !bpf_map_update_elem(&exited, &key, &one, BPF_NOEXIST);
	return !bpf_map_lookup_elem(&exited, &key);
}

/* Run time of the threads the kernel has not yet added to signal->sum_sched_runtime. */
static __always_inline __u64 unreleased_runtime(const struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	const struct task_struct *thread, *leader = task->group_leader;
	struct list_head *head, *node;
	__u64 sum = 0, runtime;
	int i;

	if (signal->nr_threads == 1)
		return task->se.sum_exec_runtime;
	if (!read_kernel)
		return task->se.sum_exec_runtime +
		       (task == leader ? 0 : leader->se.sum_exec_runtime);
	head = __builtin_preserve_access_index(&signal->thread_head);
	bpf_core_read(&node, sizeof(node), &head->next);
	for (i = 0; i < THREADS_MAX && node && node != head; i++) {
		thread = (void *)node - bpf_core_field_offset(struct task_struct, thread_node);
		bpf_core_read(&runtime, sizeof(runtime), &thread->se.sum_exec_runtime);
		sum += runtime;
		bpf_core_read(&node, sizeof(node), &node->next);
	}
	if (i == THREADS_MAX)
		count(&truncated[CLASS_EXIT]);
	return sum;
}

/* As wait(2) gives it: the group's where the whole group was ended, else the leader's. */
static __always_inline __s32 process_exit_code(const struct task_struct *task)
{
	if (task->signal->flags & SIGNAL_GROUP_EXIT)
		return task->signal->group_exit_code;
	return task->group_leader->exit_code;
}

/*
 * What a thread used since the last pass saw it, and its last saved state: without this nothing
 * would be known of the arithmetic of threads that live for less than a second. The CPU time it
 * takes to earn a record bounds their number.
 */
static __always_inline void report_thread(const struct task_struct *task)
{
	struct thread_key key = thread_key(task);
	struct thread_last now = thread_now(task);
	struct thread_last *known = bpf_map_lookup_elem(&threads, &key);
	struct event_thread *record;

	if (now.run_ns - (known ? known->run_ns : 0) < END_REPORT_FROM_NS)
		return;
	record = record_reserve(CLASS_TASK, sizeof(*record));
	if (!record)
		return;
	thread_fill(record, task, known, &now);
	record_submit(CLASS_TASK, &record->header);
	/* A pass may still come by before it is released. */
	if (bpf_map_update_elem(&threads, &key, &now, BPF_ANY))
		count(&failed[CLASS_TASK]);
}

SEC("tp_btf/sched_process_exit")
int report_exit(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	struct event_exit *record;

	if (is_kernel_thread(task))
		return 0;
	report_thread(task);
	if (have_exit_group_dead() ? !ctx[1] : !is_first_to_see_the_end(task))
		return 0;
	record = record_reserve(CLASS_EXIT, sizeof(*record));
	if (!record) {
		count(&unrecorded[LINK_EXIT]);
		return 0;
	}
	header_fill(&record->header, EVENT_EXIT, sizeof(*record), task);
	record->cpu_ns = task->signal->sum_sched_runtime;
	record->cpu_ns += unreleased_runtime(task);
	record->exit_code = process_exit_code(task);
	record->pad = 0;
	record_submit(CLASS_EXIT, &record->header);
	return 0;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

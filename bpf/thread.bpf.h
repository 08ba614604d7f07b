/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a thread used since it was last reported, and its saved floating-point control word. */
#ifndef MINERWATCH_THREAD_BPF_H
#define MINERWATCH_THREAD_BPF_H

#include "task.bpf.h"

#define THREADS_KEPT 32768 /* last values; a thread whose value was evicted skips a report */
#define REPORT_FROM_NS 1000000 /* a thread that used less waits until it has more to say */

struct thread_key {
	__u64 start_ns;
	__u64 tid;
};

struct thread_last {
	__u64 time_ns;
	__u64 run_ns;
	__u64 wait_ns;
	__u64 switches;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, THREADS_KEPT);
	__type(key, struct thread_key);
	__type(value, struct thread_last);
} threads __weak SEC(".maps");

/* When the last complete pass began; 0: there was none. Set by live.c. */
__weak __u64 last_pass_ns;

static __always_inline struct thread_key thread_key(const struct task_struct *task)
{
	return (struct thread_key){.start_ns = task->start_boottime, .tid = task->pid};
}

/* time_ns is for the caller. */
static __always_inline struct thread_last thread_now(const struct task_struct *task)
{
	return (struct thread_last){
		.run_ns = task->se.sum_exec_runtime,
		.wait_ns = task_wait_ns(task),
		.switches = task->nvcsw + task->nivcsw,
	};
}

/*
 * A thread without a last value is new, or had used next to nothing at the last pass: either way
 * its whole life's time is what it used since. Not so on the first pass, nor where the time is
 * longer than the interval (its last value was evicted): then only its state of now can be said.
 */
static __always_inline void first_sight(
	const struct task_struct *task, const struct thread_last *now, struct thread_last *ret_last)
{
	__u64 since = task->start_boottime;

	if (since < last_pass_ns)
		since = last_pass_ns;
	if (last_pass_ns && now->run_ns <= now->time_ns - since + REPORT_FROM_NS)
		*ret_last = (struct thread_last){.time_ns = since};
	else
		*ret_last = *now;
}

/* known: NULL where there is no last value. Sets now->time_ns. */
static __always_inline void thread_fill(struct event_thread *record, const struct task_struct *task,
	const struct thread_last *known, struct thread_last *now)
{
	struct thread_last last;

	if (known && known->time_ns < reader_ns)
		known = NULL;
	header_fill(&record->header, EVENT_THREAD, sizeof(*record), task);
	now->time_ns = record->header.time_ns;
	if (known)
		last = *known;
	else
		first_sight(task, now, &last);
	/* What was saved before the last record says nothing new; before any switch, nothing. */
	if ((known && last.switches == now->switches) || !now->switches)
		record->header.flags |= EVENT_STALE;
	record->run_ns = now->run_ns - last.run_ns;
	record->wait_ns = now->wait_ns - last.wait_ns;
	record->interval_ns = now->time_ns - last.time_ns;
	record->switches = now->switches;
	record->fp_control = task_fp_control(task);
	record->cpu = task_cpu(task);
}

#endif

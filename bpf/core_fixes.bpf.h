/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every difference between kernels that the programs meet, one helper each. */
#ifndef MINERWATCH_CORE_FIXES_BPF_H
#define MINERWATCH_CORE_FIXES_BPF_H

#include "sensor.bpf.h"

/*
 * i_ctime was a timespec64 up to 6.5, was renamed __i_ctime in 6.6 (13bc24457850) and split in two
 * members in 6.11 (3aa63a569c64).
 */
#define CTIME_QUERIED (1u << 31) /* a flag in the nanoseconds since 6.13 (4e40eff0b573) */
static __always_inline __u64 inode_ctime_ns(const struct inode *inode)
{
	const struct inode___before_6_6 *before_6_6 = (const void *)inode;
	const struct inode___before_6_11 *before_6_11 = (const void *)inode;

	if (bpf_core_field_exists(inode->i_ctime_sec))
		return inode->i_ctime_sec * 1000000000ULL +
			(inode->i_ctime_nsec & ~CTIME_QUERIED);
	if (bpf_core_field_exists(before_6_11->__i_ctime))
		return before_6_11->__i_ctime.tv_sec * 1000000000ULL +
		       before_6_11->__i_ctime.tv_nsec;
	return before_6_6->i_ctime.tv_sec * 1000000000ULL + before_6_6->i_ctime.tv_nsec;
}

/* A current task that can be read without bpf_probe_read_kernel: since 5.11 (3ca1032ab7ab). */
static __always_inline bool have_current_task_btf(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

/*
 * Tracing programs may make a cookie since 5.12 (c5dbb89fc2ac); before, there is one only if
 * somebody else asked for it.
 */
static __always_inline __u64 socket_cookie(struct sock *sk)
{
	if (bpf_core_type_exists(btf_bpf_get_socket_ptr_cookie))
		return bpf_get_socket_cookie(sk);
	return sk->__sk_common.skc_cookie.counter;
}

/* Time spent runnable and waiting; 0 on a kernel built without CONFIG_SCHED_INFO. */
static __always_inline __u64 task_wait_ns(const struct task_struct *task)
{
	if (bpf_core_field_exists(task->sched_info.run_delay))
		return task->sched_info.run_delay;
	return 0;
}

/* sched_process_exit says whether this is the last thread: since 6.16 (3e816361e94a). */
static __always_inline bool have_exit_group_dead(void)
{
	return bpf_core_field_exists(struct trace_event_raw_sched_process_exit, group_dead);
}

#endif

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
		return inode->i_ctime_sec * 1000000000ULL + (inode->i_ctime_nsec & ~CTIME_QUERIED);
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

/* The CPU it last ran on: back in thread_info since 5.16 (bcf9033e5449). */
static __always_inline __u32 task_cpu(const struct task_struct *task)
{
	const struct task_struct___before_5_16 *before_5_16 = (const void *)task;

	if (bpf_core_field_exists(task->thread_info.cpu))
		return task->thread_info.cpu;
	return before_5_16->cpu;
}

/*
 * x86 since 6.16 keeps struct fpu behind the task_struct (cb7ca40a3882), where no type reaches: it
 * has to be read by address, which lockdown=confidentiality forbids.
 */
static __always_inline __u32 mxcsr_behind(const struct task_struct *task)
{
	const struct fpu *fpu = (const void *)task + bpf_core_type_size(struct task_struct);
	struct fpstate *fpstate = NULL;
	__u32 mxcsr = 0;

	if (!read_kernel || bpf_core_read(&fpstate, sizeof(fpstate), &fpu->fpstate) ||
		bpf_core_read(&mxcsr, sizeof(mxcsr), &fpstate->regs.fxsave.mxcsr))
		return 0;
	return mxcsr;
}

/*
 * The floating-point control word as saved when the task was last switched out; 0: not known here.
 * x86: in struct fpu itself before 5.16, behind its pointer fpstate since (87d0e5be0fac).
 */
static __always_inline __u32 task_fp_control(const struct task_struct *task)
{
	const struct task_struct___before_5_16 *before_5_16 = (const void *)task;
	const struct task_struct___arm64 *arm64 = (const void *)task;

	if (bpf_core_field_exists(before_5_16->thread.fpu.state))
		return before_5_16->thread.fpu.state.fxsave.mxcsr;
	if (bpf_core_field_exists(task->thread.fpu.fpstate))
		return task->thread.fpu.fpstate->regs.fxsave.mxcsr;
	if (bpf_core_type_exists(struct fpu))
		return mxcsr_behind(task);
	if (bpf_core_field_exists(arm64->thread.uw.fpsimd_state.fpcr))
		return arm64->thread.uw.fpsimd_state.fpcr;
	return 0;
}

/* The node of the directory above; NULL: the root. Named __parent since 6.15 (633488947ef6). */
static __always_inline struct kernfs_node *kernfs_parent(const struct kernfs_node *node)
{
	const struct kernfs_node___before_6_15 *before_6_15 = (const void *)node;

	if (bpf_core_field_exists(node->__parent))
		return BPF_CORE_READ(node, __parent);
	return BPF_CORE_READ(before_6_15, parent);
}

/* sched_process_exit says whether this is the last thread: since 6.16 (3e816361e94a). */
static __always_inline bool have_exit_group_dead(void)
{
	return bpf_core_field_exists(struct trace_event_raw_sched_process_exit, group_dead);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fills the parts of a record that describe a process, from its task. */
#ifndef MINERWATCH_TASK_BPF_H
#define MINERWATCH_TASK_BPF_H

#include "core_fixes.bpf.h"

#define PF_KTHREAD 0x00200000

static __always_inline bool is_kernel_thread(const struct task_struct *task)
{
	return task->flags & PF_KTHREAD;
}

/* In the chosen hierarchy; only where there is one. */
static __always_inline struct cgroup *task_cgroup(const struct task_struct *task)
{
	if (cgroup_version == 2)
		return task->cgroups->dfl_cgrp;
	return task->cgroups->subsys[cgroup_subsystem]->cgroup;
}

static __always_inline __u64 task_cgroup_id(const struct task_struct *task)
{
	return cgroup_version ? task_cgroup(task)->kn->id : 0;
}

/*
 * The leader's start is the process' start: a thread that calls execve takes over the leader's
 * pid and its start time before sched_process_exec.
 */
static __always_inline void header_fill(struct event_header *header, enum event_type type,
	__u32 size, const struct task_struct *task)
{
	header->type = type;
	header->flags = 0;
	header->size = size;
	header->time_ns = bpf_ktime_get_boot_ns();
	header->start_ns = task->group_leader->start_boottime;
	header->cgroup_id = task_cgroup_id(task);
	header->pid = task->tgid;
	header->tid = task->pid;
}

/*
 * Who runs, by bpf_probe_read_kernel, for programs and kernels that have no typed current task.
 * Leaves type, flags, size and time alone.
 */
static __always_inline void current_read(struct event_header *header)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct css_set *cgroups = BPF_CORE_READ(task, cgroups);
	struct cgroup_subsys_state *css;
	struct kernfs_node *kn = NULL;

	header->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	header->pid = BPF_CORE_READ(task, tgid);
	header->tid = BPF_CORE_READ(task, pid);
	if (cgroup_version == 2) {
		kn = BPF_CORE_READ(cgroups, dfl_cgrp, kn);
	} else if (cgroup_version == 1) {
		bpf_core_read(&css, sizeof(css), &cgroups->subsys[cgroup_subsystem]);
		kn = BPF_CORE_READ(css, cgroup, kn);
	}
	header->cgroup_id = BPF_CORE_READ(kn, id);
}

/* By words: nothing tells the compiler that a char array is aligned, here it is on both sides. */
static __always_inline void comm_fill(char comm[EVENT_COMM_SIZE], const struct task_struct *task)
{
	const __u64 *from = (const void *)task->comm;
	__u64 *to = (void *)comm;

	to[0] = from[0];
	to[1] = from[1];
}

static __always_inline void kin_fill(
	struct event_kin *kin, const struct task_struct *task, const struct task_struct *parent)
{
	kin->parent_start_ns = parent->group_leader->start_boottime;
	kin->ppid = parent->tgid;
	kin->session = task->signal->pids[PIDTYPE_SID]->numbers[0].nr;
	kin->uid = task->cred->uid.val;
	kin->cpus_allowed = task->group_leader->nr_cpus_allowed;
	comm_fill(kin->comm, task);
}

static __always_inline void file_fill(struct event_file *to, const struct file *file)
{
	const struct inode *inode = file->f_inode;

	to->inode = inode->i_ino;
	to->ctime_ns = inode_ctime_ns(inode);
	to->size = inode->i_size;
	to->fs_magic = inode->i_sb->s_magic;
	to->dev = inode->i_sb->s_dev;
	to->nlink = inode->i_nlink;
	to->mode = inode->i_mode;
	to->directory_mode = file->f_path.dentry->d_parent->d_inode->i_mode;
}

#endif

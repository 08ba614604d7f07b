// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reports each new process (thread group); new threads and kernel threads are not reported. */
#include "task.bpf.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(report_fork, struct task_struct *parent, struct task_struct *child)
{
	struct event_fork *record;

	if (child->pid != child->tgid || is_kernel_thread(child))
		return 0;
	record = record_reserve(CLASS_FORK, sizeof(*record));
	if (!record) {
		count(&unrecorded[LINK_FORK]);
		return 0;
	}
	header_fill(&record->header, EVENT_FORK, sizeof(*record), child);
	/* The caller, not real_parent: with CLONE_PARENT that is the caller's parent. */
	kin_fill(&record->kin, child, parent);
	record_submit(CLASS_FORK, &record->header);
	return 0;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Marks each socket that connects with its owner: packets are seen in anybody's context. */
#include "mark.bpf.h"
#include "address.bpf.h"
#include "task.bpf.h"

/* A socket that connects again begins anew. */
static __always_inline int mark_socket(enum canary_link link, struct bpf_sock_addr *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct event_header owner = {};
	struct mark *mark;

	if (!ctx->sk || (ctx->protocol != IPPROTO_TCP && ctx->protocol != IPPROTO_UDP))
		return 1;
	count(&unrecorded[link]); /* a mark is no record */
	mark = bpf_sk_storage_get(&marks, ctx->sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!mark) {
		count(&failed[CLASS_PAYLOAD]);
		return 1;
	}
	current_read(&owner);
	mark->owner_start_ns = owner.start_ns;
	mark->owner_cgroup_id = owner.cgroup_id;
	mark->owner_pid = owner.pid;
	mark->owner_tid = owner.tid;
	mark->connect_ns = bpf_ktime_get_boot_ns();
	mark->netns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
	direction_begin(&mark->directions[PAYLOAD_SENT], PHASE_SYN, false);
	direction_begin(&mark->directions[PAYLOAD_RECEIVED], PHASE_SYN, false);
	return 1;
}

SEC("cgroup/connect4")
int mark_connect4(struct bpf_sock_addr *ctx)
{
	return mark_socket(LINK_MARK4, ctx);
}

SEC("cgroup/connect6")
int mark_connect6(struct bpf_sock_addr *ctx)
{
	return mark_socket(LINK_MARK6, ctx);
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

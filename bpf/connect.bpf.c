// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reports outbound connections: TCP by the socket's state, connected UDP by the cgroup hooks. */
#include "task.bpf.h"

#include <bpf/bpf_endian.h>

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define TCP_SYN_SENT 2

/* An IPv4 address as ::ffff:a.b.c.d; to is 8-byte aligned in the record. */
static __always_inline void address_put_v4(__u8 *to, __be32 address)
{
	__u32 *words = (__u32 *)to;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = address;
}

#define ADDRESS_PUT_V6(to, words)           \
	({                                  \
		__u32 *_to = (__u32 *)(to); \
		_to[0] = (words)[0];        \
		_to[1] = (words)[1];        \
		_to[2] = (words)[2];        \
		_to[3] = (words)[3];        \
	})

/*
 * The current process by bpf_probe_read_kernel, for programs and kernels that have no typed current
 * task.
 */
static __always_inline void current_read(struct event_connect *record)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct event_header *header = &record->header;
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
	record->uid = BPF_CORE_READ(task, cred, uid.val);
	bpf_get_current_comm(record->comm, sizeof(record->comm));
}

static __always_inline void header_start(struct event_connect *record)
{
	record->header.type = EVENT_CONNECT;
	record->header.flags = 0;
	record->header.size = sizeof(*record);
	record->header.time_ns = bpf_ktime_get_boot_ns();
}

static __always_inline void current_fill(struct event_connect *record)
{
	struct task_struct *task;

	if (!have_current_task_btf()) {
		current_read(record);
		return;
	}
	task = bpf_get_current_task_btf();
	header_fill(&record->header, EVENT_CONNECT, sizeof(*record), task);
	record->uid = task->cred->uid.val;
	comm_fill(record->comm, task);
}

static __always_inline void socket_fill(struct event_connect *record, struct sock *sk)
{
	struct sock_common *common = &sk->__sk_common;

	record->socket = socket_cookie(sk);
	record->family = common->skc_family;
	if (common->skc_family == AF_INET6) {
		ADDRESS_PUT_V6(record->source, common->skc_v6_rcv_saddr.in6_u.u6_addr32);
		ADDRESS_PUT_V6(record->destination, common->skc_v6_daddr.in6_u.u6_addr32);
	} else {
		address_put_v4(record->source, common->skc_rcv_saddr);
		address_put_v4(record->destination, common->skc_daddr);
	}
	record->source_port = common->skc_num;
	record->destination_port = bpf_ntohs(common->skc_dport);
	record->protocol = IPPROTO_TCP;
	record->netns = common->skc_net.net->ns.inum;
}

/*
 * Only at SYN_SENT is current the process that connects. An MPTCP socket changes state too, before
 * or after its first subflow; the subflow alone is TCP and is what goes out.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(report_connect_tcp, struct sock *sk, int old_state, int new_state)
{
	struct event_connect *record;

	if (new_state != TCP_SYN_SENT || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	record = record_reserve(CLASS_CONNECT, sizeof(*record));
	if (!record)
		return 0;
	header_start(record);
	current_fill(record);
	socket_fill(record, sk);
	record_submit(CLASS_CONNECT, &record->header);
	return 0;
}

/* What connect4 and connect6 share. The socket is not bound to a source yet. */
static __always_inline struct event_connect *udp_start(struct bpf_sock_addr *ctx, __u16 family)
{
	struct event_connect *record;
	struct task_struct *task = (void *)bpf_get_current_task();

	if (ctx->protocol != IPPROTO_UDP)
		return NULL;
	record = record_reserve(CLASS_CONNECT, sizeof(*record));
	if (!record)
		return NULL;
	header_start(record);
	current_read(record);
	record->socket = bpf_get_socket_cookie(ctx);
	__builtin_memset(record->source, 0, sizeof(record->source));
	record->source_port = 0;
	record->destination_port = bpf_ntohs(ctx->user_port);
	record->protocol = IPPROTO_UDP;
	record->family = family;
	record->netns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
	return record;
}

SEC("cgroup/connect4")
int report_connect_udp4(struct bpf_sock_addr *ctx)
{
	struct event_connect *record = udp_start(ctx, AF_INET);

	if (record) {
		address_put_v4(record->destination, ctx->user_ip4);
		record_submit(CLASS_CONNECT, &record->header);
	}
	return 1;
}

SEC("cgroup/connect6")
int report_connect_udp6(struct bpf_sock_addr *ctx)
{
	struct event_connect *record = udp_start(ctx, AF_INET6);

	if (record) {
		ADDRESS_PUT_V6(record->destination, ctx->user_ip6);
		record_submit(CLASS_CONNECT, &record->header);
	}
	return 1;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

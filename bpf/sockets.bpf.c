// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Iterator: the sockets that suspects hold, whoever made them; arms them to be read from now on. */
#include "address.bpf.h"
#include "mark.bpf.h"
#include "task.bpf.h"

/* Whose sockets a pass reports; ended by 0. Its number: no two passes in a row have the same. */
__u32 scanned[SCANNED_MAX];
__u32 scan;

static __always_inline bool is_scanned(const struct task_struct *task)
{
	for (int i = 0; i < SCANNED_MAX && scanned[i]; i++)
		if (scanned[i] == (__u32)task->tgid)
			return true;
	return false;
}

static __always_inline bool has_peer(const struct sock *sk)
{
	const struct sock_common *common = &sk->__sk_common;

	return (common->skc_family == AF_INET || common->skc_family == AF_INET6) &&
	       (sk->sk_protocol == IPPROTO_TCP || sk->sk_protocol == IPPROTO_UDP) &&
	       common->skc_dport;
}

static __always_inline void addresses_fill(struct event_socket *record, const struct sock *sk)
{
	const struct sock_common *common = &sk->__sk_common;

	record->family = common->skc_family;
	if (common->skc_family == AF_INET6) {
		ADDRESS_PUT_V6(record->local, common->skc_v6_rcv_saddr.in6_u.u6_addr32);
		ADDRESS_PUT_V6(record->remote, common->skc_v6_daddr.in6_u.u6_addr32);
	} else {
		address_put_v4(record->local, common->skc_rcv_saddr);
		address_put_v4(record->remote, common->skc_daddr);
	}
	record->local_port = common->skc_num;
	record->remote_port = bpf_ntohs(common->skc_dport);
	record->protocol = sk->sk_protocol;
	record->netns = common->skc_net.net->ns.inum;
	record->state = common->skc_state;
	record->socket = socket_cookie((struct sock *)sk);
}

/* One nobody marked is its holder's. */
static __always_inline void owner_set(
	struct mark *mark, const struct task_struct *task, const struct sock *sk)
{
	mark->owner_start_ns = task->group_leader->start_boottime;
	mark->owner_cgroup_id = task_cgroup_id(task);
	mark->owner_pid = task->tgid;
	mark->owner_tid = task->tgid;
	mark->netns = sk->__sk_common.skc_net.net->ns.inum;
	direction_begin(&mark->directions[PAYLOAD_SENT], PHASE_DONE, false);
	direction_begin(&mark->directions[PAYLOAD_RECEIVED], PHASE_DONE, false);
}

/* What was read is read: its next bytes are the first ones again. */
static __always_inline void arm(struct mark *mark)
{
	for (int i = 0; i < 2; i++)
		if (mark->directions[i].phase == PHASE_DONE)
			direction_begin(&mark->directions[i], PHASE_NEXT, true);
}

static __always_inline void owner_fill(struct event_socket *record, const struct mark *mark)
{
	record->owner_start_ns = mark->owner_start_ns;
	record->owner_pid = mark->owner_pid;
	record->opened_ns = mark->connect_ns;
	if (mark->connect_ns)
		record->socket_flags |= SOCKET_CONNECTED;
}

static __always_inline void bytes_fill(struct event_socket *record, struct sock *sk)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);

	if (!tcp)
		return;
	record->bytes_sent = tcp->bytes_sent - tcp->bytes_retrans;
	record->bytes_received = tcp->bytes_received;
}

static __always_inline void report(
	struct seq_file *seq, struct task_struct *task, struct sock *sk, struct mark *mark)
{
	struct event_socket record = {};

	header_fill(&record.header, EVENT_SOCKET, sizeof(record), task);
	record.header.tid = task->tgid;
	addresses_fill(&record, sk);
	owner_fill(&record, mark);
	if (sk->sk_protocol == IPPROTO_TCP) {
		bytes_fill(&record, sk);
		record.socket_flags |= SOCKET_ARMED;
	}
	/* When the buffer is full this call is made again for the same file. */
	if (bpf_seq_write(seq, &record, sizeof(record)))
		return;
	mark->scan = scan;
	mark->scan_pid = task->tgid;
	if (sk->sk_protocol == IPPROTO_TCP)
		arm(mark);
	count(&submitted[CLASS_SOCKET]);
}

SEC("iter/task_file")
int report_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;
	struct mark *mark;

	if (!task || !file || !is_scanned(task))
		return 0;
	socket = bpf_sock_from_file(file);
	sk = socket ? socket->sk : NULL;
	if (!sk || !has_peer(sk))
		return 0;
	mark = bpf_sk_storage_get(&marks, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!mark) {
		count(&failed[CLASS_SOCKET]);
		return 0;
	}
	if (!mark->owner_pid)
		owner_set(mark, task, sk);
	if (mark->scan != scan || mark->scan_pid != (__u32)task->tgid)
		report(ctx->meta->seq, task, sk, mark);
	return 0;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

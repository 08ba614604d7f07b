// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reports outbound connections: TCP by the socket's state, connected UDP by the cgroup hooks. */
#include "address.bpf.h"
#include "budget.bpf.h"
#include "task.bpf.h"

#define TCP_SYN_SENT 2
#define DESTINATIONS_KEPT 16384 /* the one used longest ago goes; it is reported as if new */
#define REPORT_EVERY_NS (60 * SECOND_NS)

/* Whom a process connects to. */
struct destination_key {
	__u64 start_ns;
	__u8 address[16];
	__u32 pid;
	__u16 port;
	__u16 protocol;
};

struct destination_seen {
	__u64 reported_ns;
	__u64 connects; /* all of them, and those that records have told of: */
	__u64 told;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, DESTINATIONS_KEPT);
	__type(key, struct destination_key);
	__type(value, struct destination_seen);
} destinations SEC(".maps");

static __always_inline void current_fill(struct event_connect *record)
{
	struct task_struct *task;

	if (!have_current_task_btf()) {
		task = (void *)bpf_get_current_task();
		current_read(&record->header);
		record->uid = BPF_CORE_READ(task, cred, uid.val);
		bpf_get_current_comm(record->comm, sizeof(record->comm));
		return;
	}
	task = bpf_get_current_task_btf();
	header_fill(&record->header, EVENT_CONNECT, sizeof(*record), task);
	record->uid = task->cred->uid.val;
	comm_fill(record->comm, task);
}

static __always_inline void header_start(struct event_connect *record)
{
	record->header.type = EVENT_CONNECT;
	record->header.size = sizeof(*record);
	record->header.time_ns = bpf_ktime_get_boot_ns();
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

static __always_inline struct destination_key destination_key(const struct event_connect *record)
{
	struct destination_key key = {
		.start_ns = record->header.start_ns,
		.pid = record->header.pid,
		.port = record->destination_port,
		.protocol = record->protocol,
	};

	__builtin_memcpy(key.address, record->destination, sizeof(key.address));
	return key;
}

/*
 * The first connect of a process to a destination that a reader can hear of is told at once, those
 * of the next minute with the one after it. Each one is submitted, dropped or skipped. Two threads
 * that both find the minute over may both tell of the same repeats.
 */
static __always_inline void report(enum canary_link link, struct event_connect *record)
{
	struct destination_key key = destination_key(record);
	struct destination_seen fresh = {.reported_ns = record->header.time_ns};
	struct destination_seen *seen = bpf_map_lookup_elem(&destinations, &key);

	if (seen && seen->reported_ns >= reader_ns &&
		record->header.time_ns - seen->reported_ns < REPORT_EVERY_NS) {
		count(&seen->connects);
		count(&skipped[CLASS_CONNECT]);
		return;
	}
	if (seen)
		record->repeats = seen->connects - seen->told;
	if (!budget_take(CLASS_CONNECT, record->header.cgroup_id, record->header.time_ns) ||
		!record_output(CLASS_CONNECT, &record->header, sizeof(*record))) {
		count(&unrecorded[link]);
		return; /* not told: the next one is */
	}
	if (seen) {
		seen->told += record->repeats;
		seen->reported_ns = fresh.reported_ns;
	} else if (bpf_map_update_elem(&destinations, &key, &fresh, BPF_ANY)) {
		count(&failed[CLASS_CONNECT]);
	}
}

/*
 * Only at SYN_SENT is current the process that connects. An MPTCP socket changes state too, before
 * or after its first subflow; the subflow alone is TCP and is what goes out.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(report_connect_tcp, struct sock *sk, int old_state, int new_state)
{
	struct event_connect record = {};

	if (new_state != TCP_SYN_SENT || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	header_start(&record);
	current_fill(&record);
	socket_fill(&record, sk);
	report(LINK_TCP, &record);
	return 0;
}

/* What connect4 and connect6 share. The socket is not bound to a source yet. */
static __always_inline void udp_fill(
	struct event_connect *record, struct bpf_sock_addr *ctx, __u16 family)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	header_start(record);
	current_read(&record->header);
	record->uid = BPF_CORE_READ(task, cred, uid.val);
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	record->socket = bpf_get_socket_cookie(ctx);
	record->destination_port = bpf_ntohs(ctx->user_port);
	record->protocol = IPPROTO_UDP;
	record->family = family;
	record->netns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
}

SEC("cgroup/connect4")
int report_connect_udp4(struct bpf_sock_addr *ctx)
{
	struct event_connect record = {};

	if (ctx->protocol != IPPROTO_UDP)
		return 1;
	udp_fill(&record, ctx, AF_INET);
	address_put_v4(record.destination, ctx->user_ip4);
	report(LINK_UDP4, &record);
	return 1;
}

SEC("cgroup/connect6")
int report_connect_udp6(struct bpf_sock_addr *ctx)
{
	struct event_connect record = {};

	if (ctx->protocol != IPPROTO_UDP)
		return 1;
	udp_fill(&record, ctx, AF_INET6);
	ADDRESS_PUT_V6(record.destination, ctx->user_ip6);
	report(LINK_UDP6, &record);
	return 1;
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reports the first bytes of each direction of marked TCP connections, and answers of DNS servers.
 */
#include "budget.bpf.h"
#include "mark.bpf.h"
#include "packet.bpf.h"
#include "prefix.bpf.h"
#include "question.bpf.h"
#include "task.bpf.h"

#define PORT_DNS 53
/* Bytes past those wanted: the missing ones will not come any more. */
#define GIVEN_UP_AFTER 65536
#define PAGES_PASSED_OVER 8 /* of a connection; after more, nothing of it is read */

/* A segment is one record of this size: reserved room has to have a size known here. */
struct segment_record {
	struct event_payload payload;
	__u8 data[EVENT_PAYLOAD_MAX];
};

/* Room for a segment of this owner, its header filled. mark NULL: nobody's. */
static __always_inline struct segment_record *segment_start(
	struct __sk_buff *skb, const struct mark *mark)
{
	__u64 now_ns = bpf_ktime_get_boot_ns();
	__u64 cgroup_id = mark ? mark->owner_cgroup_id : 0;
	struct segment_record *record;

	if (!budget_take(CLASS_PAYLOAD, cgroup_id, now_ns))
		return NULL;
	record = record_reserve(CLASS_PAYLOAD, sizeof(*record));
	if (!record)
		return NULL;
	__builtin_memset(&record->payload, 0, sizeof(record->payload));
	record->payload.header.type = EVENT_SEGMENT;
	record->payload.header.size = sizeof(*record);
	record->payload.header.time_ns = now_ns;
	record->payload.header.cgroup_id = cgroup_id;
	if (mark) {
		record->payload.header.start_ns = mark->owner_start_ns;
		record->payload.header.pid = mark->owner_pid;
		record->payload.header.tid = mark->owner_tid;
		record->payload.netns = mark->netns;
	}
	record->payload.socket = bpf_get_socket_cookie(skb);
	return record;
}

/* Copies len bytes, at least 1; more than a record holds are cut off. False: gone is the record. */
static __always_inline bool segment_copy(
	struct segment_record *record, struct __sk_buff *skb, __u32 at, __u32 len)
{
	if (len > EVENT_PAYLOAD_MAX)
		len = EVENT_PAYLOAD_MAX;
	len = ((len - 1) & (EVENT_PAYLOAD_MAX - 1)) + 1; /* says 1 to 512 to the verifier */
	if (bpf_skb_load_bytes(skb, at, record->data, len)) {
		count_dropped(CLASS_PAYLOAD);
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return false;
	}
	record->payload.data_len = len;
	return true;
}

static __always_inline void socket_addresses(struct event_payload *payload, struct bpf_sock *sk)
{
	if (sk->family == AF_INET6) {
		ADDRESS_PUT_V6(payload->local, sk->src_ip6);
		ADDRESS_PUT_V6(payload->remote, sk->dst_ip6);
	} else {
		address_put_v4(payload->local, sk->src_ip4);
		address_put_v4(payload->remote, sk->dst_ip4);
	}
	payload->local_port = sk->src_port;
	payload->remote_port = bpf_ntohs((__u16)sk->dst_port);
	payload->protocol = IPPROTO_TCP;
}

static __always_inline void sender_fill(struct event_payload *payload)
{
	struct task_struct *task;

	if (!read_kernel)
		return;
	task = (void *)bpf_get_current_task();
	payload->sender_pid = BPF_CORE_READ(task, tgid);
	payload->sender_start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
}

/* What of begin to end is new, at its front: a repeated segment brings nothing. */
static __always_inline __u32 range_trim(
	const struct mark_direction *direction, __u32 begin, __u32 end)
{
#pragma unroll
	for (__u32 i = 0; i < EVENT_PAYLOAD_SEGMENTS; i++) {
		const struct mark_range *range = &direction->ranges[i];

		if (i < direction->segments && begin >= range->begin && begin < range->end)
			begin = range->end < end ? range->end : end;
	}
	return begin;
}

static __always_inline void range_add(struct mark_direction *direction, __u32 begin, __u32 end)
{
	struct mark_range range = {.begin = begin, .end = end};
	__u32 n = direction->segments;

	if (n < EVENT_PAYLOAD_SEGMENTS)
		direction->ranges[n & (EVENT_PAYLOAD_SEGMENTS - 1)] = range;
	direction->segments = n + 1;
	direction->bytes += end - begin;
	if (n + 1 >= EVENT_PAYLOAD_SEGMENTS || direction->bytes >= EVENT_PAYLOAD_MAX)
		direction->phase = PHASE_DONE;
}

/* begin to end of the direction's bytes, which the segment has at that place. */
static __always_inline void segment_send(struct __sk_buff *skb, struct bpf_sock *sk,
	const struct mark *mark, const struct mark_direction *direction,
	const struct tcp_segment *segment, __u32 begin, __u32 len)
{
	bool sent = direction == &mark->directions[PAYLOAD_SENT];
	__u32 skip = begin - (segment->sequence - direction->base);
	struct segment_record *record = segment_start(skb, mark);

	if (!record || !segment_copy(record, skb, segment->at + skip, len)) {
		count(&unrecorded[sent ? LINK_SENT : LINK_RECEIVED]);
		return;
	}
	socket_addresses(&record->payload, sk);
	if (sent)
		sender_fill(&record->payload);
	record->payload.offset = begin;
	record->payload.seen = segment->len - skip;
	record->payload.direction = sent ? PAYLOAD_SENT : PAYLOAD_RECEIVED;
	record->payload.segments = direction->segments;
	if (direction->armed)
		record->payload.payload_flags |= PAYLOAD_ARMED;
	if (direction->phase == PHASE_DONE)
		record->payload.payload_flags |= PAYLOAD_LAST;
	if (!sent && (mark->asked_http || mark->directions[PAYLOAD_SENT].pages))
		record->payload.payload_flags |= PAYLOAD_AFTER_HTTP;
	record_submit(CLASS_PAYLOAD, &record->payload.header);
}

/* What begins there: true, no reader can use it, which has been counted. */
static __always_inline bool skip_useless(struct __sk_buff *skb, struct mark *mark,
	enum payload_direction which, const struct tcp_segment *segment, __u32 len)
{
	const struct mark_direction *sent = &mark->directions[PAYLOAD_SENT];
	struct mark_direction *direction = &mark->directions[which];
	bool page = sent->pages && !sent->segments;
	enum prefix prefix = prefix_read(skb, segment->at, len, which, page);

	if (prefix == PREFIX_REQUEST)
		mark->asked_http = 1;
	if (prefix == PREFIX_OF_USE || prefix == PREFIX_REQUEST)
		return false;
	if (prefix == PREFIX_PAGE && direction->pages++ < PAGES_PASSED_OVER)
		direction->phase = PHASE_NEXT;
	else
		direction->phase = PHASE_DONE;
	count(&skipped[CLASS_PAYLOAD]);
	return true;
}

/* Where reading begins. False: not known yet. */
static __always_inline bool direction_start(
	struct mark_direction *direction, const struct tcp_segment *segment)
{
	if (direction->phase == PHASE_SYN && !(segment->flags & TCP_SYN))
		return false;
	if (direction->phase == PHASE_NEXT && !segment->len)
		return false;
	if (direction->phase != PHASE_READ) {
		direction->base = segment->sequence;
		direction->phase = PHASE_READ;
	}
	return segment->len;
}

static __always_inline void tcp_read(
	struct __sk_buff *skb, struct bpf_sock *sk, struct mark *mark, enum payload_direction which)
{
	struct mark_direction *direction = &mark->directions[which];
	struct tcp_segment segment;
	__u32 begin, end;

	if (!tcp_find(skb, &segment) || !direction_start(direction, &segment))
		return;
	begin = segment.sequence - direction->base;
	if (begin >= EVENT_PAYLOAD_MAX) {
		/* Before the base: repeated. */
		if ((__s32)begin > GIVEN_UP_AFTER)
			direction->phase = PHASE_DONE;
		return;
	}
	end = begin + segment.len;
	if (end > EVENT_PAYLOAD_MAX || end < begin)
		end = EVENT_PAYLOAD_MAX;
	begin = range_trim(direction, begin, end);
	if (begin >= end)
		return;
	if (begin == 0 && skip_useless(skb, mark, which, &segment, end))
		return;
	range_add(direction, begin, end);
	if (segment.flags & TCP_FIN)
		direction->phase = PHASE_DONE;
	segment_send(skb, sk, mark, direction, &segment, begin, end - begin);
}

/*
 * An answer of a DNS server to a question of this socket. The socket may know no peer, the packet
 * does. Nobody asked for it: it names nothing, so it is skipped.
 */
static __always_inline void answer_read(
	struct __sk_buff *skb, struct bpf_sock *sk, const struct mark *mark)
{
	struct segment_record *record;
	struct question question;
	struct ip_packet packet;
	__be16 udp[4]; /* source, destination, length, checksum */
	__be32 ip4[2];
	__u32 at;

	if (!ip_find(skb, &packet) || packet.protocol != IPPROTO_UDP ||
		bpf_skb_load_bytes(skb, packet.at, udp, sizeof(udp)) ||
		udp[0] != bpf_htons(PORT_DNS))
		return;
	at = packet.at + sizeof(udp);
	if (!question_answered(skb, at, &question)) {
		count(&skipped[CLASS_PAYLOAD]);
		return;
	}
	record = segment_start(skb, mark);
	if (!record || !segment_copy(record, skb, at, skb->len - at)) {
		count(&unrecorded[LINK_RECEIVED]);
		return;
	}
	if (packet.version == 4 && !bpf_skb_load_bytes(skb, 12, ip4, sizeof(ip4))) {
		address_put_v4(record->payload.remote, ip4[0]);
		address_put_v4(record->payload.local, ip4[1]);
	} else {
		bpf_skb_load_bytes(skb, 8, record->payload.remote, 16);
		bpf_skb_load_bytes(skb, 24, record->payload.local, 16);
	}
	if (!mark)
		record->payload.netns = question.netns;
	record->payload.remote_port = PORT_DNS;
	record->payload.local_port = bpf_ntohs(udp[1]);
	record->payload.protocol = IPPROTO_UDP;
	record->payload.seen = skb->len - at;
	record->payload.direction = PAYLOAD_RECEIVED;
	record->payload.payload_flags = PAYLOAD_LAST;
	record->payload.segments = 1;
	record_submit(CLASS_PAYLOAD, &record->payload.header);
}

static __always_inline int look(struct __sk_buff *skb, enum payload_direction direction)
{
	struct bpf_sock *sk = skb->sk;
	struct mark *mark;

	sk = sk ? bpf_sk_fullsock(sk) : NULL;
	if (!sk)
		return 1;
	if (sk->protocol == IPPROTO_TCP) {
		mark = bpf_sk_storage_get(&marks, sk, NULL, 0);
		if (mark && mark->directions[direction].phase != PHASE_DONE)
			tcp_read(skb, sk, mark, direction);
	} else if (sk->protocol == IPPROTO_UDP && direction == PAYLOAD_SENT) {
		question_read(skb);
	} else if (sk->protocol == IPPROTO_UDP) {
		answer_read(skb, sk, bpf_sk_storage_get(&marks, sk, NULL, 0));
	}
	return 1;
}

SEC("cgroup_skb/egress")
int read_sent(struct __sk_buff *skb)
{
	return look(skb, PAYLOAD_SENT);
}

SEC("cgroup_skb/ingress")
int read_received(struct __sk_buff *skb)
{
	return look(skb, PAYLOAD_RECEIVED);
}

char LICENSE[] SEC("license")
__weak = "Dual BSD/GPL";

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which DNS questions have left a socket, so that only their answers name addresses. */
#ifndef MINERWATCH_QUESTION_BPF_H
#define MINERWATCH_QUESTION_BPF_H

#include "packet.bpf.h"
#include "sensor.bpf.h"

#define QUESTIONS_KEPT 4096 /* when full, one asked long ago goes; its answer names nothing */
#define DNS_RESPONSE 0x8000 /* RFC 1035, 4.1.1: QR, of the header's second word */

/* RFC 1035, 4.1.1, in network order. */
struct dns_header {
	__be16 id;
	__be16 flags;
	__be16 questions;
	__be16 answers;
	__be16 authorities;
	__be16 additionals;
};

struct question_key {
	__u64 socket; /* its cookie */
	__u64 id; /* DNS header's, as it lies in the packet */
};

struct question {
	__u32 netns; /* who asked is in; 0 unknown */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, QUESTIONS_KEPT);
	__type(key, struct question_key);
	__type(value, struct question);
} questions __weak SEC(".maps");

/*
 * A datagram that leaves. Whatever its port: address translation has already been at work here
 * (Docker's name server is at another one), and is undone before an answer is seen.
 */
static __always_inline void question_read(struct __sk_buff *skb)
{
	struct question question = {0};
	struct question_key key = {0};
	struct dns_header dns;
	struct ip_packet packet;

	if (!ip_find(skb, &packet) || packet.protocol != IPPROTO_UDP ||
		bpf_skb_load_bytes(skb, packet.at + 8, &dns, sizeof(dns)) ||
		dns.flags & bpf_htons(DNS_RESPONSE) || dns.questions != bpf_htons(1) ||
		dns.answers || dns.authorities)
		return;
	if (read_kernel) {
		struct task_struct *task = (void *)bpf_get_current_task();

		question.netns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
	}
	key.socket = bpf_get_socket_cookie(skb);
	key.id = dns.id;
	bpf_map_update_elem(&questions, &key, &question, BPF_ANY);
}

/* The DNS message at that place answers one, which is so no more. False: nobody asked. */
static __always_inline bool question_answered(
	struct __sk_buff *skb, __u32 at, struct question *ret_question)
{
	struct question_key key = {0};
	struct question *question;
	__be16 id;

	if (bpf_skb_load_bytes(skb, at, &id, sizeof(id)))
		return false;
	key.socket = bpf_get_socket_cookie(skb);
	key.id = id;
	question = bpf_map_lookup_elem(&questions, &key);
	if (!question)
		return false;
	*ret_question = *question;
	bpf_map_delete_elem(&questions, &key);
	return true;
}

#endif

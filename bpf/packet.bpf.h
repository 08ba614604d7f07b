/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds transport headers and payload in a packet that begins with its IP header. */
#ifndef MINERWATCH_PACKET_BPF_H
#define MINERWATCH_PACKET_BPF_H

#include "address.bpf.h"

#define EXTENSIONS_MAX 4 /* IPv6 headers skipped; a packet with more is not read */
#define TCP_FIN 0x01
#define TCP_SYN 0x02

/* IPv6 extension headers, by their numbers (RFC 8200). */
enum {
	EXTENSION_HOP_BY_HOP = 0,
	EXTENSION_ROUTING = 43,
	EXTENSION_FRAGMENT = 44,
	EXTENSION_DESTINATION = 60,
};

struct ip_packet {
	__u32 version;
	__u32 protocol;
	__u32 at; /* where its header begins */
};

struct tcp_segment {
	__u32 sequence; /* of the first byte of payload */
	__u32 at; /* where that is in the packet */
	__u32 len; /* by the packet's length: IP's own is 0 in the largest ones */
	__u8 flags;
};

static __always_inline bool ip6_skip_extensions(struct __sk_buff *skb, struct ip_packet *packet)
{
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		__u8 extension[2];

		if (packet->protocol != EXTENSION_HOP_BY_HOP &&
			packet->protocol != EXTENSION_ROUTING &&
			packet->protocol != EXTENSION_FRAGMENT &&
			packet->protocol != EXTENSION_DESTINATION)
			return true;
		if (bpf_skb_load_bytes(skb, packet->at, extension, sizeof(extension)))
			return false;
		packet->at += packet->protocol == EXTENSION_FRAGMENT ? 8 : (extension[1] + 1) * 8;
		packet->protocol = extension[0];
	}
	return true;
}

static __always_inline bool ip_find(struct __sk_buff *skb, struct ip_packet *ret_packet)
{
	__u8 head[20];

	if (bpf_skb_load_bytes(skb, 0, head, sizeof(head)))
		return false;
	ret_packet->version = head[0] >> 4;
	if (ret_packet->version == 4) {
		ret_packet->protocol = head[9];
		ret_packet->at = (head[0] & 15) * 4;
		return true;
	}
	ret_packet->protocol = head[6];
	ret_packet->at = 40;
	return ret_packet->version == 6 && ip6_skip_extensions(skb, ret_packet);
}

static __always_inline bool tcp_find(struct __sk_buff *skb, struct tcp_segment *ret_segment)
{
	struct ip_packet packet;
	struct {
		__be32 ports, sequence, acknowledged;
		__u8 header_words; /* in its upper half */
		__u8 flags;
		__u16 window;
	} tcp;

	if (!ip_find(skb, &packet) || packet.protocol != IPPROTO_TCP ||
		bpf_skb_load_bytes(skb, packet.at, &tcp, sizeof(tcp)))
		return false;
	ret_segment->flags = tcp.flags;
	/* A SYN counts as one byte, and stands before those it may carry (Fast Open). */
	ret_segment->sequence = bpf_ntohl(tcp.sequence) + !!(tcp.flags & TCP_SYN);
	ret_segment->at = packet.at + (tcp.header_words >> 4) * 4;
	ret_segment->len = skb->len > ret_segment->at ? skb->len - ret_segment->at : 0;
	return true;
}

#endif

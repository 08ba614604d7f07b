/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether any reader could know what begins like this. */
#ifndef MINERWATCH_PREFIX_BPF_H
#define MINERWATCH_PREFIX_BPF_H

#include "sensor.bpf.h"

#define BLANKS_MAX 16 /* skipped before the first byte looked at; after more, all is read */

#define WORD(a, b, c, d) ((__u32)(a) | (__u32)(b) << 8 | (__u32)(c) << 16 | (__u32)(d) << 24)

static __always_inline bool is_blank(__u8 byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Blanks at the front; at most BLANKS_MAX and len. By constant indexes: 5.10 knows no others. */
static __always_inline __u32 blanks(const __u8 bytes[BLANKS_MAX], __u32 len)
{
	__u32 n = 0;

#pragma unroll
	for (__u32 i = 0; i < BLANKS_MAX; i++)
		if (n == i && i < len && is_blank(bytes[i]))
			n++;
	return n;
}

/* Whether len bytes, 4 at most, are as those of the word. */
static __always_inline bool begins(__u32 bytes, __u32 len, __u32 word)
{
	__u32 mask = len >= 4 ? ~0u : (1u << 8 * len) - 1;

	return !((bytes ^ word) & mask);
}

/* JSON, TLS, HTTP, SOCKS. bytes: the first four, zeros behind len. */
static __always_inline bool prefix_of_word(__u32 bytes, __u32 len, enum payload_direction direction)
{
	__u8 first = bytes;

	if (first == '{' || first == '[')
		return true;
	if (direction == PAYLOAD_RECEIVED)
		/* A SOCKS server answers with 5 or, version 4, with 0 and from 90 on. */
		return begins(bytes, len, WORD('H', 'T', 'T', 'P')) || first == 5 ||
		       (first == 0 && (len < 2 || (bytes >> 8 & 0xfc) == 0x58));
	return begins(bytes, len < 2 ? len : 2, WORD(0x16, 3, 0, 0)) ||
	       begins(bytes, len < 2 ? len : 2, WORD(4, 1, 0, 0)) || first == 5 ||
	       begins(bytes, len, WORD('C', 'O', 'N', 'N')) ||
	       begins(bytes, len, WORD('P', 'O', 'S', 'T')) ||
	       begins(bytes, len, WORD('G', 'E', 'T', ' '));
}

/* The payload begins at that place in the packet; len is at least 1. */
static __always_inline bool prefix_is_of_use(
	struct __sk_buff *skb, __u32 at, __u32 len, enum payload_direction direction)
{
	__u8 head[BLANKS_MAX] = {};
	__u32 word = 0, n = len < BLANKS_MAX ? len : BLANKS_MAX, skip;

	n = ((n - 1) & (BLANKS_MAX - 1)) + 1; /* says 1 to 16 to the verifier */
	if (bpf_skb_load_bytes(skb, at, head, n))
		return true;
	skip = blanks(head, n);
	len -= skip;
	if (skip == BLANKS_MAX || !len)
		return true;
	n = len < sizeof(word) ? len : sizeof(word);
	n = ((n - 1) & (sizeof(word) - 1)) + 1;
	if (bpf_skb_load_bytes(skb, at + skip, &word, n))
		return true;
	return prefix_of_word(word, n, direction);
}

#endif

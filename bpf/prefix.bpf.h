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

enum prefix {
	PREFIX_OF_USE,
	PREFIX_REQUEST, /* of use too: HTTP, as web clients speak it */
	PREFIX_PAGE, /* a web page asked for, or given: what follows may be of use */
	PREFIX_UNKNOWN,
};

/* JSON, HTTP, SOCKS. page: the question before it was for a web page. */
static __always_inline enum prefix prefix_received(__u32 bytes, __u32 len, bool page)
{
	__u8 first = bytes;

	if (begins(bytes, len, WORD('H', 'T', 'T', 'P')))
		return page ? PREFIX_PAGE : PREFIX_OF_USE;
	/* A SOCKS server answers with 5 or, version 4, with 0 and from 90 on. */
	if (first == '{' || first == '[' || first == 5 ||
		(first == 0 && (len < 2 || (bytes >> 8 & 0xfc) == 0x58)))
		return PREFIX_OF_USE;
	return PREFIX_UNKNOWN;
}

/*
 * JSON, TLS, HTTP, SOCKS. rest: the bytes behind the first four. A GET is of use where a Monero
 * node may be asked for its height or its info (stratum_http.c): others are what web clients say
 * all day.
 */
static __always_inline enum prefix prefix_sent(__u32 bytes, __u32 rest, __u32 len)
{
	__u32 two = len < 2 ? len : 2;
	__u8 first = bytes;

	if (begins(bytes, len, WORD('G', 'E', 'T', ' ')))
		return len <= 4 || begins(rest, len - 4, WORD('/', 'g', 'e', 't')) ? PREFIX_REQUEST
										   : PREFIX_PAGE;
	if (first == '{' || first == '[' || first == 5 || begins(bytes, two, WORD(0x16, 3, 0, 0)) ||
		begins(bytes, two, WORD(4, 1, 0, 0)) ||
		begins(bytes, len, WORD('C', 'O', 'N', 'N')))
		return PREFIX_OF_USE;
	if (begins(bytes, len, WORD('P', 'O', 'S', 'T')))
		return PREFIX_REQUEST;
	if (begins(bytes, len, WORD('H', 'E', 'A', 'D')) ||
		begins(bytes, len, WORD('P', 'U', 'T', ' ')))
		return PREFIX_PAGE;
	return PREFIX_UNKNOWN;
}

/* The payload begins at that place in the packet; len is at least 1. */
static __always_inline enum prefix prefix_read(
	struct __sk_buff *skb, __u32 at, __u32 len, enum payload_direction direction, bool page)
{
	__u8 head[BLANKS_MAX] = {};
	__u32 words[2] = {}, n = len < BLANKS_MAX ? len : BLANKS_MAX, skip;

	n = ((n - 1) & (BLANKS_MAX - 1)) + 1; /* says 1 to 16 to the verifier */
	if (bpf_skb_load_bytes(skb, at, head, n))
		return PREFIX_OF_USE;
	skip = blanks(head, n);
	len -= skip;
	if (skip == BLANKS_MAX || !len)
		return PREFIX_OF_USE;
	n = len < sizeof(words) ? len : sizeof(words);
	n = ((n - 1) & (sizeof(words) - 1)) + 1;
	if (bpf_skb_load_bytes(skb, at + skip, words, n))
		return PREFIX_OF_USE;
	return direction == PAYLOAD_RECEIVED ? prefix_received(words[0], n, page)
					     : prefix_sent(words[0], words[1], n);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writes addresses the way records have them. */
#ifndef MINERWATCH_ADDRESS_BPF_H
#define MINERWATCH_ADDRESS_BPF_H

#include "sensor.bpf.h"

#include <bpf/bpf_endian.h>

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17

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

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the answer of a DNS server: which name was asked for, which addresses it has. */
#ifndef MINERWATCH_DNS_ANSWER_H
#define MINERWATCH_DNS_ANSWER_H

#include <stdint.h>

#include "decode.h"

#define DNS_ADDRESSES_MAX 16 /* further ones are left out */
#define DNS_NAME_MAX 254 /* with NUL */
#define DNS_ALIASES_MAX 512 /* bytes */

struct dns_answer {
	char name[DNS_NAME_MAX]; /* as asked, lower case, no trailing dot; NUL-terminated */
	/* The names its CNAMEs lead through, in that order, each ended by a NUL, the last by two;
	 * "" none. What has no room is left out. */
	char aliases[DNS_ALIASES_MAX];
	unsigned count;
	struct {
		uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
		uint32_t ttl_s; /* the smallest on the way there, through CNAMEs */
	} addresses[DNS_ADDRESSES_MAX];
};

/* One datagram (RFC 1035). False: no answer to one question of class IN for A or AAAA. A datagram
 * cut off gives the addresses that were whole. */
bool dns_answer_read(struct span datagram, struct dns_answer *ret_answer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ADDRESS:PORT in numbers, where the address is one of loopback's. */
#ifndef MINERWATCH_LOOPBACK_ADDRESS_H
#define MINERWATCH_LOOPBACK_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>

struct loopback_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t len;
};

/* 127.0.0.0/8 or [::1], and a port from 1 to 65535. False: it is something else. */
bool loopback_address_read(const char *text, struct loopback_address *ret_address);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ADDRESS:PORT in numbers, where the address is one of loopback's. */
#include "util/loopback_address.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#define PORT_DIGITS_MAX 5

static bool read_port(const char *text, in_port_t *ret_port)
{
	uint32_t port = 0;
	size_t len = strspn(text, "0123456789");

	if (len == 0 || len > PORT_DIGITS_MAX || text[len] || text[0] == '0')
		return false;
	for (size_t i = 0; i < len; i++)
		port = port * 10 + (uint32_t)(text[i] - '0');
	*ret_port = htons((uint16_t)port);
	return port <= UINT16_MAX;
}

bool loopback_address_read(const char *text, struct loopback_address *ret_address)
{
	struct loopback_address address = {0};
	const char *colon = strrchr(text, ':');
	char host[INET_ADDRSTRLEN] = "";
	in_port_t port;

	if (!colon || !read_port(colon + 1, &port))
		return false;
	if (strncmp(text, "[::1]:", 6) == 0 && colon == text + 5) {
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_addr = in6addr_loopback;
		address.v6.sin6_port = port;
		address.len = sizeof(address.v6);
	} else {
		if ((size_t)(colon - text) >= sizeof(host))
			return false;
		memcpy(host, text, (size_t)(colon - text));
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = port;
		address.len = sizeof(address.v4);
		if (inet_pton(AF_INET, host, &address.v4.sin_addr) != 1 ||
			ntohl(address.v4.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
			return false;
	}
	*ret_address = address;
	return true;
}

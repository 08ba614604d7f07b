/* SPDX-License-Identifier: Apache-2.0 */
/* Where the stand-in may talk to: this machine, or a test's network namespace. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "standin.h"

/* Never a public address: what leaves a test's namespace by mistake must lead nowhere. */
static const struct range {
	const char *network;
	unsigned bits;
	bool loopback;
} ranges[] = {
	{"::ffff:127.0.0.0", 96 + 8, true}, {"::1", 128, true},
	{"::ffff:10.0.0.0", 96 + 8, false}, /* RFC 1918 */
	{"::ffff:172.16.0.0", 96 + 12, false}, {"::ffff:192.168.0.0", 96 + 16, false},
	{"::ffff:192.0.2.0", 96 + 24, false}, /* RFC 5737: documentation */
	{"::ffff:198.51.100.0", 96 + 24, false}, {"::ffff:203.0.113.0", 96 + 24, false},
	{"fc00::", 7, false}, /* RFC 4193 */
	{"fe80::", 10, false}, /* RFC 4291: link-local */
	{"2001:db8::", 32, false}, /* RFC 3849: documentation */
};

static bool in_range(const struct range *range, const struct in6_addr *address)
{
	struct in6_addr network;

	inet_pton(AF_INET6, range->network, &network);
	for (unsigned bit = 0; bit < range->bits; bit++)
		if ((network.s6_addr[bit / 8] ^ address->s6_addr[bit / 8]) & (0x80 >> bit % 8))
			return false;
	return true;
}

static bool may_talk_to(const struct standin_options *options, const struct sockaddr_storage *to)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)to;
	struct in6_addr address = ((const struct sockaddr_in6 *)to)->sin6_addr;

	if (to->ss_family == AF_UNIX)
		return true;
	if (to->ss_family == AF_INET) {
		address = (struct in6_addr){.s6_addr = {[10] = 0xff, 0xff}};
		address.s6_addr32[3] = v4->sin_addr.s_addr;
	}
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if ((options->netns || ranges[i].loopback) && in_range(&ranges[i], &address))
			return true;
	return false;
}

static int parse_port(const char *text, in_port_t *ret_port)
{
	unsigned long port;
	char *end;

	port = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || port > 65535)
		return -EINVAL;
	*ret_port = htons(port);
	return 0;
}

static int parse_unix(const char *path, struct sockaddr_un *ret_address, socklen_t *ret_len)
{
	if (strlen(path) >= sizeof(ret_address->sun_path))
		return -EINVAL;
	ret_address->sun_family = AF_UNIX;
	strcpy(ret_address->sun_path, path);
	*ret_len = sizeof(*ret_address);
	return 0;
}

/* "ADDRESS" or "ADDRESS%INTERFACE", the latter by number. */
static int parse_v6(char *host, struct sockaddr_in6 *ret_address)
{
	char *scope = strchr(host, '%');

	if (scope) {
		*scope = '\0';
		ret_address->sin6_scope_id = strtoul(scope + 1, NULL, 10);
	}
	ret_address->sin6_family = AF_INET6;
	return inet_pton(AF_INET6, host, &ret_address->sin6_addr) == 1 ? 0 : -EINVAL;
}

static int parse(const char *text, struct sockaddr_storage *ret_address, socklen_t *ret_len)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret_address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret_address;
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 16] = "127.0.0.1";
	size_t len;

	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(text + 5, (struct sockaddr_un *)ret_address, ret_len);
	if (colon) {
		len = colon - text;
		if (len >= sizeof(host))
			return -EINVAL;
		memcpy(host, text, len);
		host[len] = '\0';
		text = colon + 1;
	}
	len = strlen(host);
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		*ret_len = sizeof(*v6);
		if (parse_v6(host + 1, v6))
			return -EINVAL;
		return parse_port(text, &v6->sin6_port);
	}
	v4->sin_family = AF_INET;
	*ret_len = sizeof(*v4);
	if (inet_pton(AF_INET, host, &v4->sin_addr) != 1)
		return -EINVAL;
	return parse_port(text, &v4->sin_port);
}

int standin_address(const struct standin_options *options, const char *text,
	struct sockaddr_storage *ret_address, socklen_t *ret_len)
{
	int err;

	memset(ret_address, 0, sizeof(*ret_address));
	err = parse(text, ret_address, ret_len);
	if (!err && !may_talk_to(options, ret_address)) {
		fprintf(stderr, "standin: no talk to %s\n", text);
		err = -EACCES;
	}
	return err;
}

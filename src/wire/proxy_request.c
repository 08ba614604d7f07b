// SPDX-License-Identifier: Apache-2.0
/* Reads where a proxy is asked to connect to: HTTP CONNECT, and what socks_request.c reads. */
#include "wire/proxy_request.h"

#include <errno.h>
#include <string.h>

#include "util/span.h"
#include "wire/http_head.h"
#include "wire/socks_request.h"

#define HOST_MAX 254 /* a name of 253 bytes and a dot at its end */
#define PORT_DIGITS 5
#define DIGITS "0123456789"
#define NAME_BYTES DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._"

static bool made_of(struct span text, const char *set)
{
	for (size_t i = 0; i < text.len; i++)
		if (!text.data[i] || !strchr(set, text.data[i]))
			return false;
	return text.len > 0;
}

static bool is_ipv6_text(struct span host)
{
	return made_of(host, DIGITS "abcdefABCDEF:.") && memchr(host.data, ':', host.len);
}

bool proxy_host_ok(struct span host)
{
	return host.len <= HOST_MAX && (made_of(host, NAME_BYTES) || is_ipv6_text(host));
}

/* Takes the next word off *text; blanks around it go. */
static struct span next_word(struct span *text)
{
	struct span word = *text;
	size_t len = 0;

	while (len < text->len && text->data[len] != ' ')
		len++;
	word.len = len;
	while (len < text->len && text->data[len] == ' ')
		len++;
	*text = (struct span){text->data + len, text->len - len};
	return word;
}

static bool read_port(struct span digits, uint16_t *ret_port)
{
	unsigned long port = 0;

	if (!made_of(digits, DIGITS) || digits.len > PORT_DIGITS)
		return false;
	for (size_t i = 0; i < digits.len; i++)
		port = port * 10 + (unsigned long)(digits.data[i] - '0');
	*ret_port = (uint16_t)port;
	return port > 0 && port <= UINT16_MAX;
}

/* "host:port" or "[v6]:port". */
static bool read_authority(struct span text, struct proxy_request *request)
{
	const char *colon = text.len ? memrchr(text.data, ':', text.len) : NULL;
	struct span host = text;

	if (!colon)
		return false;
	host.len = (size_t)(colon - text.data);
	if (!read_port((struct span){colon + 1, text.len - host.len - 1}, &request->port))
		return false;
	if (host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']') {
		host = (struct span){host.data + 1, host.len - 2};
		request->host = host;
		return is_ipv6_text(host);
	}
	request->host = host;
	return host.len <= HOST_MAX && made_of(host, NAME_BYTES);
}

/* "HTTP/1.1": its length is fixed, so it is known to be whole without what ends the line. */
static int read_version(struct span version, bool ended)
{
	static const char prefix[] = "HTTP/1.";
	size_t len = sizeof(prefix) - 1;

	if (memcmp(version.data, prefix, version.len < len ? version.len : len) != 0)
		return -EINVAL;
	if (version.len <= len)
		return ended ? -EINVAL : -EAGAIN;
	return version.len == len + 1 && strchr(DIGITS, version.data[len]) ? 0 : -EINVAL;
}

static int connect_read(struct span bytes, struct proxy_request *request)
{
	static const char method[] = "CONNECT ";
	struct http_head head = http_head_read(bytes);
	struct span rest = head.line, authority;
	size_t len = sizeof(method) - 1;
	int err;

	if (rest.len == 0)
		return -EAGAIN;
	if (memcmp(rest.data, method, rest.len < len ? rest.len : len) != 0)
		return -EINVAL;
	if (rest.len < len)
		return head.line_ended ? -EINVAL : -EAGAIN;
	next_word(&rest);
	authority = next_word(&rest);
	if (rest.len == 0)
		return head.line_ended ? -EINVAL : -EAGAIN;
	if (!read_authority(authority, request))
		return -EINVAL;
	err = read_version(next_word(&rest), head.line_ended);
	if (err || rest.len)
		return err ? err : -EINVAL;
	request->kind = "connect";
	request->keep[0] = head.line;
	request->keep[1] = head.blank;
	request->tunnel = head.body;
	return 0;
}

static int request_read(struct span bytes, struct proxy_request *request)
{
	*request = (struct proxy_request){0};
	if (bytes.len == 0)
		return -EAGAIN;
	if (bytes.data[0] == 4 || bytes.data[0] == 5)
		return socks_request_read(bytes, request);
	return connect_read(bytes, request);
}

bool proxy_request_read(struct span bytes, struct proxy_request *ret_request)
{
	struct proxy_request request;

	if (request_read(bytes, &request))
		return false;
	*ret_request = request;
	return true;
}

bool proxy_request_begun(struct span bytes)
{
	struct proxy_request request;

	return request_read(bytes, &request) == -EAGAIN;
}

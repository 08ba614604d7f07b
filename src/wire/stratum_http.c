/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the JSON behind the head of an HTTP message. */
#include "wire/stratum_http.h"

#include <string.h>
#include <strings.h>

#include "util/span.h"

/* Takes a line without its end; a last one that has no end is taken too. */
static struct span take_line(struct span *bytes)
{
	const char *newline = memchr(bytes->data, '\n', bytes->len);
	size_t len = newline ? (size_t)(newline - bytes->data) : bytes->len;
	struct span line = {bytes->data, len};

	len += newline != NULL;
	*bytes = (struct span){bytes->data + len, bytes->len - len};
	if (line.len && line.data[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Is line a request for target? */
static bool asks_for(struct span line, const char *target)
{
	size_t len = strlen(target);

	return span_starts(line, "GET ") && line.len > 4 + len &&
	       memcmp(line.data + 4, target, len) == 0 && line.data[4 + len] == ' ';
}

static bool is_first_line(struct span line)
{
	if (span_starts(line, "HTTP/1."))
		return true;
	return line.len && line.data[0] >= 'A' && line.data[0] <= 'Z' &&
	       memmem(line.data, line.len, " HTTP/1.", 8);
}

static struct span header_value(struct span line, const char *name)
{
	size_t len = strlen(name);

	if (line.len <= len || strncasecmp(line.data, name, len) != 0 || line.data[len] != ':')
		return (struct span){0};
	line = (struct span){line.data + len + 1, line.len - len - 1};
	while (line.len && line.data[0] == ' ')
		line = (struct span){line.data + 1, line.len - 1};
	return line;
}

/* A chunked body begins with the size of its first chunk, on a line. */
static void skip_chunk_size(struct span *body)
{
	struct span rest = *body, line = take_line(&rest);

	if (line.len && memchr("0123456789abcdefABCDEF", line.data[0], 22))
		*body = rest;
}

bool stratum_http_read(struct span bytes, struct stratum_http *ret_http)
{
	struct stratum_http http = {0};
	struct span line = take_line(&bytes), agent;

	if (!is_first_line(line))
		return false;
	http.tunnel = span_starts(line, "CONNECT ");
	http.poll = asks_for(line, "/getheight") || asks_for(line, "/get_height") ||
		    asks_for(line, "/getinfo") || asks_for(line, "/get_info");
	while (bytes.len) {
		line = take_line(&bytes);
		if (!line.len)
			break;
		agent = header_value(line, "User-Agent");
		if (agent.len)
			http.agent = agent;
	}
	if (bytes.len && !http.tunnel)
		skip_chunk_size(&bytes);
	http.body = bytes;
	*ret_http = http;
	return true;
}

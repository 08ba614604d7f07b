// SPDX-License-Identifier: Apache-2.0
/* Finds the parts of an HTTP/1 message: first line, end of the header lines, body. */
#include "wire/http_head.h"

#include <string.h>
#include <strings.h>

/* Bytes of the line end at this place: 2 for CRLF, 1 for LF, 0: there is none. */
static size_t line_end(struct span bytes, size_t at)
{
	if (at < bytes.len && bytes.data[at] == '\n')
		return 1;
	return at + 1 < bytes.len && bytes.data[at] == '\r' && bytes.data[at + 1] == '\n' ? 2 : 0;
}

struct http_head http_head_read(struct span bytes)
{
	struct http_head head = {0};
	size_t at = 0, lines = 0, end;

	while (at < bytes.len && (bytes.data[at] == '\r' || bytes.data[at] == '\n'))
		at++;
	head.line.data = bytes.data + at;
	for (; at < bytes.len; at += end ? end : 1) {
		size_t blank;

		end = line_end(bytes, at);
		if (!end)
			continue;
		if (!head.line_ended) {
			head.line.len = (size_t)(bytes.data + at - head.line.data);
			lines = at;
		}
		head.line_ended = true;
		blank = line_end(bytes, at + end);
		if (blank) {
			head.lines = (struct span){bytes.data + lines, at - lines};
			head.blank = (struct span){bytes.data + at, end + blank};
			at += end + blank;
			head.body = (struct span){bytes.data + at, bytes.len - at};
			return head;
		}
	}
	if (!head.line_ended)
		head.line.len = (size_t)(bytes.data + bytes.len - head.line.data);
	if (!head.line_ended && head.line.len && head.line.data[head.line.len - 1] == '\r')
		head.line.len--; /* half of a line end */
	return head;
}

bool http_head_has(const struct http_head *head, const char *name)
{
	struct span rest = head->lines;
	size_t len = strlen(name);

	while (rest.len) {
		bool begins = rest.data[0] == '\n';

		rest = (struct span){rest.data + 1, rest.len - 1};
		if (begins && rest.len > len && strncasecmp(rest.data, name, len) == 0 &&
			rest.data[len] == ':')
			return true;
	}
	return false;
}

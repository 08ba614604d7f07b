/* SPDX-License-Identifier: Apache-2.0 */
/* Puts an HTTP response together. */
#include "metrics/metrics_reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/metrics_server.h"

#define HEAD_MAX 256

static const struct {
	unsigned status;
	const char *reason;
} reasons[] = {
	{200, "OK"},
	{400, "Bad Request"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{414, "URI Too Long"},
	{431, "Request Header Fields Too Large"},
	{503, "Service Unavailable"},
	{505, "HTTP Version Not Supported"},
};

static const char *reason_of(unsigned status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

/* The body of a page; *status is changed where the sensor is not as was asked. */
static struct span page_body(
	enum metrics_page page, struct span answer, char *down, unsigned *status)
{
	switch (page) {
	case METRICS_PAGE_METRICS:
		if (answer.len)
			return (struct span){answer.data + 1, answer.len - 1};
		return (struct span){down, metrics_text_down(down)};
	case METRICS_PAGE_HEALTH:
		*status = answer.len ? 200 : 503;
		return span_of(answer.len ? "ok\n" : "the sensor does not answer\n");
	case METRICS_PAGE_READY:
		break;
	}
	*status = answer.len && answer.data[0] == METRICS_READY ? 200 : 503;
	return span_of(*status == 200 ? "ready\n"
		       : answer.len   ? "not ready yet\n"
				      : "the sensor does not answer\n");
}

static char *join(unsigned status, const char *type, struct span body, bool head, size_t *ret_len)
{
	char *bytes = malloc(HEAD_MAX + body.len);
	int len;

	if (!bytes)
		return NULL;
	len = snprintf(bytes, HEAD_MAX,
		"HTTP/1.1 %u %s\r\nContent-Type: text/plain; %scharset=utf-8\r\n"
		"Content-Length: %zu\r\n%sCache-Control: no-store\r\nConnection: close\r\n\r\n",
		status, reason_of(status), type, body.len,
		status == 405 ? "Allow: GET, HEAD\r\n" : "");
	if (!head)
		memcpy(bytes + len, body.data, body.len);
	*ret_len = (size_t)len + (head ? 0 : body.len);
	return bytes;
}

char *metrics_reply(
	const struct metrics_request *request, const char *answer, size_t len, size_t *ret_len)
{
	struct span given = {answer, answer ? len : 0};
	static char down[METRICS_TEXT_MAX];
	unsigned status = request->status;
	const char *type = "";
	struct span body;

	if (status == 200) {
		body = page_body(request->page, given, down, &status);
		if (request->page == METRICS_PAGE_METRICS)
			type = "version=0.0.4; ";
		return join(status, type, body, request->head, ret_len);
	}
	return join(status, type, span_of(reason_of(status)), request->head, ret_len);
}

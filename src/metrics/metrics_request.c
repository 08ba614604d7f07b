/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the head of an HTTP/1 request to the exporter and says what is to be answered. */
#include "metrics/metrics_request.h"

#include <string.h>

#include "wire/http_head.h"

static const struct {
	const char *path;
	enum metrics_page page;
} pages[] = {
	{"/metrics", METRICS_PAGE_METRICS},
	{"/healthz", METRICS_PAGE_HEALTH},
	{"/readyz", METRICS_PAGE_READY},
};

/* Takes what stands before the next blank off *line; false: there is no blank, or nothing before.
 */
static bool next_word(struct span *line, struct span *ret_word)
{
	const char *blank = memchr(line->data, ' ', line->len);

	if (!blank || blank == line->data)
		return false;
	*ret_word = (struct span){line->data, (size_t)(blank - line->data)};
	line->len -= ret_word->len + 1;
	line->data = blank + 1;
	return true;
}

static bool is_letters(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.data[i] < 'A' || word.data[i] > 'Z')
			return false;
	return true;
}

/* Begins with a slash; bytes that stand for nothing in a URL make it none. */
static bool is_path(struct span target)
{
	for (size_t i = 0; i < target.len; i++)
		if (target.data[i] <= ' ' || target.data[i] >= 0x7f)
			return false;
	return target.data[0] == '/';
}

/* 200: HTTP/1 of any minor version. */
static unsigned version_status(struct span version)
{
	static const char shape[] = "HTTP/";

	if (version.len != 8 || memcmp(version.data, shape, 5) != 0 || version.data[6] != '.' ||
		version.data[5] < '0' || version.data[5] > '9' || version.data[7] < '0' ||
		version.data[7] > '9')
		return 400;
	return version.data[5] == '1' ? 200 : 505;
}

static unsigned page_status(struct span target, enum metrics_page *ret_page)
{
	const char *query = memchr(target.data, '?', target.len);
	struct span path = {target.data, query ? (size_t)(query - target.data) : target.len};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (!span_equal(path, span_of(pages[i].path)))
			continue;
		*ret_page = pages[i].page;
		return 200;
	}
	return 404;
}

static unsigned line_status(struct span line, struct metrics_request *request)
{
	struct span method, target;
	unsigned status;

	if (!next_word(&line, &method) || !next_word(&line, &target) || !is_letters(method) ||
		!is_path(target))
		return 400;
	status = version_status(line);
	if (status != 200)
		return status;
	request->head = span_equal(method, span_of("HEAD"));
	if (!request->head && !span_equal(method, span_of("GET")))
		return 405;
	return page_status(target, &request->page);
}

struct metrics_request metrics_request_read(struct span bytes)
{
	struct http_head head = http_head_read(bytes);
	struct metrics_request request = {0};

	if (head.line.len > METRICS_LINE_MAX) {
		request.status = 414;
		return request;
	}
	if (head.line_ended)
		request.status = line_status(head.line, &request);
	/* What is wrong already need not be waited for to its end. */
	if ((request.status == 200 || !head.line_ended) && !head.blank.len)
		request.status = bytes.len < METRICS_REQUEST_MAX ? 0 : 431;
	return request;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which answer a request to the exporter gets, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "metrics/metrics_request.h"

static const struct {
	const char *name, *bytes;
	unsigned status;
	enum metrics_page page;
	bool head;
} rows[] = {
	{"metrics", "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 200, METRICS_PAGE_METRICS, false},
	{"1.0, no headers", "GET /healthz HTTP/1.0\r\n\r\n", 200, METRICS_PAGE_HEALTH, false},
	{"query", "GET /readyz?a=b HTTP/1.1\r\n\r\n", 200, METRICS_PAGE_READY, false},
	{"head", "HEAD /readyz HTTP/1.1\r\n\r\n", 200, METRICS_PAGE_READY, true},
	{"LF", "GET /metrics HTTP/1.1\n\n", 200, METRICS_PAGE_METRICS, false},
	{"nothing", "", 0, 0, false},
	{"half a line", "GET /metr", 0, 0, false},
	{"no blank line yet", "GET /metrics HTTP/1.1\r\nHost: a\r\n", 0, 0, false},
	{"page", "GET / HTTP/1.1\r\n", 404, 0, false},
	{"longer page", "GET /metricsx HTTP/1.1\r\n", 404, 0, false},
	{"shorter page", "GET /metric HTTP/1.1\r\n", 404, 0, false},
	{"absolute form", "GET http://a/metrics HTTP/1.1\r\n", 400, 0, false},
	{"method", "POST /metrics HTTP/1.1\r\n", 405, 0, false},
	{"method and page", "DELETE /x HTTP/1.1\r\n", 405, 0, false},
	{"small letters", "get /metrics HTTP/1.1\r\n", 400, 0, false},
	{"no version", "GET /metrics\r\n\r\n", 400, 0, false},
	{"two blanks", "GET  /metrics HTTP/1.1\r\n", 400, 0, false},
	{"blank behind", "GET /metrics HTTP/1.1 \r\n", 400, 0, false},
	{"blank before", " GET /metrics HTTP/1.1\r\n", 400, 0, false},
	{"other protocol", "GET /metrics HTCP/1.1\r\n", 400, 0, false},
	{"version without point", "GET /metrics HTTP/1-1\r\n", 400, 0, false},
	{"version x.1", "GET /metrics HTTP/x.1\r\n", 400, 0, false},
	{"version 1.x", "GET /metrics HTTP/1.x\r\n", 400, 0, false},
	{"version 2", "GET /metrics HTTP/2.0\r\n", 505, 0, false},
	{"control byte", "GET /met\x01rics HTTP/1.1\r\n", 400, 0, false},
	{"not ASCII", "GET /met\xc3\xa4 HTTP/1.1\r\n", 400, 0, false},
	{"a word", "hello\r\n\r\n", 400, 0, false},
};

static struct metrics_request read_text(const char *text)
{
	return metrics_request_read((struct span){text, strlen(text)});
}

static void rows_are_answered(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct metrics_request request = read_text(rows[i].bytes);

		if (request.status != rows[i].status)
			fail_msg("%s: %u", rows[i].name, request.status);
		if (request.status == 200) {
			assert_int_equal(request.page, rows[i].page);
			assert_int_equal(request.head, rows[i].head);
		}
	}
}

static void lengths_are_bounded(void **state)
{
	static char bytes[METRICS_REQUEST_MAX + 1];
	static const char begin[] = "GET /metrics HTTP/1.1\r\n";

	(void)state;
	memset(bytes, 'x', METRICS_REQUEST_MAX);
	memcpy(bytes, "GET /", 5);
	bytes[METRICS_LINE_MAX] = '\0';
	assert_int_equal(read_text(bytes).status, 0);
	bytes[METRICS_LINE_MAX] = 'x';
	bytes[METRICS_LINE_MAX + 1] = '\0';
	assert_int_equal(read_text(bytes).status, 414);
	bytes[METRICS_LINE_MAX + 1] = '\n';
	assert_int_equal(read_text(bytes).status, 414);

	memset(bytes, 'x', METRICS_REQUEST_MAX);
	memcpy(bytes, begin, sizeof(begin) - 1);
	bytes[METRICS_REQUEST_MAX - 1] = '\0';
	assert_int_equal(read_text(bytes).status, 0);
	bytes[METRICS_REQUEST_MAX - 1] = 'x';
	assert_int_equal(read_text(bytes).status, 431);
	memcpy(bytes + METRICS_REQUEST_MAX - 4, "\r\n\r\n", 4);
	assert_int_equal(read_text(bytes).status, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_answered),
		cmocka_unit_test(lengths_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

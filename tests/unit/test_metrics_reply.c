/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the exporter answers with and without a sensor behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/metrics_reply.h"

static const struct {
	const char *name;
	unsigned status;
	enum metrics_page page;
	const char *answer; /* NULL: none */
	const char *begin, *body;
} rows[] = {
	{"metrics", 200, METRICS_PAGE_METRICS, "1a 1\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n",
		"a 1\n"},
	{"health", 200, METRICS_PAGE_HEALTH, "0a 1\n", "HTTP/1.1 200 OK\r\n", "ok\n"},
	{"ready", 200, METRICS_PAGE_READY, "1a 1\n", "HTTP/1.1 200 OK\r\n", "ready\n"},
	{"not ready", 200, METRICS_PAGE_READY, "0a 1\n", "HTTP/1.1 503 Service Unavailable\r\n",
		"not ready yet\n"},
	{"down: metrics", 200, METRICS_PAGE_METRICS, NULL, "HTTP/1.1 200 OK\r\n",
		"# HELP minerwatch_up 1 while the sensor answers its exporter.\n"
		"# TYPE minerwatch_up gauge\nminerwatch_up 0\n"},
	{"down: health", 200, METRICS_PAGE_HEALTH, NULL, "HTTP/1.1 503 Service Unavailable\r\n",
		"the sensor does not answer\n"},
	{"down: ready", 200, METRICS_PAGE_READY, NULL, "HTTP/1.1 503 Service Unavailable\r\n",
		"the sensor does not answer\n"},
	{"method", 405, 0, NULL,
		"HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain; charset=utf-8\r\n"
		"Content-Length: 18\r\nAllow: GET, HEAD\r\n",
		"Method Not Allowed"},
	{"page", 404, 0, NULL, "HTTP/1.1 404 Not Found\r\n", "Not Found"},
	{"wrong", 400, 0, NULL, "HTTP/1.1 400 Bad Request\r\n", "Bad Request"},
	{"line", 414, 0, NULL, "HTTP/1.1 414 URI Too Long\r\n", "URI Too Long"},
};

static void rows_are_answered(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct metrics_request request = {.status = rows[i].status, .page = rows[i].page};
		char wanted[64];

		for (unsigned head = 0; head < 2; head++) {
			const char *answer = rows[i].answer, *blank;
			char text[1024];
			size_t len;
			char *reply;

			request.head = head;
			reply = metrics_reply(&request, answer, answer ? strlen(answer) : 0, &len);
			assert_non_null(reply);
			snprintf(text, sizeof(text), "%.*s", (int)len, reply);
			free(reply);
			assert_int_equal(strlen(text), len);
			if (strncmp(text, rows[i].begin, strlen(rows[i].begin)) != 0)
				fail_msg("%s: %s", rows[i].name, text);
			blank = strstr(text, "\r\n\r\n");
			assert_non_null(blank);
			assert_string_equal(blank + 4, head ? "" : rows[i].body);
			snprintf(wanted, sizeof(wanted), "\r\nContent-Length: %zu\r\n",
				strlen(rows[i].body));
			assert_non_null(strstr(text, wanted));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_answered)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

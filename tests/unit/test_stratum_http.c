/* SPDX-License-Identifier: Apache-2.0 */
/* Tests where the body of an HTTP message is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"
#include "util/span.h"
#include "wire/stratum_http.h"

static const struct {
	const char *name, *bytes;
	bool found;
	const char *body, *agent;
	bool tunnel, poll;
} rows[] = {
	{"request", "POST /a HTTP/1.1\r\nHost: b\r\n\r\n{}", true, "{}", "", false, false},
	{"line feeds alone", "POST /a HTTP/1.0\nUser-Agent: b\n\n{}", true, "{}", "b", false,
		false},
	{"answer", "HTTP/1.1 200 OK\r\nServer: a\r\n\r\n{}", true, "{}", "", false, false},
	{"agent", "POST /a HTTP/1.1\r\nUSER-AGENT:  a b\r\n\r\n", true, "", "a b", false, false},
	{"longer name", "POST /a HTTP/1.1\r\nUser-Agents: a\r\n\r\n", true, "", "", false, false},
	{"agent of the body", "POST /a HTTP/1.1\r\n\r\nUser-Agent: a", true, "User-Agent: a", "",
		false, false},
	{"chunks", "HTTP/1.1 200 OK\r\n\r\n1aF\r\n{}", true, "{}", "", false, false},
	{"chunks' size alone", "HTTP/1.1 200 OK\r\n\r\n1a", true, "", "", false, false},
	{"cut in the head", "POST /a HTTP/1.1\r\nHost: b", true, "", "", false, false},
	{"cut behind the first line", "POST /a HTTP/1.1", true, "", "", false, false},
	{"tunnel", "CONNECT a:1 HTTP/1.1\r\n\r\n12\n", true, "12\n", "", true, false},
	{"height", "GET /getheight HTTP/1.1\r\n", true, "", "", false, true},
	{"info", "GET /get_info HTTP/1.1\r\n", true, "", "", false, true},
	{"another path", "GET /getheights HTTP/1.1\r\n", true, "", "", false, false},
	{"another method", "POST /getheight HTTP/1.1\r\n", true, "", "", false, false},
	{"no version yet", "GET /getheight", false, NULL, NULL, false, false},
	{"another version", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false, NULL, NULL, false, false},
	{"another protocol", "Content-Length: 1\r\n\r\n{}", false, NULL, NULL, false, false},
	{"version in JSON", "{\"a\":\" HTTP/1.1\"}", false, NULL, NULL, false, false},
	{"empty line", "\r\nPOST /a HTTP/1.1\r\n\r\n{}", false, NULL, NULL, false, false},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stratum_http got;

		if (stratum_http_read(span_of(rows[i].bytes), &got) != rows[i].found)
			fail_msg("%s", rows[i].name);
		if (!rows[i].found)
			continue;
		if (!span_equal(got.body, span_of(rows[i].body)) ||
			!span_equal(got.agent, span_of(rows[i].agent)))
			fail_msg("%s: %.*s|%.*s", rows[i].name, (int)got.body.len, got.body.data,
				(int)got.agent.len, got.agent.data);
		if (got.tunnel != rows[i].tunnel || got.poll != rows[i].poll)
			fail_msg("%s: %d %d", rows[i].name, got.tunnel, got.poll);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(table)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests a line as a message of syslog against RFC 5424 and RFC 6587. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"
#include "sinks/syslog_message.h"

#define NOON UINT64_C(1767268800123456789) /* 2026-01-01T12:00:00.123456789Z */
#define HEAD "1 2026-01-01T12:00:00.123456Z "
#define FIFTY "123456789-123456789-123456789-123456789-123456789-"
#define H255 FIFTY FIFTY FIFTY FIFTY FIFTY "12345"

static const struct {
	const char *name;
	struct sink_line line;
	enum syslog_framing framing;
	const char *expected;
} rows[] = {
	{"critical",
		{.bytes = "{}\n",
			.len = 3,
			.time_ns = NOON,
			.severity = SEVERITY_CRITICAL,
			.host = "h"},
		SYSLOG_DATAGRAM, "<26>" HEAD "h minerwatch 7 alert - {}"},
	{"high",
		{.bytes = "{}\n",
			.len = 3,
			.time_ns = NOON,
			.severity = SEVERITY_HIGH,
			.host = "h"},
		SYSLOG_DATAGRAM, "<27>" HEAD "h minerwatch 7 alert - {}"},
	{"medium, and a line's end",
		{.bytes = "{}\n",
			.len = 3,
			.time_ns = NOON,
			.severity = SEVERITY_MEDIUM,
			.host = "h"},
		SYSLOG_NEWLINE, "<28>" HEAD "h minerwatch 7 alert - {}\n"},
	{"a heartbeat, counted",
		{.bytes = "{\"a\":1}\n",
			.len = 8,
			.time_ns = NOON,
			.kind = SINK_HEARTBEAT,
			.host = "node.example"},
		SYSLOG_COUNTED, "79 <30>" HEAD "node.example minerwatch 7 heartbeat - {\"a\":1}"},
	{"the beginning of time, no host", {.bytes = "x\n", .len = 2, .host = ""}, SYSLOG_DATAGRAM,
		"<30>1 1970-01-01T00:00:00.000000Z - minerwatch 7 alert - x"},
	{"a host's name that is none", {.bytes = "x\n", .len = 2, .host = "a b\xc3\xa9\x7f\n"},
		SYSLOG_DATAGRAM,
		"<30>1 1970-01-01T00:00:00.000000Z a?b???? minerwatch 7 alert - x"},
	{"the longest", {.bytes = "x\n", .len = 2, .host = H255}, SYSLOG_DATAGRAM,
		"<30>1 1970-01-01T00:00:00.000000Z " H255 " minerwatch 7 alert - x"},
	{"and longer", {.bytes = "x\n", .len = 2, .host = H255 "6"}, SYSLOG_DATAGRAM,
		"<30>1 1970-01-01T00:00:00.000000Z " H255 " minerwatch 7 alert - x"},
};

static void messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[SYSLOG_MESSAGE_MAX];
		size_t len = syslog_message(&rows[i].line, 7, rows[i].framing, text);

		if (len != strlen(rows[i].expected) || memcmp(text, rows[i].expected, len) != 0)
			fail_msg("%s: %.*s", rows[i].name, (int)len, text);
	}
}

/* Everything as long as it can be; the count says what follows it. */
static void longest_message(void **state)
{
	char *line = malloc(SINK_LINE_MAX), *text = malloc(SYSLOG_MESSAGE_MAX), *end;
	struct sink_line longest = {.bytes = line,
		.len = SINK_LINE_MAX,
		.time_ns = UINT64_MAX,
		.kind = SINK_HEARTBEAT,
		.host = H255};
	size_t len, count;

	(void)state;
	memset(line, 'x', SINK_LINE_MAX - 1);
	line[SINK_LINE_MAX - 1] = '\n';
	len = syslog_message(&longest, INT32_MAX, SYSLOG_COUNTED, text);
	assert_true(len <= SYSLOG_MESSAGE_MAX);
	count = strtoul(text, &end, 10);
	assert_int_equal(count, len - (size_t)(end + 1 - text));
	assert_int_equal(*end, ' ');
	assert_memory_equal(end, " <30>1 ", 7);
	assert_memory_equal(text + len - SINK_LINE_MAX, " ", 1);
	assert_int_equal(text[len - 1], 'x');
	free(line);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages),
		cmocka_unit_test(longest_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

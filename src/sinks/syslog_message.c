/* SPDX-License-Identifier: Apache-2.0 */
/* A line as a message of syslog (RFC 5424). */
#include "sinks/syslog_message.h"

#include <stdio.h>
#include <string.h>

#include "util/rfc3339.h"

#define FACILITY_DAEMON 3
#define HOST_LONGEST 255
#define SECOND_DIGITS 6 /* of its fraction at most, where rfc3339_format has nine */
#define COUNT_DIGITS 8 /* the length and its blank have room there */

/* Numerical codes of RFC 5424, 6.2.1. */
static unsigned severity_code(enum severity severity)
{
	switch (severity) {
	case SEVERITY_CRITICAL:
		return 2; /* critical */
	case SEVERITY_HIGH:
		return 3; /* error */
	case SEVERITY_MEDIUM:
		return 4; /* warning */
	case SEVERITY_NONE:
		break;
	}
	return 6; /* informational */
}

/* Printable US-ASCII without blanks, "-" where there is none. */
static void put_host(const char *host, char text[static HOST_LONGEST + 1])
{
	size_t len = 0;

	for (; len < HOST_LONGEST && host[len]; len++)
		text[len] = host[len] > ' ' && host[len] < 0x7f ? host[len] : '?';
	if (len == 0)
		text[len++] = '-';
	text[len] = '\0';
}

/* Returns its length. */
static size_t put_head(const struct sink_line *line, int pid, char *text, size_t size)
{
	char host[HOST_LONGEST + 1], time[RFC3339_SIZE];

	put_host(line->host, host);
	rfc3339_format(line->time_ns, 0, time);
	snprintf(strchr(time, '.') + 1 + SECOND_DIGITS, 2, "Z");
	return (size_t)snprintf(text, size, "<%u>1 %s %s minerwatch %d %s - ",
		FACILITY_DAEMON * 8 + severity_code(line->severity), time, host, pid,
		line->kind == SINK_HEARTBEAT ? "heartbeat" : "alert");
}

size_t syslog_message(const struct sink_line *line, int pid, enum syslog_framing framing,
	char ret_text[static SYSLOG_MESSAGE_MAX])
{
	char *text = ret_text + (framing == SYSLOG_COUNTED ? COUNT_DIGITS : 0);
	char count[COUNT_DIGITS + 1];
	size_t text_len = line->len - 1, len;
	int digits;

	len = put_head(line, pid, text, (size_t)(ret_text + SYSLOG_MESSAGE_MAX - text));
	memcpy(text + len, line->bytes, text_len);
	len += text_len;
	if (framing == SYSLOG_NEWLINE)
		text[len++] = '\n';
	if (framing != SYSLOG_COUNTED)
		return len;
	digits = snprintf(count, sizeof(count), "%zu ", len);
	memmove(ret_text + digits, text, len);
	memcpy(ret_text, count, (size_t)digits);
	return len + (size_t)digits;
}

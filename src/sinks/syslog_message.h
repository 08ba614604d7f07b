/* SPDX-License-Identifier: Apache-2.0 */
/* A line as a message of syslog (RFC 5424). */
#ifndef MINERWATCH_SYSLOG_MESSAGE_H
#define MINERWATCH_SYSLOG_MESSAGE_H

#include "sink.h"

/* How a message is told from the next one. */
enum syslog_framing {
	SYSLOG_DATAGRAM, /* by itself */
	SYSLOG_NEWLINE, /* RFC 6587, 3.4.2: sound, since a line holds no other */
	SYSLOG_COUNTED, /* RFC 6587, 3.4.1: its length and a blank before it */
};

#define SYSLOG_MESSAGE_MAX (SINK_LINE_MAX + 512) /* with a host name of 255 bytes */

/*
 * The message's text is the line without its newline, and without a byte order mark: readers of
 * JSON want none. pid: of the process the line comes from. Returns its length; no NUL is added.
 */
size_t syslog_message(const struct sink_line *line, int pid, enum syslog_framing framing,
	char ret_text[static SYSLOG_MESSAGE_MAX]);

#endif

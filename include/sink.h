/* SPDX-License-Identifier: Apache-2.0 */
/* Where alerts go. One file a sink in src/sinks/, one row in sinks.c. */
#ifndef MINERWATCH_SINK_H
#define MINERWATCH_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "score.h"

#define SINKS_MAX 8 /* of one run */
#define SINK_LINE_MAX 16384 /* bytes with the newline: ALERT_LINE_MAX, and the status line's */
#define SINK_AGAIN_MAX 64 /* lines that the next run sends again: that many can have come twice */
#define SINK_HOST_MAX 256 /* bytes with the NUL */
#define SINK_EXPECTED                                                                           \
	"-, FILE, fifo:FILE, unix:SOCKET, syslog:unix:SOCKET or syslog:tcp:ADDRESS:PORT; each " \
	"once, at most 8"

struct sink;

enum sink_kind { SINK_ALERT, SINK_HEARTBEAT };

/* One whole line, and what some sinks say around it. */
struct sink_line {
	const char *bytes; /* with its newline */
	size_t len;
	uint64_t time_ns; /* UTC, since 1970 */
	enum severity severity; /* SEVERITY_NONE: for information */
	enum sink_kind kind;
	bool again; /* it was handed to the sink before, and may have arrived */
	const char *host; /* name of the host it speaks of; "": unknown */
};

struct sink_type {
	const char *name;
	/* Somebody else reads at its other end: what is broken once is opened anew. */
	bool connection;
	bool gone_for_good; /* after EPIPE nobody can come and read */
	/* Is this, what follows the prefix of the target, one of its targets? */
	bool (*valid)(const char *rest);
	/* Would it do when a run begins? NULL: that is not asked, it may come later. 0 or -errno.
	 */
	int (*check)(const char *rest);
	int (*open)(const char *rest, struct sink *sink);
	/*
	 * All of the line; blocks as long as it takes. 0: written, or on its way
	 * (sinks/receiver.h). -EMSGSIZE: no sink of this kind will ever take it. Another -errno:
	 * not written, try the same line again; of a connection: after opening anew.
	 */
	int (*write)(struct sink *sink, const struct sink_line *line);
	void (*close)(struct sink *sink);
};

struct sink {
	const struct sink_type *type; /* NULL: none */
	int fd;
	bool begun; /* a line was written since it was opened */
	bool torn; /* a line stands there cut short: the next begins on one of its own */
	bool stream; /* of a unix socket: no datagrams */
	size_t done; /* bytes of the line at hand that are written already */
};

/* Is it a target that sink_open understands? Opens nothing. */
bool sink_valid(const char *target);
/*
 * "-": stdout; a file: appended to, mode 0600; fifo:FILE: one that exists; unix:SOCKET: a stream;
 * syslog:unix:SOCKET, syslog:tcp:ADDRESS:PORT: RFC 5424, addresses numeric. Returns 0 or -errno;
 * -EPERM: a file that belongs to another user or has several names.
 */
int sink_open(const char *target, struct sink *ret_sink);
/* Would it do when a run begins? What may come later, a connection, is not asked. 0 or -errno. */
int sink_check(const char *target);
int sink_write(struct sink *sink, const struct sink_line *line);
void sink_close(struct sink *sink);

#endif

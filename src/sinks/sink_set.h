/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's end of its sinks: a queue each, in front of a writer each. Nothing here blocks. */
#ifndef MINERWATCH_SINK_SET_H
#define MINERWATCH_SINK_SET_H

#include "sinks/line_queue.h"

struct sink_set;

/* sockets: of the writers, taken over; targets outlive the set. NULL: out of memory. */
struct sink_set *sink_set_new(const char *const *targets, unsigned count, const int *sockets);
void sink_set_free(struct sink_set *set);
unsigned sink_set_count(const struct sink_set *set); /* NULL has none */
const char *sink_set_target(const struct sink_set *set, unsigned which);
/* Of the host every line speaks of; copied. */
void sink_set_host(struct sink_set *set, const char *name);

/*
 * Puts a copy into each queue; nothing is handed out before sink_set_flush, so that what is to be
 * kept of it can be kept first: the flush alone lets lines through. The line's host is the set's.
 */
void sink_set_put(struct sink_set *set, const struct sink_line *line);
void sink_set_flush(struct sink_set *set);

/* Of a writer: its socket, -1 between two of them. */
int sink_set_fd(const struct sink_set *set, unsigned which);
/* Takes its answers. True: it has ended, another one is wanted at once. */
bool sink_set_consume(struct sink_set *set, unsigned which);
/* Each second; hands out what it could not be handed, says what is to be said of it. True: another
 * one is wanted. */
bool sink_set_tick(struct sink_set *set, unsigned which, uint64_t now_ns);
void sink_set_renew(struct sink_set *set, unsigned which, int fd);
/* Files are opened anew, by writers of their own; the old ones finish what they have. */
void sink_set_reopen(struct sink_set *set, uint64_t now_ns);
/* No line can be told to anybody any more: stdout was all there is, and its reader is gone. */
bool sink_set_gone(const struct sink_set *set);

/* Nothing is queued. */
bool sink_set_empty(const struct sink_set *set);
/* Tells all writers to end. */
void sink_set_shut(struct sink_set *set);
/*
 * What is still queued is lost, but for the last `kept` alerts, which somebody else has; says what
 * each sink has lost. True: alerts are among it.
 */
bool sink_set_end(struct sink_set *set, unsigned kept);

struct line_counters sink_set_counters(const struct sink_set *set, unsigned which);
/* Alerts that some sink has not answered for. NULL has none. */
uint64_t sink_set_pending(const struct sink_set *set);
/* The last max of them, oldest first. */
void sink_set_each_pending(const struct sink_set *set, unsigned max,
	void (*visit)(void *context, const struct sink_line *line), void *context);

#endif

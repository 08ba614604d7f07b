/* SPDX-License-Identifier: Apache-2.0 */
/* One line a sink. */
#ifndef MINERWATCH_SINKS_H
#define MINERWATCH_SINKS_H

#include "sink.h"

extern const struct sink_type sink_stdout;
extern const struct sink_type sink_file;
extern const struct sink_type sink_fifo;
extern const struct sink_type sink_unix;
extern const struct sink_type sink_syslog_unix;
extern const struct sink_type sink_syslog_tcp;

/* NULL: the target names none. */
const struct sink_type *sink_type_of(const char *target);

/*
 * Writes the line to a pipe, a terminal or whatever stdout is, whatever write(2) takes at a time; a
 * second try goes on where the first one failed. 0 or -errno.
 */
int sink_write_pipe(struct sink *sink, const struct sink_line *line);

/* What several sinks have in common: a path of a file; nothing to do but close. */
bool sink_valid_path(const char *rest);
void sink_close_fd(struct sink *sink);

#endif

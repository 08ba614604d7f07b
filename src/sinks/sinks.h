/* SPDX-License-Identifier: Apache-2.0 */
/* One line a sink. */
#ifndef MINERWATCH_SINKS_H
#define MINERWATCH_SINKS_H

#include "sink.h"

extern const struct sink_type sink_stdout;
extern const struct sink_type sink_file;

/* Writes all of it, whatever write(2) takes at a time. 0 or -errno. */
int sink_write_fd(int fd, const char *line, size_t len);

#endif

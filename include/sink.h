/* SPDX-License-Identifier: Apache-2.0 */
/* Where alerts go. One file a sink in src/sinks/, one row in sinks.c. */
#ifndef MINERWATCH_SINK_H
#define MINERWATCH_SINK_H

#include <stddef.h>

struct sink;

struct sink_type {
	const char *name;
	/* target: what stands behind the option ("-", a path). Returns 0 or -errno. */
	int (*open)(const char *target, struct sink *sink);
	/* One whole line with its newline. 0, or -errno: the line is lost. */
	int (*write)(struct sink *sink, const char *line, size_t len);
	/*
	 * The same for a line that an earlier run may have written: where the sink can tell that it
	 * did, it is left out. NULL: it cannot.
	 */
	int (*write_again)(struct sink *sink, const char *line, size_t len);
	void (*close)(struct sink *sink);
};

struct sink {
	const struct sink_type *type;
	int fd;
};

/* "-": stdout, anything else: that file, appended to, mode 0600. Returns 0 or -errno. */
int sink_open(const char *target, struct sink *ret_sink);
int sink_write(struct sink *sink, const char *line, size_t len);
int sink_write_again(struct sink *sink, const char *line, size_t len);
void sink_close(struct sink *sink);

#endif

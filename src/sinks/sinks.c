/* SPDX-License-Identifier: Apache-2.0 */
/* The table of sinks: which one a target names. */
#include "sinks/sinks.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The first whose prefix the target has. Whose file is called like that says ./fifo:x */
static const struct {
	const char *prefix;
	const struct sink_type *type; /* NULL: none, but might be meant as one */
} rows[] = {
	{"fifo:", &sink_fifo},
	{"unix:", &sink_unix},
	{"syslog:unix:", &sink_syslog_unix},
	{"syslog:tcp:", &sink_syslog_tcp},
	{"syslog:", NULL},
	{"", &sink_file},
};

static const struct sink_type *find(const char *target, const char **ret_rest)
{
	unsigned i = 0;
	size_t len;

	if (strcmp(target, "-") == 0) {
		*ret_rest = "";
		return &sink_stdout;
	}
	while (strncmp(target, rows[i].prefix, strlen(rows[i].prefix)) != 0)
		i++;
	len = strlen(rows[i].prefix);
	if (!rows[i].type || !rows[i].type->valid(target + len))
		return NULL;
	*ret_rest = target + len;
	return rows[i].type;
}

const struct sink_type *sink_type_of(const char *target)
{
	const char *rest;

	return find(target, &rest);
}

bool sink_valid(const char *target)
{
	return sink_type_of(target) != NULL;
}

bool sink_valid_path(const char *rest)
{
	return *rest != '\0';
}

int sink_open(const char *target, struct sink *ret_sink)
{
	const char *rest;
	struct sink sink = {.type = find(target, &rest), .fd = -1};
	int err = sink.type ? sink.type->open(rest, &sink) : -EINVAL;

	if (err == 0)
		*ret_sink = sink;
	return err;
}

int sink_check(const char *target)
{
	const char *rest;
	const struct sink_type *type = find(target, &rest);

	if (!type)
		return -EINVAL;
	return type->check ? type->check(rest) : 0;
}

int sink_write(struct sink *sink, const struct sink_line *line)
{
	return sink->type->write(sink, line);
}

void sink_close(struct sink *sink)
{
	if (sink->type)
		sink->type->close(sink);
	sink->type = NULL;
}

void sink_close_fd(struct sink *sink)
{
	close(sink->fd);
	sink->fd = -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The table of sinks: which one a target names. */
#include "sinks/sinks.h"

#include <string.h>

int sink_open(const char *target, struct sink *ret_sink)
{
	struct sink sink = {
		.type = strcmp(target, "-") == 0 ? &sink_stdout : &sink_file,
		.fd = -1,
	};
	int err = sink.type->open(target, &sink);

	if (err == 0)
		*ret_sink = sink;
	return err;
}

int sink_write(struct sink *sink, const char *line, size_t len)
{
	return sink->type->write(sink, line, len);
}

int sink_write_again(struct sink *sink, const char *line, size_t len)
{
	if (!sink->type->write_again)
		return sink_write(sink, line, len);
	return sink->type->write_again(sink, line, len);
}

void sink_close(struct sink *sink)
{
	if (sink->type)
		sink->type->close(sink);
	sink->type = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc/PID/maps line by line. */
#include "examiner/maps_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FACTS_MAX 128 /* bytes of a line before its name */

/* The kernel writes a newline in a name as \012 (fs/seq_file.c, mangle_path) and nothing else so.
 */
static void copy_path(const char *from, const char *end, char ret_path[static EVENT_FILENAME_MAX])
{
	size_t len = 0;

	while (from < end && len < EVENT_FILENAME_MAX - 1) {
		bool newline = end - from >= 4 && memcmp(from, "\\012", 4) == 0;

		ret_path[len++] = newline ? '\n' : *from;
		from += newline ? 4 : 1;
	}
	ret_path[len] = '\0';
}

static bool parse(const char *line, const char *end, struct mapping *ret_mapping)
{
	size_t len = (size_t)(end - line);
	char facts[FACTS_MAX], rights[5];
	uint32_t major, minor;
	int name = 0;

	if (len >= sizeof(facts))
		len = sizeof(facts) - 1;
	memcpy(facts, line, len);
	facts[len] = '\0';
	if (sscanf(facts, "%" SCNx64 "-%" SCNx64 " %4s %*x %" SCNx32 ":%" SCNx32 " %" SCNu64 " %n",
		    &ret_mapping->from, &ret_mapping->to, rights, &major, &minor,
		    &ret_mapping->inode, &name) != 6 ||
		ret_mapping->to < ret_mapping->from || strlen(rights) != 4 || !name)
		return false;
	ret_mapping->dev = major << 20 | minor;
	ret_mapping->readable = rights[0] == 'r';
	ret_mapping->writable = rights[1] == 'w';
	ret_mapping->executable = rights[2] == 'x';
	copy_path(line + name, end, ret_mapping->path);
	return true;
}

bool maps_next(const char **text, struct mapping *ret_mapping)
{
	const char *line, *end;

	while ((end = strchr(*text, '\n'))) {
		line = *text;
		*text = end + 1;
		if (parse(line, end, ret_mapping))
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Parses /proc/PID/mountinfo. */
#include "util/mountinfo.h"

#include <errno.h>
#include <string.h>

#include "util/span.h"

/* Takes what stands before the next sign off *text; all of it where there is no sign. */
static struct span take(struct span *text, char sign)
{
	const char *end = text->len ? memchr(text->data, sign, text->len) : NULL;
	struct span part = {text->data, end ? (size_t)(end - text->data) : text->len};
	size_t used = part.len + (end != NULL);

	*text = (struct span){text->data + used, text->len - used};
	return part;
}

static bool number(struct span text, uint32_t *ret_number)
{
	uint64_t value = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text.data[i] - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*ret_number = (uint32_t)value;
	return text.len > 0;
}

/* id parent major:minor root point options [tag]... - fstype source options */
static bool line_parse(struct span line, struct mountinfo_mount *ret_mount)
{
	struct span device, part;

	if (!number(take(&line, ' '), &ret_mount->id) ||
		!number(take(&line, ' '), &ret_mount->parent))
		return false;
	device = take(&line, ' ');
	if (!number(take(&device, ':'), &ret_mount->major) || !number(device, &ret_mount->minor))
		return false;
	ret_mount->root = take(&line, ' ');
	ret_mount->point = take(&line, ' ');
	do {
		if (line.len == 0)
			return false;
		part = take(&line, ' ');
	} while (!span_equal(part, span_of("-")));
	ret_mount->fstype = take(&line, ' ');
	ret_mount->source = take(&line, ' ');
	ret_mount->options = line;
	return ret_mount->root.len > 0 && ret_mount->point.len > 0 && ret_mount->fstype.len > 0;
}

bool mountinfo_next(struct mountinfo *mountinfo, struct mountinfo_mount *ret_mount)
{
	while (mountinfo->rest.len > 0) {
		const char *end = mountinfo->rest.data + mountinfo->rest.len;
		struct span line = take(&mountinfo->rest, '\n');
		struct mountinfo_mount mount;

		/* a line without its end was cut, and with it perhaps a path */
		if (line.data + line.len < end && line_parse(line, &mount)) {
			*ret_mount = mount;
			return true;
		}
		mountinfo->refused++;
	}
	return false;
}

/* Takes one byte off a field, unescaped (\NNN, octal); the field is not empty. */
static char next_byte(struct span *field)
{
	const char *text = field->data;
	bool escaped = field->len >= 4 && text[0] == '\\' && text[1] >= '0' && text[1] <= '3' &&
		       text[2] >= '0' && text[2] <= '7' && text[3] >= '0' && text[3] <= '7';
	size_t used = escaped ? 4 : 1;

	*field = (struct span){text + used, field->len - used};
	if (!escaped)
		return text[0];
	return (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
}

int mountinfo_text(struct span field, char *ret_text, size_t size)
{
	size_t len = 0;

	for (struct span rest = field; rest.len > 0; len++)
		next_byte(&rest);
	if (len >= size)
		return -ENAMETOOLONG;
	for (len = 0; field.len > 0; len++)
		ret_text[len] = next_byte(&field);
	ret_text[len] = '\0';
	return 0;
}

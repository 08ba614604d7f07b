/* SPDX-License-Identifier: Apache-2.0 */
/* Decides whether bytes of a cgroup path have the shape of an id or a name. */
#include "cgroup_shape.h"

#include <string.h>

#include "util/span.h"

#define DIGITS "0123456789"
#define LOWER_HEX DIGITS "abcdef"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_FIRST DIGITS LOWER CAPITALS
#define NAME_BYTES NAME_FIRST "_.+-"

static const unsigned char uuid_groups[] = {8, 4, 4, 4, 12, 0};
static const unsigned char garden_groups[] = {8, 4, 4, 4, 4, 0};

static bool byte_in(char byte, const char *set)
{
	return byte != '\0' && strchr(set, byte);
}

static bool all_in(const char *data, size_t len, const char *set)
{
	for (size_t i = 0; i < len; i++)
		if (!byte_in(data[i], set))
			return false;
	return len > 0;
}

/* The value of systemd's \xNN at the start of span, -1 where none stands there. */
static int escaped_byte(struct span span)
{
	const char *high, *low;

	if (span.len < 4 || span.data[0] != '\\' || span.data[1] != 'x' ||
		!all_in(span.data + 2, 2, LOWER_HEX))
		return -1;
	high = strchr(LOWER_HEX, span.data[2]);
	low = strchr(LOWER_HEX, span.data[3]);
	return (int)((high - LOWER_HEX) << 4 | (low - LOWER_HEX));
}

/* Takes one byte off a name, unescaped; the name is not empty. */
static char next_byte(struct span *name)
{
	int escaped = escaped_byte(*name);
	size_t used = escaped < 0 ? 1 : 4;
	char byte = escaped < 0 ? name->data[0] : (char)escaped;

	*name = (struct span){name->data + used, name->len - used};
	return byte;
}

static bool name_fits(struct span name)
{
	if (name.len == 0 || name.len >= CGROUP_ID_SIZE || !byte_in(next_byte(&name), NAME_FIRST))
		return false;
	while (name.len > 0)
		if (!byte_in(next_byte(&name), NAME_BYTES))
			return false;
	return true;
}

/* Groups of hex digits with sign between them; sizes end with 0. */
static bool groups_fit(struct span span, const unsigned char *sizes, char sign)
{
	for (size_t i = 0, at = 0; sizes[i]; i++) {
		if (span.len - at < sizes[i] || !all_in(span.data + at, sizes[i], LOWER_HEX))
			return false;
		at += sizes[i];
		if (at == span.len)
			return sizes[i + 1] == 0;
		if (span.data[at++] != sign)
			return false;
	}
	return false;
}

bool cgroup_shape_fits(enum cgroup_shape shape, struct span id)
{
	switch (shape) {
	case NOTHING:
		return id.len == 0;
	case HEX64:
		return id.len == 64 && all_in(id.data, 64, LOWER_HEX);
	case HEX64_CAPITALS:
		return id.len == 64 && all_in(id.data, 64, LOWER_HEX "ABCDEF");
	case HEX32:
		return id.len == 32 && all_in(id.data, 32, LOWER_HEX);
	case HEX32_NUMBER:
		return id.len > 33 && id.len <= 33 + 20 && all_in(id.data, 32, LOWER_HEX) &&
		       id.data[32] == '-' && all_in(id.data + 33, id.len - 33, DIGITS);
	case BASE36:
		return id.len == 25 && all_in(id.data, 25, DIGITS LOWER);
	case GROUPS:
		return groups_fit(id, garden_groups, '-');
	case UUID:
		return groups_fit(id, uuid_groups, '-');
	case UUID_SLICE:
		return groups_fit(id, uuid_groups, '_');
	case NUMBER:
		return id.len <= 20 && all_in(id.data, id.len, DIGITS);
	case NAME:
		return name_fits(id);
	case PROJECT_NAME:
		return name_fits(id) && memchr(id.data, '_', id.len);
	}
	return false;
}

void cgroup_shape_copy(struct span id, char ret_id[CGROUP_ID_SIZE])
{
	size_t len = 0;

	while (id.len > 0 && len < CGROUP_ID_SIZE - 1)
		ret_id[len++] = next_byte(&id);
	ret_id[len] = '\0';
}

bool cgroup_shape_between(
	struct span span, const char *prefix, const char *suffix, struct span *ret_between)
{
	size_t before = strlen(prefix), after = strlen(suffix);

	if (span.len < before + after || memcmp(span.data, prefix, before) != 0 ||
		memcmp(span.data + span.len - after, suffix, after) != 0)
		return false;
	*ret_between = (struct span){span.data + before, span.len - before - after};
	return true;
}

bool cgroup_shape_is(struct span span, const char *text)
{
	return span_equal(span, span_of(text));
}

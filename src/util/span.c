/* SPDX-License-Identifier: Apache-2.0 */
/* Small questions about bytes that are not NUL-terminated. */
#include "util/span.h"

#include <string.h>

struct span span_of(const char *text)
{
	return (struct span){text, strlen(text)};
}

bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool span_starts(struct span span, const char *prefix)
{
	size_t len = strlen(prefix);

	return span.len >= len && (len == 0 || memcmp(span.data, prefix, len) == 0);
}

struct span span_basename(struct span path)
{
	const char *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;
	size_t skip = slash ? (size_t)(slash + 1 - path.data) : 0;

	return (struct span){path.data + skip, path.len - skip};
}

bool span_next_argument(struct span *args, struct span *ret_argument)
{
	size_t len, used;

	if (!args->len)
		return false;
	len = strnlen(args->data, args->len);
	used = len < args->len ? len + 1 : len;
	*ret_argument = (struct span){args->data, len};
	*args = (struct span){args->data + used, args->len - used};
	return true;
}

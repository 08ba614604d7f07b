/* SPDX-License-Identifier: Apache-2.0 */
/* Finds ids of containers and pods in the host paths of the files that engines mount. */
#include <string.h>

#include "examiner/mountinfo.h"
#include "util/span.h"

#define HEX "0123456789abcdef"
#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const char *const points[] = {
	"/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/dev/termination-log"};

/* A host path .../<directory>/<id>/... ; directory is the end of that element's name. */
static const struct {
	const char *directory;
	unsigned char groups[6]; /* sizes of the id's groups of hex digits, dashes between */
	size_t field;
} paths[] = {
	{"/sandboxes", {64}, offsetof(struct mountinfo_hints, sandbox_id)},
	{"/containers", {64}, offsetof(struct mountinfo_hints, container_id)},
	{"-containers", {64}, offsetof(struct mountinfo_hints, container_id)},
	{"/pods", {8, 4, 4, 4, 12}, offsetof(struct mountinfo_hints, pod_uid)},
	{"/pods", {32}, offsetof(struct mountinfo_hints, pod_uid)},
};

static bool is_id(struct span id, const unsigned char *groups)
{
	size_t at = 0;

	for (; *groups; groups++) {
		for (size_t i = 0; i < *groups; i++, at++)
			if (at >= id.len || !id.data[at] || !strchr(HEX, id.data[at]))
				return false;
		if (groups[1] && (at >= id.len || id.data[at++] != '-'))
			return false;
	}
	return at == id.len;
}

static bool ends_with(struct span text, const char *end)
{
	size_t len = strlen(end);

	return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

/* The element of root at start is id, if the path above it is one of an engine's. */
static void note_id(struct span above, struct span id, struct mountinfo_hints *ret_hints)
{
	for (size_t i = 0; i < SIZE(paths); i++) {
		char *field = (char *)ret_hints + paths[i].field;

		if (field[0] || !ends_with(above, paths[i].directory) ||
			!is_id(id, paths[i].groups))
			continue;
		memcpy(field, id.data, id.len);
		return;
	}
}

static void note_root(struct span root, struct mountinfo_hints *ret_hints)
{
	size_t start = 0;

	for (size_t i = 0; i < root.len; i++) {
		if (root.data[i] != '/')
			continue;
		if (start > 0) /* above ends before the '/' in front of start */
			note_id((struct span){root.data, start - 1},
				(struct span){root.data + start, i - start}, ret_hints);
		start = i + 1;
	}
}

void mountinfo_hints(struct span text, struct mountinfo_hints *ret_hints)
{
	struct mountinfo mountinfo = {.rest = text};
	struct mountinfo_mount mount;

	memset(ret_hints, 0, sizeof(*ret_hints));
	while (mountinfo_next(&mountinfo, &mount))
		for (size_t i = 0; i < SIZE(points); i++)
			if (span_equal(mount.point, span_of(points[i])))
				note_root(mount.root, ret_hints);
}

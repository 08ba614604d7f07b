// SPDX-License-Identifier: Apache-2.0
/* A program in a container that was written or changed after the container's start. */
#include <linux/magic.h>
#include <stdio.h>

#include "detectors/container_input.h"
#include "detectors/detectors.h"
#include "state/state.h"
#include "util/span.h"

#define SECOND_NS UINT64_C(1000000000)
/* A runtime still writes while it starts a container, and a file's clock is coarser than ours. */
#define SLACK_NS (2 * SECOND_NS)

/*
 * Wall clock; 0 unknown. Its cgroup is made when it starts; the runtime's word is of its creation,
 * which may be long before. Without the wall offset boot time says nothing of a file's time.
 */
static uint64_t started_at(const struct container *container, const struct state *state)
{
	if (container->made_ns && state->wall_offset_ns)
		return container->made_ns + (uint64_t)state->wall_offset_ns;
	return container->created_ns;
}

/*
 * Where a container's own writes end up. What an image ships keeps the time it was unpacked on this
 * host, in overlayfs' lower layers; volumes are of other file systems, and filled by others.
 */
static bool is_own_file(const struct event *event)
{
	const struct event_file *file = &event->exec->file;

	/* No name left, as runc's own start: unlinked_exec's. */
	return !(event->header->flags & EVENT_NO_FILE) && file->nlink > 0 &&
	       (file->fs_magic == OVERLAYFS_SUPER_MAGIC || file->fs_magic == TMPFS_MAGIC);
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct container *container = container_of_input(in);
	uint64_t started_ns = container ? started_at(container, in->state) : 0;
	uint64_t changed_ns = in->event->exec->file.ctime_ns;
	struct span name = in->event->name;

	if (!started_ns || !is_own_file(in->event) || changed_ns < started_ns ||
		changed_ns - started_ns <= SLACK_NS)
		return false;
	ret_finding->grade = "-";
	finding_add_string(ret_finding, "name", name);
	finding_add_string(
		ret_finding, "path", in->event->path.len ? in->event->path : in->event->filename);
	finding_add_integer(ret_finding, "seconds_after_start",
		(int64_t)((changed_ns - started_ns) / SECOND_NS));
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"runs a file put there after the container's start (%.*s)",
		(int)(name.len > 64 ? 64 : name.len), name.data);
	return true;
}

const struct detector detector_dropped_exec = {
	.name = "dropped_exec",
	.meaning = "The program's file was written or changed after its container's start.",
	.events = DETECTOR_ON(EVENT_EXEC),
	.of_image = true,
	.fields = {{"name", EVIDENCE_STRING, "the file's name"},
		{"path", EVIDENCE_STRING, "its path inside the container"},
		{"seconds_after_start", EVIDENCE_INTEGER,
			"from the container's start to the file's last change"}},
	.attack = {"T1105", "Ingress Tool Transfer"},
	.check = check,
};

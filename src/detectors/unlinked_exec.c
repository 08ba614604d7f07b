/* SPDX-License-Identifier: Apache-2.0 */
/* A program whose file had no name when it was started: memfd, or deleted. */
#include <linux/magic.h>
#include <stdio.h>

#include "detectors/detectors.h"
#include "rules.h"
#include "util/span.h"

#define SECOND_NS UINT64_C(1000000000)

/*
 * runc starts itself from a memfd at every container start and is gone, or another program, a
 * moment later. A name can be forged, so it earns a delay only: what still runs under it is found
 * all the same.
 */
static bool may_be_runc(struct span name)
{
	return span_starts(name, "memfd:runc_cloned:") || span_starts(name, "runc_cloned:");
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct image *image = in->process->image;
	bool memfd, late = in->event->header->type == EVENT_TASK;

	if (!image || (image->flags & EVENT_NO_FILE) || image->file.nlink)
		return false;
	/* Each pass asks again, for those that were given a delay. */
	if (late != may_be_runc(image->name))
		return false;
	if (late &&
		in->now_ns < image->time_ns + rules_setting(in->rules, "runc_grace_s") * SECOND_NS)
		return false;
	memfd = image->file.fs_magic == TMPFS_MAGIC && span_starts(image->name, "memfd:");
	/* Found running: an upgrade deletes files that run on; only a memfd never had a name. */
	if (in->event->header->type == EVENT_PROCESS && !memfd)
		return false;
	ret_finding->grade = memfd ? "-" : "deleted";
	finding_add_string(ret_finding, "kind", span_of(memfd ? "memfd" : "deleted"));
	finding_add_string(ret_finding, "name", image->name);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		memfd ? "runs from memory, no file (%.*s)" : "runs from a deleted file (%.*s)",
		(int)(image->name.len > 64 ? 64 : image->name.len), image->name.data);
	return true;
}

const struct detector detector_unlinked_exec = {
	.name = "unlinked_exec",
	.meaning = "The program was started from memory (memfd) or from a file already deleted.",
	.events = DETECTOR_ON(EVENT_EXEC) | DETECTOR_ON(EVENT_PROCESS) | DETECTOR_ON(EVENT_TASK),
	.of_image = true,
	.fields = {{"kind", EVIDENCE_STRING, "memfd or deleted"},
		{"name", EVIDENCE_STRING, "the name the file had"}},
	.attack = {"T1620", "Reflective Code Loading"},
	.check = check,
};

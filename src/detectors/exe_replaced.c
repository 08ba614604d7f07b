// SPDX-License-Identifier: Apache-2.0
/* A process whose exe link leads to another file than it executed. */
#include <stdio.h>

#include "detectors/detectors.h"
#include "util/span.h"

/* Only a pass sees it, and the state has told it apart from an exec that was lost (compare_exe). */
static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct process *process = in->process;
	struct span name = process->image ? process->image->name : (struct span){"", 0};

	if (!process->exe_replaced || in->event->task->file.inode == process->exe_inode)
		return false;
	ret_finding->grade = "-";
	finding_add_string(ret_finding, "name", name);
	finding_add_integer(ret_finding, "inode", (int64_t)process->exe_inode);
	finding_add_integer(ret_finding, "inode_now", (int64_t)in->event->task->file.inode);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"/proc shows another file than it executed (%.*s)",
		(int)(name.len > 64 ? 64 : name.len), name.data);
	return true;
}

const struct detector detector_exe_replaced = {
	.name = "exe_replaced",
	.meaning = "Its exe link was changed to another file than it executed.",
	.events = DETECTOR_ON(EVENT_TASK),
	.of_image = true,
	.fields = {{"name", EVIDENCE_STRING, "name of the file it executed; may be empty"},
		{"inode", EVIDENCE_INTEGER, "of the file it executed"},
		{"inode_now", EVIDENCE_INTEGER, "of the file the link leads to now"}},
	.attack = {"T1036", "Masquerading"},
	.check = check,
};

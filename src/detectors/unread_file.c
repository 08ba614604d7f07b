/* SPDX-License-Identifier: Apache-2.0 */
/* Says of a suspect that its program could not be digested, and why: that is not the same as not
 * being listed. */
#include <stdio.h>

#include "detectors/content_input.h"
#include "detectors/detectors.h"

static const struct {
	unsigned result;
	const char *grade, *says;
} reasons[] = {
	{CONTENT_TOO_BIG, "too_big", "is larger than what is digested"},
	{CONTENT_UNREADABLE, "unreadable", "could not be read"},
	{CONTENT_GAVE_UP, "gave_up", "could not be read in time"},
	{CONTENT_CHANGED, "changed", "was another one when it was read"},
};

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct content_input content;

	if (!in->process->findings || !content_of_input(in, &content))
		return false;
	for (unsigned i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (content.result != reasons[i].result)
			continue;
		ret_finding->grade = reasons[i].grade;
		finding_add_string(ret_finding, "path", content.path);
		finding_add_integer(ret_finding, "size", (int64_t)in->process->image->file.size);
		snprintf(ret_finding->summary, sizeof(ret_finding->summary), "runs a file that %s",
			reasons[i].says);
		return true;
	}
	return false;
}

const struct detector detector_unread_file = {
	.name = "unread_file",
	.meaning = "The program of a process that other evidence names could not be digested.",
	.events = DETECTOR_ON(EVENT_TASK),
	.of_image = true,
	.fields = {{"path", EVIDENCE_STRING, "the file's name, a hint"},
		{"size", EVIDENCE_INTEGER, "of the file, bytes"}},
	.check = check,
};

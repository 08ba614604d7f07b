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

/* What the examiner says of no file stands for all that it did not come to. */
static bool check_rest(const struct detector_input *in, struct finding *ret_finding)
{
	const struct event_content *content = in->event->content;

	if (content->object != CONTENT_MAPPED || content->result != CONTENT_GAVE_UP ||
		content->file.inode)
		return false;
	ret_finding->grade = "gave_up";
	finding_add_string(ret_finding, "path", in->event->filename);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"has mapped more than is looked into at a time");
	return true;
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct content_input content;

	if (!in->process->findings)
		return false;
	if (in->event->header->type == EVENT_CONTENT)
		return check_rest(in, ret_finding);
	if (!content_of_input(in, &content))
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
	.meaning = "Of a process that other evidence names, the program could not be digested, or "
		   "not all it has mapped.",
	.events = DETECTOR_ON(EVENT_TASK) | DETECTOR_ON(EVENT_CONTENT),
	.of_image = true,
	.fields = {{"path", EVIDENCE_STRING, "the file's name, a hint"},
		{"size", EVIDENCE_INTEGER, "of the program, bytes", true}},
	.check = check,
};

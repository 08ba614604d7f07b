/* SPDX-License-Identifier: Apache-2.0 */
/* What the detectors on content begin with. */
#include "detectors/content_input.h"

#include "state/state.h"

static void take_event(const struct event *event, struct content_input *ret_content)
{
	const struct event_content *content = event->content;
	bool file = content->object == CONTENT_MAPPED;

	*ret_content = (struct content_input){
		.object = file ? "mapped" : "memory",
		.result = content->result,
		.sha256 = file && content->result == CONTENT_DIGESTED ? content->sha256 : NULL,
		.patterns = event->patterns,
		.path = event->filename,
	};
}

bool content_of_input(const struct detector_input *in, struct content_input *ret_content)
{
	const struct event *event = in->event;
	const struct image *image = in->process->image;
	const struct content *known;

	if (event->header->type == EVENT_CONTENT && event->content->object != CONTENT_EXE) {
		take_event(event, ret_content);
		return true;
	}
	if (!image || image->flags & EVENT_NO_FILE)
		return false;
	known = content_find(in->state->contents, &image->file);
	if (!known)
		return false;
	*ret_content = (struct content_input){
		.object = "program",
		.result = known->result,
		.sha256 = known->result == CONTENT_DIGESTED ? known->sha256 : NULL,
		.patterns = known->patterns,
		.path = image->exe,
	};
	return true;
}

// SPDX-License-Identifier: Apache-2.0
/* A suspect whose arguments are no longer those it was executed with. */
#include <stdio.h>
#include <string.h>

#include "detectors/detectors.h"
#include "util/span.h"

/* What a title begins with: "nginx" of "nginx: worker process", "bash" of "-bash". */
static struct span first_word(struct span title)
{
	size_t len = 0;

	if (title.len && title.data[0] == '-')
		title = (struct span){title.data + 1, title.len - 1};
	while (len < title.len && !strchr(" :", title.data[len])) /* its NUL ends it too */
		len++;
	return span_basename((struct span){title.data, len});
}

/*
 * Servers put their state there (setproctitle), after their own name or their script's. That hides
 * nothing, so it is not told.
 */
static bool names_itself(const struct image *image, struct span word)
{
	struct span args = image->args, argument;

	if (word.len && span_equal(word, image->name))
		return true;
	while (word.len && span_next_argument(&args, &argument))
		if (span_equal(word, first_word(argument)))
			return true;
	return false;
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct event *event = in->event;
	const struct image *image = in->process->image;
	struct span args, was = {0}, word;

	if (!image || ((image->flags | event->header->flags) & (EVENT_NO_ARGV | EVENT_NO_FILE)))
		return false;
	/* Of another file: its exec is still on its way to us, or the link was changed. */
	if (image->file.inode != event->exec->file.inode || span_equal(image->args, event->argv))
		return false;
	word = first_word(event->argv);
	if (names_itself(image, word))
		return false;
	args = image->args;
	if (span_next_argument(&args, &was))
		was = first_word(was);
	ret_finding->grade = "-";
	/* No more than a word: titles and arguments carry secrets. */
	finding_add_string(ret_finding, "was", was);
	finding_add_string(ret_finding, "now", word);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"has overwritten its arguments (%.*s, was %.*s)",
		(int)(word.len > 32 ? 32 : word.len), word.data, (int)(was.len > 32 ? 32 : was.len),
		was.data);
	return true;
}

const struct detector detector_argv_rewritten = {
	.name = "argv_rewritten",
	.meaning = "Its arguments are not those it was executed with, and no longer name it.",
	.events = DETECTOR_ON(EVENT_PROCESS),
	.of_image = true,
	.fields = {{"was", EVIDENCE_STRING, "first word at its exec"},
		{"now", EVIDENCE_STRING, "first word now"}},
	.attack = {"T1036.011", "Masquerading: Overwrite Process Arguments"},
	.check = check,
};

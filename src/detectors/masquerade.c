// SPDX-License-Identifier: Apache-2.0
/* A program that goes by the name of one of the kernel's own threads. */
#include <stdio.h>
#include <string.h>

#include "detectors/detectors.h"
#include "rules.h"
#include "util/span.h"

/* ps writes a thread's name in brackets; blanks overwrite what was longer before. */
static bool take_brackets(struct span *text)
{
	if (text->len < 3 || text->data[0] != '[' || text->data[text->len - 1] != ']')
		return false;
	*text = (struct span){text->data + 1, text->len - 2};
	return true;
}

static const char *grade_of(const struct rules *rules, struct span name)
{
	bool brackets;
	enum thread_name found;

	while (name.len && name.data[name.len - 1] == ' ')
		name.len--;
	brackets = take_brackets(&name);
	found = rules_kernel_thread(rules, name);
	if (brackets && found != THREAD_NONE)
		return "bracket";
	return found == THREAD_PLAIN ? "name" : NULL;
}

static bool add(struct finding *finding, const char *grade, const char *where, struct span name)
{
	finding->grade = grade;
	finding_add_string(finding, "name", name);
	finding_add_string(finding, "where", span_of(where));
	snprintf(finding->summary, sizeof(finding->summary),
		"goes by the name of a kernel thread (%.*s), but runs a file",
		(int)(name.len > 48 ? 48 : name.len), name.data);
	return true;
}

/*
 * A kernel thread has no program, and a helper that the kernel starts bears its worker's name until
 * it executes: whoever runs a file took the name.
 */
static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const char *comm = in->event->fork->kin.comm; /* EXEC, PROCESS, TASK begin like FORK */
	struct span args = in->event->argv, first;
	const char *grade;

	if (in->event->header->flags & EVENT_NO_FILE)
		return false;
	if (span_next_argument(&args, &first)) {
		grade = grade_of(in->rules, first);
		if (grade)
			return add(ret_finding, grade, "argv", first);
	}
	grade = grade_of(in->rules, span_of(comm));
	return grade && add(ret_finding, grade, "comm", span_of(comm));
}

const struct detector detector_masquerade = {
	.name = "masquerade",
	.meaning = "A program goes by the name of a kernel thread, as argv[0] or as comm.",
	.events = DETECTOR_ON(EVENT_EXEC) | DETECTOR_ON(EVENT_PROCESS) | DETECTOR_ON(EVENT_TASK),
	.of_image = true,
	.fields = {{"name", EVIDENCE_STRING, "the name it goes by"},
		{"where", EVIDENCE_STRING, "argv or comm"}},
	.attack = {"T1036.004", "Masquerading: Masquerade Task or Service"},
	.check = check,
};

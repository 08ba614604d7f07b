// SPDX-License-Identifier: Apache-2.0
/* A suspect on a host where /etc/ld.so.preload puts a library into every program. */
#include <stdio.h>
#include <string.h>

#include "detectors/container_input.h"
#include "detectors/detectors.h"
#include "state/state.h"

#define SEPARATORS " \t\n:" /* glibc, elf/rtld.c: do_preload */

/* The first name in the file, comments left out; empty: there is none. */
static struct span first_library(struct span text)
{
	size_t at = 0, from;

	while (at < text.len && (text.data[at] == '#' || strchr(SEPARATORS, text.data[at]))) {
		bool comment = text.data[at] == '#';

		while (comment && at < text.len && text.data[at] != '\n')
			at++;
		at += at < text.len;
	}
	from = at;
	while (at < text.len && text.data[at] != '#' && !strchr(SEPARATORS, text.data[at]))
		at++;
	return (struct span){text.data + from, at - from};
}

/*
 * Some hosts have one for good reasons, so it only adds. It is the host's file, which containers do
 * not see.
 */
static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct span library =
		first_library((struct span){in->state->preload, in->state->preload_len});

	if (!in->process->findings || !library.len || container_of_input(in))
		return false;
	ret_finding->grade = "-";
	finding_add_string(ret_finding, "library", library);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"/etc/ld.so.preload loads %.*s into every program",
		(int)(library.len > 64 ? 64 : library.len), library.data);
	return true;
}

const struct detector detector_ld_preload = {
	.name = "ld_preload",
	.meaning = "/etc/ld.so.preload names a library, on the host of a process that other "
		   "evidence names.",
	.events = DETECTOR_ON(EVENT_MEMORY),
	.fields = {{"library", EVIDENCE_STRING, "the first one it names"}},
	.attack = {"T1574.006", "Hijack Execution Flow: Dynamic Linker Hijacking"},
	.check = check,
};

// SPDX-License-Identifier: Apache-2.0
/* A process that lives, but that listings of /proc leave out. */
#include <stdio.h>

#include "detectors/detectors.h"

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	ret_finding->grade = "-";
	finding_add_integer(ret_finding, "listings", in->event->hidden->listings);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"hidden from listings of /proc, though alive before and after them");
	return true;
}

const struct detector detector_hidden_process = {
	.name = "hidden_process",
	.meaning = "Listings of /proc leave it out, though the kernel's own list had it before and "
		   "after them.",
	.events = DETECTOR_ON(EVENT_HIDDEN),
	.fields = {{"listings", EVIDENCE_INTEGER, "how many left it out"}},
	.attack = {"T1014", "Rootkit"},
	.check = check,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* A program whose whole file name, or the name it was started by, is a miner's. */
#include <stdio.h>

#include "detectors/detectors.h"
#include "rules.h"
#include "util/span.h"

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct span args = in->event->argv, name = in->event->name;

	if (!rules_name(in->rules, name)) {
		/* Whole first, for disguises such as "[name]" or one with a slash in it. */
		if (!span_next_argument(&args, &name))
			return false;
		if (!rules_name(in->rules, name))
			name = span_basename(name);
		if (!rules_name(in->rules, name))
			return false;
	}
	ret_finding->grade = "-";
	finding_add_string(ret_finding, "name", name);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"program name of a miner (%.*s)", (int)(name.len > 64 ? 64 : name.len), name.data);
	return true;
}

const struct detector detector_miner_name = {
	.name = "miner_name",
	.meaning = "The file name, or the name it was started by, is that of a known miner.",
	.events = DETECTOR_ON(EVENT_EXEC) | DETECTOR_ON(EVENT_PROCESS),
	.of_image = true,
	.fields = {{"name", EVIDENCE_STRING, "the name found"}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};

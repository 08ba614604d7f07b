// SPDX-License-Identifier: Apache-2.0
/* A container whose image is known to bring a miner. */
#include <stdio.h>

#include "detectors/container_input.h"
#include "detectors/detectors.h"
#include "rules.h"
#include "util/span.h"

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct container *container = container_confirmed(in);
	const char *image, *row;

	if (!container)
		return false;
	image = container->text[CONTAINER_TEXT_IMAGE];
	row = rules_miner_image(in->rules, span_of(image));
	if (!row)
		return false;
	ret_finding->grade = "-";
	finding_add_string(ret_finding, "image", span_of(image));
	finding_add_string(ret_finding, "rule", span_of(row));
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"container of a known miner image (%.80s)", image);
	return true;
}

const struct detector detector_miner_image = {
	.name = "miner_image",
	.meaning = "It runs in a container whose image, confirmed by its runtime, brings a miner.",
	.events = DETECTOR_ON(EVENT_CONTAINER),
	.of_container = true,
	.fields = {{"image", EVIDENCE_STRING, "the image as its runtime names it"},
		{"rule", EVIDENCE_STRING, "the row of miner_images.list, written in full"}},
	.attack = {"T1204.003", "User Execution: Malicious Image"},
	.check = check,
};

// SPDX-License-Identifier: Apache-2.0
/* A container whose image is from none of the registries its users trust: context, no accusation.
 */
#include <stdio.h>

#include "detectors/container_input.h"
#include "detectors/detectors.h"
#include "rules.h"
#include "util/image_reference.h"
#include "util/span.h"

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct container *container = container_confirmed(in);
	struct image_reference reference;
	const char *image;

	if (!container)
		return false;
	image = container->text[CONTAINER_TEXT_IMAGE];
	if (!image[0] || !rules_untrusted_image(in->rules, span_of(image)))
		return false;
	ret_finding->grade = "-";
	finding_add_string(ret_finding, "image", span_of(image));
	/* "ctr" imports images under any name: such a one is of no registry. */
	if (image_reference_parse(span_of(image), &reference) == 0)
		finding_add_string(ret_finding, "registry",
			(struct span){reference.name, reference.registry_len});
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"image from no trusted registry (%.80s)", image);
	return true;
}

const struct detector detector_untrusted_image = {
	.name = "untrusted_image",
	.meaning = "It runs in a container whose image is from none of the trusted registries.",
	.events = DETECTOR_ON(EVENT_CONTAINER),
	.of_container = true,
	.fields = {{"image", EVIDENCE_STRING, "the image as its runtime names it"},
		{"registry", EVIDENCE_STRING, "where it is from; absent where its name tells none",
			true}},
	.check = check,
};

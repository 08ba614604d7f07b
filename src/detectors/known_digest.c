/* SPDX-License-Identifier: Apache-2.0 */
/* A program, or a library it has mapped, whose SHA-256 is listed. */
#include <stdio.h>

#include "detectors/content_input.h"
#include "detectors/detectors.h"
#include "rules.h"
#include "util/span.h"

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct content_input content;
	const char *list;
	char hex[2 * 32 + 1];

	if (!content_of_input(in, &content) || !content.sha256)
		return false;
	list = rules_digest_listed(in->rules, content.sha256);
	if (!list)
		return false;
	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", content.sha256[i]);
	ret_finding->grade = "-";
	finding_add_string(ret_finding, "sha256", span_of(hex));
	finding_add_string(ret_finding, "path", content.path);
	finding_add_string(ret_finding, "object", span_of(content.object));
	finding_add_string(ret_finding, "list", span_of(list));
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"executes a file whose digest %.16s... is listed in %.64s", hex, list);
	return true;
}

const struct detector detector_known_digest = {
	.name = "known_digest",
	.meaning = "The SHA-256 of a file it executes is listed as a miner's.",
	.events = DETECTOR_ON(EVENT_EXEC) | DETECTOR_ON(EVENT_PROCESS) |
		  DETECTOR_ON(EVENT_CONTENT) | DETECTOR_ON(EVENT_RULES),
	.of_image = true,
	.fields = {{"sha256", EVIDENCE_STRING, "of the whole file, hexadecimal"},
		{"path", EVIDENCE_STRING, "the file's name, a hint"},
		{"object", EVIDENCE_STRING,
			"program, or mapped: a library, what ld.so was told to run"},
		{"list", EVIDENCE_STRING, "the list it stands in"}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* RandomX by the sizes of its memory: dataset, cache, scratchpads, small pieces of made code. */
#include <stdio.h>

#include "detectors/detectors.h"

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct event_memory *memory = in->event->memory;
	bool fast = memory->datasets > 0;

	/*
	 * Sizes alone say little: a heap may have any. Light mode has no dataset and computes it
	 * from the cache. Scratchpads may be joined with either.
	 */
	if (!memory->codes || (!fast && !memory->caches))
		return false;
	ret_finding->grade = fast ? "fast" : "light";
	finding_add_integer(ret_finding, "datasets", memory->datasets);
	finding_add_integer(ret_finding, "caches", memory->caches);
	finding_add_integer(ret_finding, "scratchpads", memory->scratchpads);
	finding_add_integer(ret_finding, "codes", memory->codes);
	finding_add_integer(ret_finding, "huge_page_mib", (int64_t)(memory->huge_bytes >> 20));
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"holds memory of the sizes that RandomX uses in %s mode", ret_finding->grade);
	return true;
}

const struct detector detector_randomx_memory = {
	.name = "randomx_memory",
	.meaning =
		"Its anonymous memory has the sizes of RandomX's dataset, cache and scratchpads.",
	.events = DETECTOR_ON(EVENT_MEMORY),
	.fields = {{"datasets", EVIDENCE_INTEGER, "mappings of 2,080 MiB and a little more"},
		{"caches", EVIDENCE_INTEGER, "mappings of 256 MiB and a little more"},
		{"scratchpads", EVIDENCE_INTEGER, "mappings of 2 MiB, or that many joined"},
		{"codes", EVIDENCE_INTEGER, "executable mappings of no file, up to 1 MiB"},
		{"huge_page_mib", EVIDENCE_INTEGER, "MiB mapped in huge pages"}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};

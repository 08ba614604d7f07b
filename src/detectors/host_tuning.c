/* SPDX-License-Identifier: Apache-2.0 */
/* The host is tuned as RandomX miners do it: model-specific registers made writable, huge pages. */
#include <stdio.h>
#include <string.h>

#include "detectors/detectors.h"
#include "rules.h"
#include "state/state.h"
#include "util/span.h"

#define SECOND_NS UINT64_C(1000000000)

/*
 * XMRig (src/hw/msr/Msr_linux.cpp) runs modprobe with these words, by a shell: they stand in one
 * argument or in two.
 */
static bool opens_registers(struct span args)
{
	static const char module[] = "msr", option[] = "allow_writes=on";

	if (!memmem(args.data, args.len, option, sizeof(option) - 1) ||
		!memmem(args.data, args.len, module, sizeof(module) - 1))
		return false;
	return memmem(args.data, args.len, "modprobe", strlen("modprobe")) != NULL;
}

static bool check_exec(const struct detector_input *in, struct finding *ret_finding)
{
	if (!in->event->argv.len || !opens_registers(in->event->argv))
		return false;
	ret_finding->grade = "msr";
	finding_add_string(ret_finding, "kind", span_of("modprobe"));
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"lets programs write the CPUs' model-specific registers");
	return true;
}

static bool check_memory(const struct detector_input *in, struct finding *ret_finding)
{
	const struct event_memory *memory = in->event->memory;
	uint64_t recent_ns = rules_setting(in->rules, "hugepages_recent_s") * SECOND_NS;
	const struct state *state = in->state;

	if (memory->msr_descriptors) {
		ret_finding->grade = "msr";
		finding_add_string(ret_finding, "kind", span_of("descriptor"));
		finding_add_integer(ret_finding, "descriptors", memory->msr_descriptors);
		snprintf(ret_finding->summary, sizeof(ret_finding->summary),
			"holds %u CPUs' model-specific registers open", memory->msr_descriptors);
		return true;
	}
	/* Who raised it nobody says; who maps them and started shortly before is the likely one. */
	if (!memory->huge_bytes || !state->hugepages_raised_ns ||
		state->hugepages_raised_ns < in->process->key.start_ns ||
		state->hugepages_raised_ns > in->process->key.start_ns + recent_ns)
		return false;
	ret_finding->grade = "hugepages";
	finding_add_string(ret_finding, "kind", span_of("hugepages"));
	finding_add_integer(ret_finding, "huge_page_mib", (int64_t)(memory->huge_bytes >> 20));
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"maps huge pages that were set aside after its start");
	return true;
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	return in->event->header->type == EVENT_MEMORY ? check_memory(in, ret_finding)
						       : check_exec(in, ret_finding);
}

const struct detector detector_host_tuning = {
	.name = "host_tuning",
	.meaning =
		"The host was tuned as miners do: registers made writable, huge pages set aside.",
	.events = DETECTOR_ON(EVENT_EXEC) | DETECTOR_ON(EVENT_MEMORY),
	.fields = {{"kind", EVIDENCE_STRING, "modprobe, descriptor or hugepages"},
		{"descriptors", EVIDENCE_INTEGER, "of /dev/cpu/*/msr that it holds", true},
		{"huge_page_mib", EVIDENCE_INTEGER, "MiB mapped in huge pages", true}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};

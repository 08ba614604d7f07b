/* SPDX-License-Identifier: Apache-2.0 */
/* RandomX by its arithmetic: threads seen in all of the rounding modes its programs switch between.
 */
#include <stdio.h>

#include "detectors/detectors.h"
#include "rules.h"
#include "state/state.h"
#include "state/workload.h"

/*
 * Three modes other than to nearest: interval arithmetic knows two, fast-math start-up code none.
 * One is met in a quarter of a miner's samples, so 12 of them show all three 98 times of 100.
 */
#define MODES 3

/*
 * A node that verifies blocks does the same arithmetic, for a moment now and then. So does a new
 * miner in its first half second.
 */
static bool little_cpu(const struct rules *rules, const struct rounding_sum *sum)
{
	return sum->demand_ms < rules_setting(rules, "rounding_least_ms") ||
	       sum->demand_ms < sum->span_s * rules_setting(rules, "rounding_busy_permille");
}

static const char *grade_of(const struct detector_input *in, const struct rounding_sum *sum)
{
	if (little_cpu(in->rules, sum))
		return "verifier";
	/* Without the flags of x86, ordinary code that sets rounding modes looks alike. */
	if (fp_machine(in->state->host.machine) != FP_X86)
		return "modes";
	return sum->samples < rules_setting(in->rules, "rounding_samples") ? "few" : "many";
}

static const struct {
	const char *grade, *says;
} sayings[] = {
	{"many", ""},
	{"few", ", few samples so far"},
	{"verifier", ", little CPU: a node that verifies is possible"},
	{"modes", ", which other arithmetic may too"},
};

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct event_thread *thread = in->event->thread;
	const struct workload *workload;
	struct rounding_sum sum;
	const char *says = "";

	/* A process that takes no part in it is not the one to name. */
	if (fp_randomx_mode(fp_machine(in->state->host.machine), thread->fp_control) <= 0)
		return false;
	workload = workload_find(in->state, in->process);
	if (!workload)
		return false;
	rounding_window_sum(&workload->rounding, in->now_ns, &sum);
	if (sum.modes < MODES)
		return false;
	ret_finding->grade = grade_of(in, &sum);
	for (unsigned i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++)
		if (sayings[i].grade == ret_finding->grade)
			says = sayings[i].says;
	finding_add_integer(ret_finding, "samples", sum.samples);
	finding_add_integer(ret_finding, "supporting", sum.supporting);
	finding_add_integer(ret_finding, "modes", sum.modes);
	finding_add_integer(ret_finding, "window_seconds", sum.span_s);
	finding_add_integer(ret_finding, "demand_permille", (int64_t)(sum.demand_ms / sum.span_s));
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"computes as RandomX does (%u samples, rounding mode changes all the time)%s",
		sum.samples, says);
	return true;
}

const struct detector detector_randomx_rounding = {
	.name = "randomx_rounding",
	.meaning = "Its threads change between the rounding modes of RandomX's programs.",
	.events = DETECTOR_ON(EVENT_THREAD),
	.fields = {{"samples", EVIDENCE_INTEGER, "threads seen in a mode other than to nearest"},
		{"supporting", EVIDENCE_INTEGER, "threads seen in the mode to nearest"},
		{"modes", EVIDENCE_INTEGER, "modes seen, to nearest aside"},
		{"window_seconds", EVIDENCE_INTEGER, "time since the oldest of them"},
		{"demand_permille", EVIDENCE_INTEGER,
			"CPU of the threads seen so, thousandths of one"}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};

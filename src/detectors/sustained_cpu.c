/* SPDX-License-Identifier: Apache-2.0 */
/* A process, or its workload, that keeps wanting CPU: time run plus time waited for a CPU, so a
 * quota hides nothing. */
#include <stdio.h>

#include "detectors/detectors.h"
#include "detectors/sustained_cpu.h"
#include "rules.h"
#include "state/cpu_window.h"
#include "state/state.h"
#include "state/workload.h"

/*
 * Least: the share of the threshold that no part of the window falls below. Half, where a second's
 * pass may come in the neighbouring bucket; nearly all of it in the window of half an hour, whose
 * low threshold only means something where the use is steady.
 */
static const struct {
	unsigned seconds;
	const char *grade, *threshold;
	unsigned least_percent;
} windows[] = {
	{600, "10m", "cpu_busy_permille", 50}, /* the one that weighs most first */
	{1800, "30m", "cpu_steady_permille", 90},
	{30, "30s", "cpu_busy_permille", 50},
	{10, "10s", "cpu_busy_permille", 50},
};

#define WINDOWS (sizeof(windows) / sizeof(windows[0]))

/* Number of the first window that it was busy for; WINDOWS: none. */
static unsigned busy_window(
	const struct detector_input *in, const struct cpu_window *cpu, uint32_t *ret_demand)
{
	for (unsigned i = 0; i < WINDOWS; i++) {
		uint64_t busy = rules_setting(in->rules, windows[i].threshold);

		*ret_demand = cpu_window_demand(cpu, in->now_ns, windows[i].seconds);
		if (*ret_demand >= busy && cpu_window_least(cpu, in->now_ns, windows[i].seconds) >=
						   busy * windows[i].least_percent / 100)
			return i;
	}
	return WINDOWS;
}

/*
 * Has used a fifth of its life, or of the run: only such a one is named for what its workload uses.
 * Else every shell whose session compiles something would be.
 */
static bool is_busy_itself(const struct detector_input *in)
{
	uint64_t since_ns = in->process->key.start_ns;

	if (since_ns < in->state->host.header.time_ns)
		since_ns = in->state->host.header.time_ns;
	return in->now_ns <= since_ns || in->process->cpu_ns >= (in->now_ns - since_ns) / 5;
}

/*
 * Number of the window that it, or its workload, is busy for now; WINDOWS: none. *ret_together:
 * the workload.
 */
static unsigned busy_now(const struct detector_input *in, uint32_t *ret_demand, bool *ret_together)
{
	const struct workload *workload;
	unsigned window;

	/* One that uses none itself is not the one to name. */
	if (!in->process->cpu)
		return WINDOWS;
	*ret_together = false;
	window = busy_window(in, in->process->cpu, ret_demand);
	/* Many that live for a moment each, or share the work. */
	workload = window == WINDOWS && is_busy_itself(in) ? workload_find(in->state, in->process)
							   : NULL;
	if (!workload)
		return window;
	*ret_together = true;
	return busy_window(in, workload->cpu, ret_demand);
}

bool cpu_sustained(const struct detector_input *in)
{
	uint32_t demand;
	bool together;

	return busy_now(in, &demand, &together) < WINDOWS;
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	uint32_t cpus = in->process->cpus_allowed, demand;
	bool together;
	unsigned window = busy_now(in, &demand, &together);

	if (window == WINDOWS)
		return false;
	ret_finding->grade = windows[window].grade;
	finding_add_integer(ret_finding, "demand_permille", demand);
	finding_add_integer(ret_finding, "window_seconds", windows[window].seconds);
	finding_add_integer(ret_finding, "cpus_allowed", cpus);
	finding_add_integer(ret_finding, "threads", in->process->threads);
	finding_add_integer(ret_finding, "together", together);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"%swants %u.%u CPUs of %u for %u s", together ? "with its like " : "",
		demand / 1000, demand % 1000 / 100, cpus, windows[window].seconds);
	return true;
}

const struct detector detector_sustained_cpu = {
	.name = "sustained_cpu",
	.meaning = "It has wanted CPU for the whole of a window, alone or with its workload.",
	.events = DETECTOR_ON(EVENT_TASK),
	.tells = FACT_LOAD,
	.fields = {{"demand_permille", EVIDENCE_INTEGER, "run time and wait, thousandths of a CPU"},
		{"window_seconds", EVIDENCE_INTEGER, "length of the window it is averaged over"},
		{"cpus_allowed", EVIDENCE_INTEGER, "CPUs it may run on"},
		{"threads", EVIDENCE_INTEGER, "threads it has"},
		{"together", EVIDENCE_INTEGER,
			"1: the sum over its workload, processes that ended included"}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* A process that keeps wanting CPU: time run plus time waited for a CPU, so a quota hides nothing.
 */
#include <stdio.h>

#include "detectors/detectors.h"
#include "rules.h"
#include "state/cpu_window.h"

static const struct {
	unsigned seconds;
	const char *grade;
} windows[] = {{600, "10m"}, {30, "30s"}, {10, "10s"}}; /* longest first: it weighs most */

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	uint64_t busy = rules_setting(in->rules, "cpu_busy_permille");
	uint32_t cpus = in->process->cpus_allowed;

	if (!in->process->cpu)
		return false;
	for (unsigned i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		uint32_t demand =
			cpu_window_demand(in->process->cpu, in->now_ns, windows[i].seconds);

		/* Half: a second's pass may come in the neighbouring bucket. */
		if (demand < busy || cpu_window_least(in->process->cpu, in->now_ns,
					     windows[i].seconds) < busy / 2)
			continue;
		ret_finding->grade = windows[i].grade;
		finding_add_integer(ret_finding, "demand_permille", demand);
		finding_add_integer(ret_finding, "window_seconds", windows[i].seconds);
		finding_add_integer(ret_finding, "cpus_allowed", cpus);
		finding_add_integer(ret_finding, "threads", in->process->threads);
		snprintf(ret_finding->summary, sizeof(ret_finding->summary),
			"wants %u.%u CPUs of %u for %u s", demand / 1000, demand % 1000 / 100, cpus,
			windows[i].seconds);
		return true;
	}
	return false;
}

const struct detector detector_sustained_cpu = {
	.name = "sustained_cpu",
	.meaning = "It has wanted a whole CPU or more for the whole of a window.",
	.events = DETECTOR_ON(EVENT_TASK),
	.fields = {{"demand_permille", EVIDENCE_INTEGER, "run time and wait, thousandths of a CPU"},
		{"window_seconds", EVIDENCE_INTEGER, "length of the window it is averaged over"},
		{"cpus_allowed", EVIDENCE_INTEGER, "CPUs it may run on"},
		{"threads", EVIDENCE_INTEGER, "threads it has"}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};

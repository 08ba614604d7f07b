/* SPDX-License-Identifier: Apache-2.0 */
/* Findings -> a score -> a severity, in integers. */
#include "score.h"

#include <string.h>

#include "rules.h"

#define WHOLE_PPM UINT64_C(1000000)
#define WHOLE_FINE UINT64_C(1000000000000) /* so that the product loses nothing that shows */
#define SECOND_NS UINT64_C(1000000000)
#define GROUPS_MAX 32 /* rules_load refuses more groups */

uint32_t score_decay(const struct score_part *part, uint64_t now_ns)
{
	uint64_t half_life_ns = part->half_life_s * SECOND_NS;
	uint64_t age_ns, halvings, full, rest_ms;
	uint32_t weight_ppm =
		(uint32_t)(part->weight_ppm * (WHOLE_PPM - part->lowered_ppm) / WHOLE_PPM);

	if (!part->dead_ns || !half_life_ns || now_ns <= part->dead_ns)
		return weight_ppm;
	age_ns = now_ns - part->dead_ns;
	halvings = age_ns / half_life_ns;
	if (halvings >= 32)
		return 0;
	full = weight_ppm >> halvings;
	/* Between two halvings a straight line from full to full / 2; milliseconds keep it in 64
	 * bits. */
	rest_ms = age_ns % half_life_ns / 1000000;
	return (uint32_t)(full - full * rest_ms / (2 * (half_life_ns / 1000000)));
}

unsigned score_combine(const struct score_part *parts, unsigned count, uint64_t now_ns)
{
	uint32_t strongest[GROUPS_MAX] = {0};
	uint64_t innocent = WHOLE_FINE;

	for (unsigned i = 0; i < count; i++) {
		uint32_t weight = score_decay(&parts[i], now_ns);

		if (parts[i].group < GROUPS_MAX && weight > strongest[parts[i].group])
			strongest[parts[i].group] = weight;
	}
	for (unsigned group = 0; group < GROUPS_MAX; group++)
		innocent = innocent * (WHOLE_PPM - strongest[group]) / WHOLE_PPM;
	return (unsigned)((WHOLE_FINE - innocent) * 100 / WHOLE_FINE);
}

enum severity score_severity(const struct rules *rules, unsigned score)
{
	if (score >= rules_setting(rules, "severity_critical"))
		return SEVERITY_CRITICAL;
	if (score >= rules_setting(rules, "severity_high"))
		return SEVERITY_HIGH;
	if (score >= rules_setting(rules, "severity_medium"))
		return SEVERITY_MEDIUM;
	return SEVERITY_NONE;
}

static const char *const names[] = {
	[SEVERITY_NONE] = "none",
	[SEVERITY_MEDIUM] = "medium",
	[SEVERITY_HIGH] = "high",
	[SEVERITY_CRITICAL] = "critical",
};

const char *severity_name(enum severity severity)
{
	return names[severity];
}

enum severity severity_number(const char *name)
{
	for (unsigned i = SEVERITY_MEDIUM; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return SEVERITY_NONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the metrics' lines, and that the longest ones there can be find room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"
#include "metrics/metrics_text.h"

enum { LACKING = 16 }; /* sensor.h's LACKING_MAX */

struct sample {
	struct status_facts facts;
	struct pipeline_statistics statistics;
	struct event_counters counters;
	struct hook_states hooks;
	struct event_degraded degraded[LACKING];
	uint8_t digest[32];
	char text[METRICS_TEXT_MAX + 1];
};

static struct sample *sample_new(void)
{
	struct sample *sample = calloc(1, sizeof(*sample));

	assert_non_null(sample);
	sample->facts = (struct status_facts){.hooks = &sample->hooks,
		.degraded = sample->degraded,
		.statistics = &sample->statistics,
		.counters = &sample->counters,
		.delivered = sample->counters.submitted,
		.rules_digest = sample->digest};
	return sample;
}

static void lines_are_there(void **state)
{
	struct sample *sample = sample_new();
	static const char *const lines[] = {
		"# HELP minerwatch_up 1 while the sensor answers its exporter.\n",
		"\n# TYPE minerwatch_up gauge\nminerwatch_up 1\n",
		"\nminerwatch_ready 1\n",
		"\nminerwatch_start_time_seconds 1767225659.250000\n",
		"\n# TYPE minerwatch_gaps_total counter\nminerwatch_gaps_total 3\n",
		"\n# TYPE minerwatch_gap_seconds_total counter\n"
		"minerwatch_gap_seconds_total 62.005000\n",
		"\n# TYPE minerwatch_longest_round_seconds gauge\n"
		"minerwatch_longest_round_seconds 0.012345\n",
		"\nminerwatch_hook{hook=\"exec\",state=\"proven\"} 1\n",
		"\nminerwatch_hook{hook=\"exec\",state=\"attached\"} 0\n",
		"\nminerwatch_hook{hook=\"fork\",state=\"missing\"} 1\n",
		"\nminerwatch_degraded{what=\"cgroup\"} 1\n",
		"\nminerwatch_records_dropped_total{class=\"connect\"} 5\n",
		"\nminerwatch_records_skipped_total{class=\"connect\"} 7\n",
		"\nminerwatch_records_delivered_total{class=\"socket\"} 11\n",
		"\nminerwatch_alerts_total{severity=\"high\"} 13\n",
		"\nminerwatch_incidents_open{severity=\"critical\"} 2\n",
		"\nminerwatch_incident_score_highest 97\n",
		"\nminerwatch_rules_info{digest=\"ab0000",
	};

	(void)state;
	sample->facts.ready = true;
	sample->facts.start_ns = SECONDS(59);
	sample->facts.wall_offset_ns = (int64_t)SECONDS(1767225600) + 250000000;
	sample->facts.gaps = 3;
	sample->facts.gap_ms = 62005;
	sample->facts.longest_round_ns = 12345678;
	sample->hooks =
		(struct hook_states){.links = LINK_BIT(LINK_EXEC), .proven = LINK_BIT(LINK_EXEC)};
	sample->facts.degraded_count = 1;
	strcpy(sample->degraded[0].what, "cgroup");
	sample->counters.dropped[CLASS_CONNECT] = 5;
	sample->counters.skipped[CLASS_CONNECT] = 7;
	sample->counters.submitted[CLASS_SOCKET] = 11;
	sample->statistics.alerts_by[SEVERITY_HIGH] = 13;
	sample->statistics.incidents_open[SEVERITY_CRITICAL] = 2;
	sample->statistics.score_highest = 97;
	sample->digest[0] = 0xab;
	sample->text[metrics_text(&sample->facts, sample->text)] = '\0';
	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!strstr(sample->text, lines[i]))
			fail_msg("not there: %s", lines[i]);
	free(sample);
}

static void longest_fits(void **state)
{
	struct sample *sample = sample_new();
	size_t len;

	(void)state;
	memset(&sample->counters, 0xff, sizeof(sample->counters));
	memset(&sample->statistics, 0xff, sizeof(sample->statistics));
	for (unsigned i = 0; i < LACKING; i++)
		memset(sample->degraded[i].what, 'x', sizeof(sample->degraded[i].what) - 1);
	sample->facts.degraded_count = LACKING;
	sample->facts.allowed = UINT64_MAX;
	sample->facts.rules_swaps = sample->facts.rules_refused = UINT64_MAX;
	sample->facts.gaps = sample->facts.gap_ms = sample->facts.longest_round_ns = UINT64_MAX;
	len = metrics_text(&sample->facts, sample->text);
	sample->text[len] = '\0';
	/* What finds no room is left out: so the last line is there, and half is to spare. */
	assert_non_null(
		strstr(sample->text, "\nminerwatch_rules_refused_total 18446744073709551615\n"));
	assert_true(len < METRICS_TEXT_MAX / 2);
	free(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_there),
		cmocka_unit_test(longest_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the status line says, and that it holds all that can be missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "core_fixture.h"
#include "status.h"

static const uint8_t digest[32] = {0xab, 0xcd};

static void line_says(void **state)
{
	struct canary canary = {.expected = 1u << CANARY_EXEC | 1u << CANARY_FORK,
		.seen = 1u << CANARY_EXEC,
		.untried = 1u << CANARY_CGROUP};
	struct event_degraded degraded[] = {
		{.what = "cgroup", .why = "not \"tried\""}, {.what = "exit", .why = "refused"}};
	struct pipeline_statistics statistics = {
		.records = 1009, .refused = 2, .evicted = 4, .alerts = 3};
	struct event_counters counters = {.submitted = {[CLASS_FORK] = 19},
		.dropped = {[CLASS_EXEC] = 5, [CLASS_EXAMINER] = 7},
		.truncated = {[CLASS_EXEC] = 23},
		.failed = {[CLASS_CGROUP] = 29},
		.skipped = {[CLASS_CONNECT] = 31}};
	static const __u64 delivered[CLASS_COUNT] = {[CLASS_FORK] = 17};
	struct status_facts facts = {.pid = 4711,
		.ready = true,
		.now_ns = SECONDS(100),
		.start_ns = SECONDS(59),
		.wall_offset_ns = (int64_t)SECONDS(1767225600),
		.canary = &canary,
		.attached = 1u << CANARY_EXEC | 1u << CANARY_TASKS,
		.degraded = degraded,
		.degraded_count = 2,
		.statistics = &statistics,
		.counters = &counters,
		.delivered = delivered,
		.rules_digest = digest,
		.allowed = 17,
		.rules_swaps = 11,
		.rules_refused = 13,
		.longest_round_ns = 19999};
	static const char wanted[] =
		"{\"schema\":\"minerwatch.status/1\",\"version\":\"0.1.0\",\"pid\":4711,"
		"\"ready\":true,\"since\":\"2026-01-01T00:00:59.000000000Z\","
		"\"uptime_seconds\":41,\"hooks\":{\"exec\":\"seen\",\"fork\":\"attached\","
		"\"exit\":\"missing\",\"connect_tcp\":\"missing\",\"connect_udp\":\"missing\","
		"\"payload\":\"missing\","
		"\"cgroup\":\"attached\",\"tasks\":\"attached\"},"
		"\"degraded\":[{\"what\":\"cgroup\",\"why\":\"not \\\"tried\\\"\"},"
		"{\"what\":\"exit\",\"why\":\"refused\"}],\"records\":1009,\"refused\":2,"
		"\"submitted\":{\"exec\":0,\"fork\":19,\"exit\":0,\"connect\":0,\"cgroup\":0,"
		"\"task\":0,\"examiner\":0,\"payload\":0,\"socket\":0},"
		"\"delivered\":{\"exec\":0,\"fork\":17,\"exit\":0,\"connect\":0,\"cgroup\":0,"
		"\"task\":0,\"examiner\":0,\"payload\":0,\"socket\":0},"
		"\"dropped\":{\"exec\":5,\"fork\":0,\"exit\":0,\"connect\":0,\"cgroup\":0,"
		"\"task\":0,\"examiner\":7,\"payload\":0,\"socket\":0},"
		"\"truncated\":{\"exec\":23,\"fork\":0,\"exit\":0,\"connect\":0,\"cgroup\":0,"
		"\"task\":0,\"examiner\":0,\"payload\":0,\"socket\":0},"
		"\"failed\":{\"exec\":0,\"fork\":0,\"exit\":0,\"connect\":0,\"cgroup\":29,"
		"\"task\":0,\"examiner\":0,\"payload\":0,\"socket\":0},"
		"\"skipped\":{\"exec\":0,\"fork\":0,\"exit\":0,\"connect\":31,\"cgroup\":0,"
		"\"task\":0,\"examiner\":0,\"payload\":0,\"socket\":0},\"evicted\":4,\"alerts\":3,"
		"\"rules\":"
		"\"abcd000000000000000000000000000000000000000000000000000000000000\","
		"\"allowed\":17,\"rules_swaps\":11,\"rules_refused\":13,\"longest_round_us\":19}\n";
	char line[STATUS_LINE_MAX + 1];

	(void)state;
	line[status_line(&facts, line)] = '\0';
	assert_string_equal(line, wanted);
	facts.ready = false;
	line[status_line(&facts, line)] = '\0';
	assert_non_null(strstr(line, "\"ready\":false"));
}

/* All that can be missing, each text as long as it can be and all of it escaped. */
static void longest_line_fits(void **state)
{
	enum { LACKING = 16 }; /* sensor.h's LACKING_MAX */
	struct event_degraded degraded[LACKING];
	struct canary canary = {0};
	struct pipeline_statistics statistics = {.records = UINT64_MAX,
		.refused = UINT64_MAX,
		.evicted = UINT64_MAX,
		.alerts = UINT64_MAX};
	struct event_counters counters;
	struct status_facts facts = {.canary = &canary,
		.degraded = degraded,
		.degraded_count = LACKING,
		.statistics = &statistics,
		.counters = &counters,
		.delivered = counters.submitted,
		.rules_digest = digest};
	char line[STATUS_LINE_MAX];
	size_t len;
	json_t *json;

	(void)state;
	memset(&counters, 0xff, sizeof(counters));
	memset(degraded, 1, sizeof(degraded));
	for (unsigned i = 0; i < LACKING; i++) {
		degraded[i].what[sizeof(degraded[i].what) - 1] = '\0';
		degraded[i].why[sizeof(degraded[i].why) - 1] = '\0';
	}
	len = status_line(&facts, line);
	json = json_loadb(line, len, 0, NULL);
	assert_non_null(json);
	assert_int_equal(json_array_size(json_object_get(json, "degraded")), LACKING);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_says),
		cmocka_unit_test(longest_line_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

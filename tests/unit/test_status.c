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
#include "sinks/sink_set.h"
#include "status.h"

static const uint8_t digest[32] = {0xab, 0xcd};

static void line_says(void **state)
{
	struct hook_states hooks = {
		.links = LINK_BIT(LINK_EXEC) | LINK_BIT(LINK_FORK) | LINK_BIT(LINK_TASKS) |
			 canary_hook_links(CANARY_CGROUP),
		.proven = LINK_BIT(LINK_EXEC),
		.seen = LINK_BIT(LINK_EXEC) | LINK_BIT(LINK_TASKS),
	};
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
		.hooks = &hooks,
		.gaps = 19,
		.gap_ms = 9973,
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
		"\"uptime_seconds\":41,\"hooks\":{\"exec\":\"proven\",\"fork\":\"attached\","
		"\"exit\":\"missing\",\"connect_tcp\":\"missing\",\"connect_udp\":\"missing\","
		"\"payload\":\"missing\","
		"\"cgroup\":\"attached\",\"tasks\":\"seen\",\"sockets\":\"missing\"},"
		"\"degraded\":[{\"what\":\"cgroup\",\"why\":\"not \\\"tried\\\"\"},"
		"{\"what\":\"exit\",\"why\":\"refused\"}],\"gaps\":19,\"gap_ms\":9973,\"records\":"
		"1009,\"refused\":2,"
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
		"\"sinks\":[{\"name\":\"-\",\"queued\":2,\"written\":0,\"lost\":0},"
		"{\"name\":\"unix:/s\",\"queued\":2,\"written\":0,\"lost\":0}],"
		"\"rules\":"
		"\"abcd000000000000000000000000000000000000000000000000000000000000\","
		"\"allowed\":17,\"rules_swaps\":11,\"rules_refused\":13,\"longest_round_us\":19}\n";
	static const char *const targets[] = {"-", "unix:/s"};
	static const int sockets[] = {-1, -1};
	char line[STATUS_LINE_MAX + 1];

	(void)state;
	facts.sinks = sink_set_new(targets, 2, sockets);
	sink_set_put(facts.sinks, &(struct sink_line){.bytes = "a\n", .len = 2});
	sink_set_put(facts.sinks, &(struct sink_line){.bytes = "b\n", .len = 2});
	line[status_line(&facts, line)] = '\0';
	assert_string_equal(line, wanted);
	facts.ready = false;
	line[status_line(&facts, line)] = '\0';
	assert_non_null(strstr(line, "\"ready\":false"));
	facts.ready = true;
	hooks.dead = LINK_BIT(LINK_EXEC);
	line[status_line(&facts, line)] = '\0';
	assert_non_null(strstr(line, "\"ready\":false"));
	assert_non_null(strstr(line, "\"exec\":\"dead\""));
	sink_set_free(facts.sinks);
}

/* All that can be missing, each text as long as it can be; what is not our own word is escaped. */
static void longest_line_fits(void **state)
{
	enum { LACKING = 16 }; /* sensor.h's LACKING_MAX */
	struct event_degraded degraded[LACKING];
	struct hook_states hooks = {0};
	struct pipeline_statistics statistics = {.records = UINT64_MAX,
		.refused = UINT64_MAX,
		.evicted = UINT64_MAX,
		.alerts = UINT64_MAX};
	struct event_counters counters;
	struct status_facts facts = {.hooks = &hooks,
		.gaps = UINT64_MAX,
		.gap_ms = UINT64_MAX,
		.degraded = degraded,
		.degraded_count = LACKING,
		.statistics = &statistics,
		.counters = &counters,
		.delivered = counters.submitted,
		.rules_digest = digest};
	const char *targets[SINKS_MAX];
	int sockets[SINKS_MAX];
	char line[STATUS_LINE_MAX], name[2 * STATUS_SINK_MAX];
	size_t len;
	json_t *json;

	(void)state;
	memset(name, 1, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memset(sockets, -1, sizeof(sockets));
	for (unsigned i = 0; i < SINKS_MAX; i++)
		targets[i] = name;
	facts.sinks = sink_set_new(targets, SINKS_MAX, sockets);
	memset(&counters, 0xff, sizeof(counters));
	memset(degraded, 1, sizeof(degraded));
	for (unsigned i = 0; i < LACKING; i++) {
		memset(degraded[i].what, 'w', sizeof(degraded[i].what) - 1);
		degraded[i].what[sizeof(degraded[i].what) - 1] = '\0';
		degraded[i].why[sizeof(degraded[i].why) - 1] = '\0';
	}
	len = status_line(&facts, line);
	json = json_loadb(line, len, 0, NULL);
	assert_non_null(json);
	assert_int_equal(json_array_size(json_object_get(json, "degraded")), LACKING);
	assert_int_equal(json_array_size(json_object_get(json, "sinks")), SINKS_MAX);
	json_decref(json);
	sink_set_free(facts.sinks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_says),
		cmocka_unit_test(longest_line_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

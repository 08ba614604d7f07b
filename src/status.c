/* SPDX-License-Identifier: Apache-2.0 */
/* What a running sensor says of itself when it is asked: one JSON line, minerwatch.status/1. */
#include "status.h"

#include <string.h>

#include "sinks/sink_set.h"
#include "util/json_writer.h"
#include "util/rfc3339.h"
#include "version.h"

#define SECOND_NS UINT64_C(1000000000)

const char *const status_class_names[STATUS_CLASSES] = {
	[CLASS_EXEC] = "exec",
	[CLASS_FORK] = "fork",
	[CLASS_EXIT] = "exit",
	[CLASS_CONNECT] = "connect",
	[CLASS_CGROUP] = "cgroup",
	[CLASS_TASK] = "task",
	[CLASS_EXAMINER] = "examiner",
	[CLASS_PAYLOAD] = "payload",
	[CLASS_SOCKET] = "socket",
};

static void put_hooks(struct json_writer *json, const struct status_facts *facts)
{
	json_object_begin(json, "hooks");
	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++)
		json_put_word(json, canary_hook_name(hook),
			hook_state_name(hook_state(facts->hooks, hook)));
	json_object_end(json);
}

static void put_degraded(struct json_writer *json, const struct status_facts *facts)
{
	json_array_begin(json, "degraded");
	for (unsigned i = 0; i < facts->degraded_count; i++) {
		json_object_begin(json, NULL);
		json_put_word(json, "what", facts->degraded[i].what);
		json_put_word(json, "why", facts->degraded[i].why);
		json_object_end(json);
	}
	json_array_end(json);
}

/* What became of each record: submitted ones were delivered, or wait to be. */
static void put_classes(struct json_writer *json, const char *key, const __u64 *counts)
{
	json_object_begin(json, key);
	for (unsigned i = 0; i < STATUS_CLASSES; i++)
		json_put_unsigned(json, status_class_names[i], counts[i]);
	json_object_end(json);
}

static void put_counters(struct json_writer *json, const struct status_facts *facts)
{
	json_put_unsigned(json, "records", facts->statistics->records);
	json_put_unsigned(json, "refused", facts->statistics->refused);
	put_classes(json, "submitted", facts->counters->submitted);
	put_classes(json, "delivered", facts->delivered);
	put_classes(json, "dropped", facts->counters->dropped);
	put_classes(json, "truncated", facts->counters->truncated);
	put_classes(json, "failed", facts->counters->failed);
	put_classes(json, "skipped", facts->counters->skipped);
	json_put_unsigned(json, "evicted", facts->statistics->evicted);
	json_put_unsigned(json, "alerts", facts->statistics->alerts);
}

static void put_sinks(struct json_writer *json, const struct sink_set *sinks)
{
	json_array_begin(json, "sinks");
	for (unsigned i = 0; i < sink_set_count(sinks); i++) {
		struct line_counters counters = sink_set_counters(sinks, i);
		const char *name = sink_set_target(sinks, i);

		json_object_begin(json, NULL);
		json_put_string(json, "name", (struct span){name, strnlen(name, STATUS_SINK_MAX)});
		json_put_unsigned(json, "queued", counters.queued);
		json_put_unsigned(json, "written", counters.written);
		json_put_unsigned(json, "lost", counters.lost);
		json_object_end(json);
	}
	json_array_end(json);
}

size_t status_line(const struct status_facts *facts, char ret_line[static STATUS_LINE_MAX])
{
	struct span digest = {(const char *)facts->rules_digest, 32};
	char since[RFC3339_SIZE];
	struct json_writer json;

	rfc3339_format(facts->start_ns, facts->wall_offset_ns, since);
	json_init(&json, ret_line, STATUS_LINE_MAX);
	json_object_begin(&json, NULL);
	json_put_word(&json, "schema", STATUS_SCHEMA);
	json_put_word(&json, "version", MINERWATCH_VERSION);
	json_put_integer(&json, "pid", facts->pid);
	json_put_bool(&json, "ready", facts->ready && !facts->hooks->dead);
	json_put_word(&json, "since", since);
	json_put_unsigned(&json, "uptime_seconds", (facts->now_ns - facts->start_ns) / SECOND_NS);
	put_hooks(&json, facts);
	put_degraded(&json, facts);
	json_put_unsigned(&json, "gaps", facts->gaps);
	json_put_unsigned(&json, "gap_ms", facts->gap_ms);
	put_counters(&json, facts);
	put_sinks(&json, facts->sinks);
	json_put_hex(&json, "rules", digest);
	json_put_unsigned(&json, "allowed", facts->allowed);
	json_put_unsigned(&json, "rules_swaps", facts->rules_swaps);
	json_put_unsigned(&json, "rules_refused", facts->rules_refused);
	json_put_unsigned(&json, "longest_round_us", facts->longest_round_ns / 1000);
	json_object_end(&json);
	json_put_newline(&json);
	return json.len;
}

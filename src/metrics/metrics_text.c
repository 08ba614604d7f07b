/* SPDX-License-Identifier: Apache-2.0 */
/* What a running sensor says of itself to Prometheus: its text format, version 0.0.4. */
#include "metrics/metrics_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sinks/sink_set.h"
#include "sinks/sinks.h"
#include "version.h"

#define SECOND_US 1000000

struct text {
	char *buffer;
	size_t len;
};

/* What finds no room is left out: a line that is cut would be taken for a wrong number. */
__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
	size_t room = METRICS_TEXT_MAX - text->len;
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(text->buffer + text->len, room, format, arguments);
	va_end(arguments);
	if (len > 0 && (size_t)len < room)
		text->len += (size_t)len;
}

static void family(struct text *text, const char *name, const char *type, const char *help)
{
	put(text, "# HELP minerwatch_%s %s\n# TYPE minerwatch_%s %s\n", name, help, name, type);
}

static void single(struct text *text, const char *name, const char *type, const char *help,
	unsigned long long value)
{
	family(text, name, type, help);
	put(text, "minerwatch_%s %llu\n", name, value);
}

/* Prometheus' unit of time. */
static void seconds(struct text *text, const char *name, const char *type, const char *help,
	unsigned long long us)
{
	family(text, name, type, help);
	put(text, "minerwatch_%s %llu.%06llu\n", name, us / SECOND_US, us % SECOND_US);
}

/* The words are ours and need no escaping. */
static void labelled(struct text *text, const char *name, const char *label, const char *word,
	unsigned long long value)
{
	put(text, "minerwatch_%s{%s=\"%s\"} %llu\n", name, label, word, value);
}

static void put_classes(struct text *text, const struct status_facts *facts)
{
	const struct {
		const char *name, *help;
		const __u64 *counts;
	} rows[] = {
		{"records_submitted_total", "Records the kernel programs handed over.",
			facts->counters->submitted},
		{"records_delivered_total", "Records taken from the kernel programs.",
			facts->delivered},
		{"records_dropped_total",
			"Records lost: no room in the ring, over a cgroup's budget, jobs given up.",
			facts->counters->dropped},
		{"records_truncated_total", "Records with a field that was cut.",
			facts->counters->truncated},
		{"records_failed_total", "Helpers that failed; the record lacks that field.",
			facts->counters->failed},
		{"records_skipped_total", "Records not made on purpose: repeated connects.",
			facts->counters->skipped},
	};

	for (unsigned row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		family(text, rows[row].name, "counter", rows[row].help);
		for (unsigned i = 0; i < STATUS_CLASSES; i++)
			labelled(text, rows[row].name, "class", status_class_names[i],
				rows[row].counts[i]);
	}
}

static void put_hooks(struct text *text, const struct status_facts *facts)
{
	family(text, "hook", "gauge", "1 for the state a hook is in; attached proves nothing.");
	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++)
		for (enum hook_state state = HOOK_MISSING; state <= HOOK_PROVEN; state++)
			put(text, "minerwatch_hook{hook=\"%s\",state=\"%s\"} %d\n",
				canary_hook_name(hook), hook_state_name(state),
				hook_state(facts->hooks, hook) == state);
	family(text, "degraded", "gauge", "1 for each thing this run cannot see.");
	for (unsigned i = 0; i < facts->degraded_count; i++)
		labelled(text, "degraded", "what", facts->degraded[i].what, 1);
}

/* By their place among --alerts: a target can be any text. */
static void put_sinks(struct text *text, const struct status_facts *facts)
{
	static const struct {
		const char *name, *type, *help;
		size_t offset;
	} rows[] = {
		{"sink_lines_queued", "gauge", "Lines that wait for a sink.",
			offsetof(struct line_counters, queued)},
		{"sink_lines_written_total", "counter", "Lines a sink has taken.",
			offsetof(struct line_counters, written)},
		{"sink_lines_lost_total", "counter", "Lines a sink could not be given.",
			offsetof(struct line_counters, lost)},
	};

	for (unsigned row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		family(text, rows[row].name, rows[row].type, rows[row].help);
		for (unsigned i = 0; i < sink_set_count(facts->sinks); i++) {
			struct line_counters counters = sink_set_counters(facts->sinks, i);
			uint64_t number;

			memcpy(&number, (const char *)&counters + rows[row].offset, sizeof(number));
			put(text, "minerwatch_%s{sink=\"%u\",type=\"%s\"} %llu\n", rows[row].name,
				i + 1, sink_type_of(sink_set_target(facts->sinks, i))->name,
				(unsigned long long)number);
		}
	}
}

static void put_alerts(struct text *text, const struct status_facts *facts)
{
	const struct pipeline_statistics *statistics = facts->statistics;

	family(text, "alerts_total", "counter", "Alerts by their severity.");
	for (unsigned i = SEVERITY_MEDIUM; i < SEVERITY_COUNT; i++)
		labelled(text, "alerts_total", "severity", severity_name(i),
			statistics->alerts_by[i]);
	family(text, "incidents_open", "gauge",
		"Open incidents by what was last reported of them.");
	for (unsigned i = SEVERITY_MEDIUM; i < SEVERITY_COUNT; i++)
		labelled(text, "incidents_open", "severity", severity_name(i),
			statistics->incidents_open[i]);
	single(text, "incident_score_highest", "gauge",
		"Highest score of an open incident, 0 to 100.", statistics->score_highest);
	single(text, "incidents_allowed_total", "counter",
		"Incidents the allow-list kept from being reported.", facts->allowed);
}

static void put_run(struct text *text, const struct status_facts *facts)
{
	uint64_t start_ns = facts->start_ns + (uint64_t)facts->wall_offset_ns;
	const struct pipeline_statistics *statistics = facts->statistics;

	family(text, "build_info", "gauge", "The version in its label.");
	labelled(text, "build_info", "version", MINERWATCH_VERSION, 1);
	single(text, "ready", "gauge", "1 once every hook's own event has been waited for.",
		facts->ready && !facts->hooks->dead);
	seconds(text, "start_time_seconds", "gauge", "When the run began, since 1970.",
		start_ns / 1000);
	single(text, "gaps_total", "counter",
		"Times the sensor did not run for 2 s or longer: stopped, or starved of CPU.",
		facts->gaps);
	seconds(text, "gap_seconds_total", "counter", "How long it did not run, in all gaps.",
		facts->gap_ms * 1000);
	seconds(text, "longest_round_seconds", "gauge",
		"For how long at most it served nobody, since it was ready.",
		facts->longest_round_ns / 1000);
	single(text, "pipeline_records_total", "counter", "Records of all sources.",
		statistics->records);
	single(text, "pipeline_records_refused_total", "counter",
		"Records that were not valid: a bug.", statistics->refused);
	single(text, "evicted_total", "counter",
		"Living processes, cgroups and findings that found no place in a full table.",
		statistics->evicted);
}

static void put_rules(struct text *text, const struct status_facts *facts)
{
	family(text, "rules_info", "gauge", "The digest of the rules in force in its label.");
	put(text, "minerwatch_rules_info{digest=\"");
	for (unsigned i = 0; i < 32; i++)
		put(text, "%02x", facts->rules_digest[i]);
	put(text, "\"} 1\n");
	single(text, "rules_swaps_total", "counter", "Sets of rules that came into force.",
		facts->rules_swaps);
	single(text, "rules_refused_total", "counter", "Sets of rules that were not fit for it.",
		facts->rules_refused);
}

static void put_up(struct text *text, bool up)
{
	single(text, "up", "gauge", "1 while the sensor answers its exporter.", up);
}

size_t metrics_text(const struct status_facts *facts, char ret_text[static METRICS_TEXT_MAX])
{
	struct text text = {.buffer = ret_text};

	put_up(&text, true);
	put_run(&text, facts);
	put_hooks(&text, facts);
	put_classes(&text, facts);
	put_alerts(&text, facts);
	put_sinks(&text, facts);
	put_rules(&text, facts);
	return text.len;
}

size_t metrics_text_down(char ret_text[static METRICS_TEXT_MAX])
{
	struct text text = {.buffer = ret_text};

	put_up(&text, false);
	return text.len;
}

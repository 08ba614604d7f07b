// SPDX-License-Identifier: Apache-2.0
/* Writes an alert as one line of JSON: the shape, version 1, that src/schema.c describes. */
#include <string.h>

#include "alert_writer.h"
#include "rules.h"
#include "util/mask.h"
#include "util/rfc3339.h"
#include "util/span.h"
#include "util/utf8.h"

#define NS_PER_MS 1000000

const char *alert_action_name(enum alert_action action)
{
	static const char *const names[] = {
		[ALERT_OPENED] = "opened",
		[ALERT_RAISED] = "raised",
		[ALERT_UPDATED] = "updated",
		[ALERT_ENDED] = "ended",
		[ALERT_REOPENED] = "reopened",
		[ALERT_SUPPRESSED] = "suppressed",
		[ALERT_TAMPER] = "tamper",
	};

	return names[action];
}

void alert_write_text(struct alert_writer *writer, const char *key, struct span text, size_t max,
	bool cut_before, struct cut_name name)
{
	struct span kept = utf8_cut(cut_before ? utf8_whole(text) : text, max);

	json_put_text(&writer->json, key, kept);
	if (cut_before || kept.len < text.len)
		cut_add(&writer->cuts, name);
}

void alert_write_time(struct alert_writer *writer, const char *key, uint64_t boot_ns)
{
	char text[RFC3339_SIZE];

	rfc3339_format(boot_ns, writer->alert->wall_offset_ns, text);
	json_put_word(&writer->json, key, text);
}

/* A fixed array of a record: up to its NUL, or all of it. */
static void write_array(struct alert_writer *writer, const char *object, const char *key,
	const char *array, size_t size)
{
	alert_write_text(writer, key, (struct span){array, strnlen(array, size)}, ALERT_TEXT_MAX,
		false, (struct cut_name){object, CUT_NO_INDEX, key, NULL});
}

/* The first max of words; cut_name where there were more. */
static void write_words(struct alert_writer *writer, const char *key, const char *const *words,
	unsigned count, unsigned max, struct cut_name name)
{
	json_array_begin(&writer->json, key);
	for (unsigned i = 0; i < count && i < max; i++) {
		struct span kept = utf8_cut(span_of(words[i]), ALERT_TEXT_MAX);

		json_put_string(&writer->json, NULL, kept);
	}
	json_array_end(&writer->json);
	if (count > max)
		cut_add(&writer->cuts, name);
}

static void write_head(struct alert_writer *writer)
{
	const struct alert *alert = writer->alert;
	struct json_writer *json = &writer->json;

	json_put_word(json, "schema", "minerwatch.alert/1");
	alert_write_time(writer, "time", alert->time_ns);
	json_put_hex(json, "id", (struct span){(const char *)alert->id, sizeof(alert->id)});
	json_put_unsigned(json, "seq", alert->seq);
	json_put_word(json, "action", alert_action_name(alert->action));
	json_put_word(json, "severity", severity_name(alert->severity));
}

static void write_summary(struct alert_writer *writer)
{
	alert_write_text(writer, "summary", alert_summary(writer), ALERT_SUMMARY_MAX, false,
		(struct cut_name){"summary", CUT_NO_INDEX, NULL, NULL});
}

static void write_host(struct alert_writer *writer)
{
	const struct event_host *host = writer->alert->host;

	json_object_begin(&writer->json, "host");
	write_array(writer, "host", "name", host->hostname, sizeof(host->hostname));
	if (host->cluster[0])
		write_array(writer, "host", "cluster", host->cluster, sizeof(host->cluster));
	write_array(writer, "host", "kernel", host->kernel, sizeof(host->kernel));
	write_array(writer, "host", "boot_id", host->boot_id, sizeof(host->boot_id));
	json_object_end(&writer->json);
}

static void write_sensor(struct alert_writer *writer)
{
	const struct alert *alert = writer->alert;
	struct json_writer *json = &writer->json;

	json_object_begin(json, "sensor");
	write_array(
		writer, "sensor", "version", alert->host->version, sizeof(alert->host->version));
	json_put_hex(
		json, "rules", (struct span){(const char *)alert->rules_digest, RULES_DIGEST_SIZE});
	write_words(writer, "degraded", alert->degraded, alert->degraded_count,
		writer->limits->degraded,
		(struct cut_name){"sensor", CUT_NO_INDEX, "degraded", NULL});
	json_put_unsigned(json, "dropped", alert->dropped);
	json_object_end(json);
}

/* About no incident: SUPPRESSED, TAMPER. */
static void write_notice(struct alert_writer *writer)
{
	write_head(writer);
	write_summary(writer);
	write_host(writer);
	write_sensor(writer);
	if (writer->alert->action == ALERT_TAMPER)
		alert_write_text(writer, "hook", span_of(writer->alert->hook), ALERT_TEXT_MAX,
			false, (struct cut_name){"hook", CUT_NO_INDEX, NULL, NULL});
	cut_write(&writer->cuts, &writer->json);
	if (writer->alert->action == ALERT_SUPPRESSED)
		json_put_unsigned(&writer->json, "count", writer->alert->count);
}

static void write_incident(struct alert_writer *writer)
{
	const struct alert *alert = writer->alert;
	struct json_writer *json = &writer->json;

	write_head(writer);
	json_put_unsigned(json, "score", alert->score);
	alert_write_time(writer, "since", alert->since_ns);
	if (alert->action == ALERT_ENDED) {
		json_put_decimal(json, "duration_seconds", alert->duration_ns / NS_PER_MS);
		json_put_decimal(json, "cpu_seconds", alert->cpu_ns / NS_PER_MS);
	}
	write_summary(writer);
	write_host(writer);
	if (alert->process)
		alert_write_process(writer);
	alert_write_ancestors(writer);
	if (alert->cgroup_id)
		alert_write_cgroup(writer);
	if (alert->container) {
		alert_write_container(writer);
		alert_write_kubernetes(writer);
	}
	alert_write_findings(writer);
	alert_write_indicators(writer);
	alert_write_attack(writer);
	write_sensor(writer);
	write_words(writer, "pending", alert->pending, alert->pending_count, ALERT_PENDING_MAX,
		(struct cut_name){"pending", CUT_NO_INDEX, NULL, NULL});
	cut_write(&writer->cuts, json);
}

/* The length of the line, 0 when it did not fit. */
static size_t write_line(struct alert_writer *writer, char line[static ALERT_LINE_MAX])
{
	json_init(&writer->json, line, ALERT_LINE_MAX);
	writer->cuts.count = 0;
	json_object_begin(&writer->json, NULL);
	if (writer->alert->action >= ALERT_SUPPRESSED)
		write_notice(writer);
	else
		write_incident(writer);
	json_object_end(&writer->json);
	json_put_newline(&writer->json);
	return writer->json.full ? 0 : writer->json.len;
}

size_t alert_json(const struct alert *alert, const struct redactor *redactor,
	char line[static ALERT_LINE_MAX])
{
	struct alert_limits limits = alert_limits_full(alert);
	struct alert_writer writer = {.alert = alert, .redactor = redactor, .limits = &limits};
	char masked[ALERT_ARGS_MAX], redacted[ALERT_ARGS_MAX];
	size_t len;

	if (alert->process) {
		struct span args = alert->process->args;

		if (alert->process->args_cut)
			args = utf8_whole(args);
		writer.args.data = masked;
		writer.args.len = mask_args(args, masked, sizeof(masked), &writer.args_cut);
		writer.args_cut |= alert->process->args_cut;
		alert_redact_args(&writer, redacted);
	}
	/* The tightest limits always fit: test_alert_json has the longest line there can be. */
	while ((len = write_line(&writer, line)) == 0 && alert_limits_tighten(&limits))
		;
	return len;
}

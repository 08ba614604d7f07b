/* SPDX-License-Identifier: Apache-2.0 */
/* `minerwatch replay`: traces in, alerts out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "alert.h"
#include "commands.h"
#include "compare.h"
#include "log.h"
#include "pipeline.h"
#include "rules.h"
#include "sink.h"
#include "sources/trace.h"
#include "util/redact.h"

struct replay {
	const struct options *options;
	struct rules *rules;
	struct sink sink;
	struct redactor redactor; /* where the options want one */
	struct pipeline *pipeline;
	/* With --compare: */
	struct rules *old_rules;
	struct pipeline *old_pipeline;
	struct compare *compare;
	const char *path; /* of the trace at hand */
	bool rules_compared;
	bool rules_changed; /* during the recorded run */
};

static int write_alert(void *context, const struct alert *alert)
{
	struct replay *replay = context;
	char text[ALERT_LINE_MAX];
	struct sink_line line = {.bytes = text};

	if (replay->compare)
		return compare_add(replay->compare, COMPARE_NEW, alert);
	line.len = alert_json(alert, replay->options->redact ? &replay->redactor : NULL, text);
	return sink_write(&replay->sink, &line);
}

static int keep_old_alert(void *context, const struct alert *alert)
{
	struct replay *replay = context;

	return compare_add(replay->compare, COMPARE_OLD, alert);
}

/* The first record tells what rules the run was made with: those whose judgement is on record. */
static int feed(void *context, void *record, size_t len)
{
	struct replay *replay = context;
	const struct event_host *host = record;

	if (!replay->rules_compared && len >= sizeof(*host) && host->header.type == EVENT_HOST) {
		const struct rules *known = replay->compare ? replay->old_rules : replay->rules;

		replay->rules_compared = true;
		if (memcmp(host->rules_digest, rules_digest(known), RULES_DIGEST_SIZE) != 0)
			log_warning("%s: recorded with other rules%s; alerts may differ from those "
				    "of the run",
				replay->path, replay->compare ? " than OLD" : "");
	}
	if (len >= sizeof(struct event_rules) && host->header.type == EVENT_RULES &&
		!replay->rules_changed) {
		replay->rules_changed = true;
		log_warning("%s: the rules were changed during this run; replay uses one set from "
			    "beginning to end",
			replay->path);
	}
	if (replay->old_pipeline && pipeline_feed(replay->old_pipeline, record, len) < 0)
		return -ENOMEM; /* nothing else can fail there */
	return pipeline_feed(replay->pipeline, record, len);
}

static void report(const struct replay *replay, const struct trace *trace)
{
	const struct trace_problem *problem = trace_problem(trace);
	struct pipeline_statistics statistics;

	pipeline_statistics(replay->pipeline, &statistics);
	if (trace_partial(trace))
		log_warning("%s: partial: its first %llu blocks are not there any more",
			replay->path, (unsigned long long)trace_blocks_lost(trace));
	if (statistics.refused)
		log_warning("%s: %llu of %llu records refused as damaged", replay->path,
			(unsigned long long)statistics.refused,
			(unsigned long long)statistics.records);
	if (statistics.unknown)
		log_warning("%s: %llu records of a type this version does not know", replay->path,
			(unsigned long long)statistics.unknown);
	if (problem)
		log_error("%s: at byte %llu: %s", replay->path, (unsigned long long)problem->offset,
			problem->reason);
}

static int open_pipelines(struct replay *replay)
{
	struct pipeline_config config = {
		.rules = replay->rules, .alert = write_alert, .context = replay};

	replay->old_pipeline = NULL;
	replay->compare = NULL;
	replay->pipeline = pipeline_new(&config);
	if (!replay->old_rules)
		return 0;
	config.rules = replay->old_rules;
	config.alert = keep_old_alert;
	replay->old_pipeline = pipeline_new(&config);
	replay->compare = compare_new();
	return replay->compare ? 0 : -ENOMEM;
}

/* Of several traces each has a heading. */
static int print_comparison(const struct replay *replay)
{
	if (replay->options->operands_count > 1)
		printf("%s:\n", replay->path);
	compare_print(replay->compare, stdout);
	return fflush(stdout) == EOF ? -errno : 0;
}

static enum exit_code replay_one(struct replay *replay, enum severity *highest)
{
	struct record_out out = {.feed = feed, .context = replay};
	struct pipeline_statistics statistics;
	struct trace *trace = NULL;
	enum exit_code code = EXIT_OK;
	int err;

	replay->rules_compared = replay->rules_changed = false;
	if (open_pipelines(replay) < 0) {
		log_error("out of memory");
		code = EXIT_RUNTIME;
		goto out;
	}
	err = trace_open(replay->path, &trace);
	if (err < 0) {
		log_error("%s: %s", replay->path, strerror(-err));
		code = EXIT_USAGE;
		goto out;
	}
	err = trace_feed(trace, &out);
	if (replay->compare && err >= 0)
		err = print_comparison(replay);
	report(replay, trace);
	allow_report(replay->rules, replay->pipeline);
	pipeline_statistics(replay->pipeline, &statistics);
	if (statistics.highest > *highest)
		*highest = statistics.highest;
	if (trace_problem(trace) || statistics.refused) {
		code = EXIT_USAGE;
	} else if (err < 0) {
		log_error("%s: %s", statistics.error ? "stdout" : replay->path, strerror(-err));
		code = EXIT_RUNTIME;
	}
out:
	trace_free(trace);
	pipeline_free(replay->pipeline);
	pipeline_free(replay->old_pipeline);
	compare_free(replay->compare);
	return code;
}

static bool load_old_rules(struct replay *replay)
{
	const char *old = replay->options->compare;

	return rules_load_or_say(strcmp(old, "embedded") == 0 ? NULL : old, &replay->old_rules);
}

enum exit_code command_replay(const struct options *options)
{
	struct replay replay = {.options = options};
	enum severity highest = SEVERITY_NONE;
	bool damaged = false, failed = false;

	if (options->compare && options->redact) {
		log_error("--compare writes no alerts, and quotes findings: not with --redact");
		return EXIT_USAGE;
	}
	if (options->redact && !redactor_load_or_say(options, &replay.redactor))
		return EXIT_USAGE;
	if (!rules_load_or_say(options->rules, &replay.rules))
		return EXIT_USAGE;
	if (options->compare && !load_old_rules(&replay)) {
		rules_free(replay.rules);
		return EXIT_USAGE;
	}
	if (sink_open("-", &replay.sink) < 0)
		failed = true;
	for (unsigned i = 0; i < options->operands_count && !failed; i++) {
		enum exit_code code;

		replay.path = options->operands[i];
		code = replay_one(&replay, &highest);
		damaged |= code == EXIT_USAGE;
		failed |= code == EXIT_RUNTIME;
	}
	sink_close(&replay.sink);
	rules_free(replay.rules);
	rules_free(replay.old_rules);
	if (damaged)
		return EXIT_USAGE;
	if (failed)
		return EXIT_RUNTIME;
	return options->fail_on && highest >= options->fail_on ? EXIT_FOUND : EXIT_OK;
}

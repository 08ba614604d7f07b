/* SPDX-License-Identifier: Apache-2.0 */
/* `minerwatch replay`: traces in, alerts out. */
#include <errno.h>
#include <string.h>

#include "alert.h"
#include "commands.h"
#include "log.h"
#include "pipeline.h"
#include "rules.h"
#include "sink.h"
#include "sources/trace.h"

struct replay {
	const struct options *options;
	struct rules *rules;
	struct sink sink;
	struct pipeline *pipeline;
	const char *path; /* of the trace at hand */
	bool rules_compared;
	bool rules_changed; /* during the recorded run */
};

static int write_alert(void *context, const struct alert *alert)
{
	struct replay *replay = context;
	char line[ALERT_LINE_MAX];

	return sink_write(&replay->sink, line, alert_json(alert, line));
}

/* The first record tells what rules the run was made with. */
static int feed(void *context, void *record, size_t len)
{
	struct replay *replay = context;
	const struct event_host *host = record;

	if (!replay->rules_compared && len >= sizeof(*host) && host->header.type == EVENT_HOST) {
		replay->rules_compared = true;
		if (memcmp(host->rules_digest, rules_digest(replay->rules), 32) != 0)
			log_warning("%s: recorded with other rules; alerts may differ from those "
				    "of the run",
				replay->path);
	}
	if (len >= sizeof(struct event_rules) && host->header.type == EVENT_RULES &&
		!replay->rules_changed) {
		replay->rules_changed = true;
		log_warning("%s: the rules were changed during this run; replay uses one set from "
			    "beginning to end",
			replay->path);
	}
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

static enum exit_code replay_one(struct replay *replay, enum severity *highest)
{
	struct pipeline_config config = {
		.rules = replay->rules, .alert = write_alert, .context = replay};
	struct record_out out = {.feed = feed, .context = replay};
	struct pipeline_statistics statistics;
	struct trace *trace = NULL;
	enum exit_code code = EXIT_OK;
	int err;

	replay->rules_compared = replay->rules_changed = false;
	replay->pipeline = pipeline_new(&config);
	if (!replay->pipeline) {
		log_error("out of memory");
		return EXIT_RUNTIME;
	}
	err = trace_open(replay->path, &trace);
	if (err < 0) {
		log_error("%s: %s", replay->path, strerror(-err));
		code = EXIT_USAGE;
		goto out;
	}
	err = trace_feed(trace, &out);
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
	return code;
}

enum exit_code command_replay(const struct options *options)
{
	struct replay replay = {.options = options};
	enum severity highest = SEVERITY_NONE;
	bool damaged = false, failed = false;

	if (!rules_load_or_say(options->rules, &replay.rules))
		return EXIT_USAGE;
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
	if (damaged)
		return EXIT_USAGE;
	if (failed)
		return EXIT_RUNTIME;
	return options->fail_on && highest >= options->fail_on ? EXIT_FOUND : EXIT_OK;
}

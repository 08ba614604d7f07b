/* SPDX-License-Identifier: Apache-2.0 */
/* `minerwatch run` and `record`: opens the outputs, brings sources, pipeline and sinks together. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alert.h"
#include "commands.h"
#include "launcher.h"
#include "log.h"
#include "metrics/metrics_listener.h"
#include "pipeline.h"
#include "promises.h"
#include "rules.h"
#include "scan_report.h"
#include "sensor.h"
#include "status_socket.h"
#include "util/redact.h"

#define CONTENT_IN_FLIGHT 2 /* what goes first waits for no more of the others */
#define CONTENT_SMALL (16 << 20) /* bytes: a quarter of a second as weights.conf comes */
#define END_WITHIN_MS 10000 /* the last records, a trace on disk, sinks that are slow */
/* The shortest window of sustained CPU, whole, and up to 3 s until its first difference is taken.
 */
#define SCAN_SECONDS 13

static int write_record(void *context, const void *record, size_t len)
{
	struct sensor *sensor = context;

	rounding_watch(&sensor->rounding, record, len);
	proc_listing_watch(sensor->listing, record, len);
	return sensor->record ? record_write(sensor->record, record, len) : 0;
}

/* What was just executed does not wait for what takes long, or hangs. */
static bool is_long(const struct examine_job *job)
{
	return job->later || job->objects != CONTENT_BIT(CONTENT_EXE) ||
	       job->file.size > CONTENT_SMALL;
}

static void request_examination(void *context, const struct examine_job *job)
{
	struct sensor *sensor = context;

	if (job->kind == EXAMINE_SOCKETS)
		sockets_request(&sensor->sockets, job->process.pid);
	else if (job->kind != EXAMINE_CONTENT)
		examiner_request(sensor->examiner, job);
	else
		examiner_request(is_long(job) ? sensor->large_content : sensor->content, job);
}

static enum exit_code open_outputs(struct sensor *sensor, const struct options *options)
{
	int err = sensor_check_sinks(&options->alerts);

	if (err < 0 || !options->record)
		return exit_code_of(err);
	err = record_open(options->record, options->record_max, &sensor->record);
	if (err < 0)
		log_error("%s: %s", options->record,
			err == -EEXIST ? "exists and is no trace; it is left alone"
				       : strerror(-err));
	return exit_code_of(err);
}

/* Somebody who answers there already is most likely another minerwatch. */
static enum exit_code open_status(struct sensor *sensor, const char *path)
{
	int err = path ? status_socket_open(path, &sensor->status) : 0;

	if (err < 0)
		log_error("--status %s: %s", path,
			err == -EADDRINUSE ? "a sensor that runs already answers there"
			: err == -EPERM
				? "its directory is a link, or belongs to or can be written by "
				  "somebody else"
			: err == -EEXIST ? "exists and is no socket; it is left alone"
					 : strerror(-err));
	return exit_code_of(err);
}

static enum exit_code open_pipeline(
	struct sensor *sensor, const struct options *options, const int *sockets)
{
	struct pipeline_config config = {
		.rules = sensor->rules,
		.alert = sensor_put_alert,
		.tee = write_record,
		.examine = request_examination,
		.context = sensor,
	};

	if (options->alerts.count)
		sensor->sinks = sink_set_new(
			options->alerts.at, options->alerts.count, sockets + LAUNCHER_WRITERS);
	sensor->listing = proc_listing_new();
	sensor->pipeline = pipeline_new(&config);
	sensor->out = (struct record_out){.feed = pipeline_feed, .context = sensor->pipeline};
	sensor->examiner =
		examiner_new(&sensor->out, EXAMINER_IN_FLIGHT_MAX, sockets[LAUNCHER_EXAMINER]);
	sensor->content = examiner_new(&sensor->out, CONTENT_IN_FLIGHT, sockets[LAUNCHER_CONTENT]);
	sensor->large_content =
		examiner_new(&sensor->out, CONTENT_IN_FLIGHT, sockets[LAUNCHER_LARGE_CONTENT]);
	sensor->rounding.visitor = visitor_new(sockets[LAUNCHER_VISITOR]);
	sensor->reload.fd = sockets[LAUNCHER_LOADER];
	if (sockets[LAUNCHER_METRICS] >= 0)
		sensor_metrics_renew(sensor, sockets[LAUNCHER_METRICS]);
	sensor->payload = payload_new(&sensor->out);
	if (sensor->examiner && sensor->content && sensor->large_content &&
		sensor->rounding.visitor && sensor->payload && sensor->listing &&
		(sensor->sinks || !options->alerts.count))
		return EXIT_OK;
	log_error("out of memory");
	return EXIT_RUNTIME;
}

/* Says what went wrong inside, if anything did. */
static enum exit_code close_all(struct sensor *sensor, const struct options *options)
{
	struct pipeline_statistics statistics = {0};
	enum exit_code code = EXIT_OK;
	int err;

	examiner_free(sensor->examiner);
	examiner_free(sensor->content);
	examiner_free(sensor->large_content);
	visitor_free(sensor->rounding.visitor);
	proc_listing_free(sensor->listing);
	live_free(sensor->live);
	payload_free(sensor->payload);
	if (sensor->pipeline)
		pipeline_statistics(sensor->pipeline, &statistics);
	if (sensor->record) {
		if (record_dropped_blocks(sensor->record))
			log_warning("%s: %llu oldest blocks dropped (--record-max)",
				options->record,
				(unsigned long long)record_dropped_blocks(sensor->record));
		err = record_close(sensor->record);
		if (err < 0) {
			log_error("%s: %s", options->record, strerror(-err));
			code = EXIT_RUNTIME;
		}
	}
	if (statistics.error) {
		log_error("writing the trace: %s", strerror(-statistics.error));
		code = EXIT_RUNTIME;
	}
	if (sensor->alerts_lost)
		code = EXIT_RUNTIME;
	if (statistics.refused) {
		log_error("%llu records of our own were refused: a bug, please report it",
			(unsigned long long)statistics.refused);
		code = EXIT_RUNTIME;
	}
	if (sensor->pipeline)
		allow_report(sensor->rules, sensor->pipeline);
	saved_state_done(&sensor->state);
	pipeline_free(sensor->pipeline);
	sink_set_free(sensor->sinks);
	rules_free(sensor->rules);
	if (code == EXIT_OK && options->fail_on && statistics.highest >= options->fail_on)
		code = EXIT_FOUND;
	return code;
}

struct run {
	const struct options *options;
	struct sensor sensor;
	int rules; /* the bundle */
	struct redactor redactor;
};

/* The set was checked when it was made. The bundle stays open: others are to read by it. */
static enum exit_code open_rules(struct sensor *sensor, int bundle)
{
	int err = rules_open(bundle, stderr, &sensor->rules);

	if (err == 0) {
		rules_remark(sensor->rules, stderr);
		return EXIT_OK;
	}
	close(bundle);
	log_error("rules: %s", strerror(-err));
	return EXIT_RUNTIME;
}

/* The sensor's process, from its fork to its exit code. */
static enum exit_code run_sensor(void *context, int control, const int sockets[LAUNCHER_HELPERS])
{
	struct run *run = context;
	enum exit_code code, closing;

	run->sensor.control = control;
	code = open_rules(&run->sensor, run->rules);
	if (code == EXIT_OK)
		code = open_pipeline(&run->sensor, run->options, sockets);
	if (code == EXIT_OK)
		sensor_hand_rules(&run->sensor, run->rules);
	if (code == EXIT_OK)
		code = sensor_run(&run->sensor);
	if (code == EXIT_OK && run->sensor.at_end)
		run->sensor.at_end(&run->sensor);
	closing = close_all(&run->sensor, run->options);
	/* 2, 1, 3, 4: the first that applies. */
	if (code == EXIT_OK || (closing == EXIT_RUNTIME && code == EXIT_ENVIRONMENT))
		code = closing;
	return code;
}

static enum exit_code run(const struct options *options, void (*at_end)(struct sensor *sensor))
{
	struct run run = {
		.sensor.at_end = at_end,
		.sensor.explain = options->explain,
		.options = options,
		.sensor.for_s = options->for_s,
		.sensor.ring_size = (unsigned)options->ring,
		.sensor.heartbeat_s = options->heartbeat_s,
		.sensor.status = -1,
		.sensor.pins = -1,
		.sensor.metrics = {.listener = -1, .fd = -1},
		.sensor.state.fd = -1,
		.sensor.reload = {.watch = options->reload_watch, .directory = options->rules},
		.sensor.names = {.node = options->node, .cluster = options->cluster},
	};
	enum exit_code code;
	sigset_t signals;

	launcher_hold_signals(&signals);
	if (promise_begin() < 0)
		return EXIT_RUNTIME;
	if (options->redact) {
		if (!redactor_load_or_say(options, &run.redactor))
			return EXIT_USAGE;
		run.sensor.redactor = &run.redactor;
	}
	code = exit_code_of(rules_bundle_or_say(options->rules, &run.rules));
	if (code != EXIT_OK)
		return code;
	/* A reader of stdout that is gone is an error to report, not a signal to die of. */
	signal(SIGPIPE, SIG_IGN);
	if (options->pin)
		code = take_pins_or_say(options->pin, true, &run.sensor.pins);
	if (code == EXIT_OK)
		code = open_status(&run.sensor, options->status);
	if (code == EXIT_OK)
		code = metrics_listen_or_say(options->metrics, &run.sensor.metrics.listener);
	if (code == EXIT_OK)
		code = open_outputs(&run.sensor, options);
	if (code == EXIT_OK)
		code = sensor_state_open(&run.sensor, options->state);
	if (code == EXIT_OK)
		code = launcher_run(&(struct launcher_sensor){.run = run_sensor,
			.context = &run,
			.without = options->metrics ? 0 : 1u << LAUNCHER_METRICS,
			.sinks = options->alerts.at,
			.sinks_count = options->alerts.count,
			.end_within_ms = END_WITHIN_MS,
			.rules = run.rules});
	if (run.sensor.status >= 0)
		status_socket_close(options->status, run.sensor.status);
	return code;
}

enum exit_code command_run(const struct options *options)
{
	struct options complete = *options;

	if (!complete.alerts.count)
		complete.alerts = (struct alert_targets){{"-"}, 1};
	return run(&complete, NULL);
}

enum exit_code command_record(const struct options *options)
{
	struct options quiet = *options;

	if (!options->record) {
		log_error("record: -o TRACE is required; see minerwatch record --help");
		return EXIT_USAGE;
	}
	/* What a file says of alerts is checked and has no effect. */
	quiet.alerts.count = 0;
	quiet.state = NULL;
	quiet.redact = false;
	quiet.fail_on = SEVERITY_NONE;
	return run(&quiet, NULL);
}

static void report_scan(struct sensor *sensor)
{
	scan_report(sensor->pipeline, sensor->rules, sensor->explain, sensor->for_s, stdout);
	fflush(stdout); /* we leave by _exit */
}

enum exit_code command_scan(const struct options *options)
{
	struct options quiet = *options;

	if (!quiet.for_s)
		quiet.for_s = SCAN_SECONDS;
	quiet.alerts.count = 0;
	quiet.fail_on = SEVERITY_MEDIUM;
	log_info("looking at what runs here for %llu s", (unsigned long long)quiet.for_s);
	return run(&quiet, report_scan);
}

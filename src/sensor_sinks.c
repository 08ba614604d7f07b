/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's sinks in its loop, and the wait for them at its end. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "alert.h"
#include "log.h"
#include "sensor.h"
#include "sources/host.h"

#define NS_A_MS UINT64_C(1000000)
/* For lines to arrive at the end; then for writers to end by themselves; then for the killed. */
#define ARRIVE_NS (2000 * NS_A_MS)
#define FINISH_NS (500 * NS_A_MS)
#define KILLED_NS (300 * NS_A_MS)
#define RENEW_NS (200 * NS_A_MS) /* of writers that end while lines are to arrive */

_Static_assert(ALERT_LINE_MAX <= SINK_LINE_MAX, "a writer takes every line");

int sensor_check_sinks(const struct alert_targets *alerts)
{
	int err = 0;

	for (unsigned i = 0; i < alerts->count && err == 0; i++) {
		err = sink_check(alerts->at[i]);
		if (err < 0)
			log_error("--alerts %s: %s", alerts->at[i],
				err == -EPERM ? "belongs to another user or has several names"
					      : strerror(-err));
	}
	return err;
}

void sensor_put_line(struct sensor *sensor, const struct sink_line *line)
{
	struct sink_line own = *line;

	own.time_ns += (uint64_t)sensor->wall_offset_ns;
	sink_set_put(sensor->sinks, &own);
	sensor->state.due |= line->kind == SINK_ALERT;
}

int sensor_put_alert(void *context, const struct alert *alert)
{
	struct sensor *sensor = context;
	char text[ALERT_LINE_MAX];
	struct sink_line line = {.bytes = text,
		.time_ns = alert->time_ns,
		.severity = alert->severity,
		.kind = SINK_ALERT};

	if (!sensor->sinks)
		return 0; /* `record` */
	line.len = alert_json(alert, sensor->redactor, text);
	sensor_put_line(sensor, &line);
	return 0;
}

int sensor_watch_sinks(struct sensor *sensor)
{
	int err = 0;

	for (unsigned i = 0; i < sink_set_count(sensor->sinks) && err == 0; i++)
		if (sink_set_fd(sensor->sinks, i) >= 0)
			err = sensor_watch(sensor, sink_set_fd(sensor->sinks, i), WAKE_SINKS + i);
	return err;
}

int sensor_sink_answer(struct sensor *sensor, unsigned which)
{
	int err = 0;

	if (sink_set_consume(sensor->sinks, which))
		err = sensor_want(sensor, LAUNCHER_WRITERS + which);
	return sink_set_gone(sensor->sinks) ? -EPIPE : err;
}

static bool all_ended(const struct sink_set *sinks)
{
	for (unsigned i = 0; i < sink_set_count(sinks); i++)
		if (sink_set_fd(sinks, i) >= 0)
			return false;
	return true;
}

/* Answers of writers and launcher, until it is done or late. */
static void serve_until(
	struct sensor *sensor, uint64_t until_ns, bool (*done)(const struct sink_set *sinks))
{
	unsigned count = sink_set_count(sensor->sinks);
	uint64_t now_ns;

	while (!done(sensor->sinks) && (now_ns = host_now_ns()) < until_ns) {
		struct pollfd fds[SINKS_MAX + 1];

		fds[count] = (struct pollfd){.fd = sensor->control, .events = POLLIN};
		for (unsigned i = 0; i < count; i++)
			fds[i] = (struct pollfd){
				.fd = sink_set_fd(sensor->sinks, i), .events = POLLIN};
		if (poll(fds, count + 1, (int)((until_ns - now_ns) / NS_A_MS) + 1) < 0)
			continue;
		for (unsigned i = 0; i < count; i++)
			if (fds[i].revents)
				sensor_sink_answer(sensor, i);
		if (fds[count].revents && sensor_helpers_answer(sensor) < 0)
			return; /* the launcher is gone: nothing will come any more */
	}
}

void sensor_end_sinks(struct sensor *sensor)
{
	uint64_t until_ns = host_now_ns() + ARRIVE_NS, now_ns;
	struct launcher_message stop = {.word = LAUNCHER_STOP};
	unsigned kept;

	if (!sensor->sinks)
		return;
	sensor_settle(sensor);
	while (!sink_set_empty(sensor->sinks) && (now_ns = host_now_ns()) < until_ns) {
		for (unsigned i = 0; i < sink_set_count(sensor->sinks); i++)
			if (sink_set_tick(sensor->sinks, i, now_ns))
				sensor_want(sensor, LAUNCHER_WRITERS + i);
		serve_until(sensor, now_ns + RENEW_NS < until_ns ? now_ns + RENEW_NS : until_ns,
			sink_set_empty);
	}
	if (!sink_set_empty(sensor->sinks)) {
		sink_set_shut(sensor->sinks);
		serve_until(sensor, host_now_ns() + FINISH_NS, all_ended);
	}
	/* Only of the dead it is certain that they write nothing more. */
	for (unsigned i = 0; i < sink_set_count(sensor->sinks); i++) {
		stop.helper = LAUNCHER_WRITERS + i;
		if (!sink_set_empty(sensor->sinks) && sink_set_fd(sensor->sinks, i) >= 0)
			launcher_ask(sensor->control, &stop);
	}
	if (!sink_set_empty(sensor->sinks))
		serve_until(sensor, host_now_ns() + KILLED_NS, all_ended);
	sensor_state_save(sensor); /* what no sink has taken is sent again by the next run */
	kept = sensor_state_kept(sensor);
	if (kept)
		log_info("%u alerts wait in the state file for the next run", kept);
	sensor->alerts_lost = sink_set_end(sensor->sinks, kept);
}

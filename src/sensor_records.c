/* SPDX-License-Identifier: Apache-2.0 */
/* The records a sensor makes about itself and its host, and what it says of them on stderr. */
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "rules.h"
#include "sensor.h"
#include "sources/host.h"

#define WALL_STEP_NS 10000000 /* a smaller step than 10 ms changes no alert's meaning */

static int feed(struct sensor *sensor, void *record, size_t len)
{
	return sensor->out.feed(sensor->out.context, record, len);
}

int sensor_feed_host(struct sensor *sensor, unsigned cgroup_version)
{
	struct event_host host;
	int err;

	host_facts(rules_digest(sensor->rules), cgroup_version, &sensor->names, &host);
	if (sensor->sinks)
		sink_set_host(sensor->sinks, host.hostname);
	err = feed(sensor, &host, sizeof(host));
	return err < 0 ? err : sensor_feed_wall(sensor);
}

int sensor_feed_wall(struct sensor *sensor)
{
	struct event_wall wall;
	int64_t step;

	host_wall(&wall);
	step = wall.offset_ns - sensor->wall_offset_ns;
	if (sensor->wall_offset_ns && step > -WALL_STEP_NS && step < WALL_STEP_NS)
		return 0;
	sensor->wall_offset_ns = wall.offset_ns;
	return feed(sensor, &wall, sizeof(wall));
}

void sensor_add_own_dropped(const struct sensor *sensor, __u64 counts[static CLASS_COUNT])
{
	counts[CLASS_EXAMINER] += examiner_given_up(sensor->examiner) +
				  examiner_given_up(sensor->content) +
				  examiner_given_up(sensor->large_content);
	counts[CLASS_PAYLOAD] += payload_given_up(sensor->payload);
	counts[CLASS_SOCKET] += sensor->sockets.refused;
}

void sensor_counters(const struct sensor *sensor, struct event_counters *ret_counters)
{
	live_counters(sensor->live, ret_counters);
	sensor_add_own_dropped(sensor, ret_counters->dropped);
}

static int feed_counters(struct sensor *sensor, const struct event_counters *counters)
{
	sensor->counters = *counters;
	sensor->counters.header = host_header(EVENT_COUNTERS, sizeof(*counters));
	return feed(sensor, &sensor->counters, sizeof(sensor->counters));
}

int sensor_feed_counters(struct sensor *sensor)
{
	struct event_counters now = {0};

	sensor_counters(sensor, &now);
	sensor_say_loss(sensor, &now, false);
	/* Once at the start too: what comes later is counted from there on. */
	if (sensor->counters.header.size &&
		memcmp(now.dropped, sensor->counters.dropped, sizeof(now.dropped)) == 0 &&
		memcmp(now.truncated, sensor->counters.truncated, sizeof(now.truncated)) == 0 &&
		memcmp(now.failed, sensor->counters.failed, sizeof(now.failed)) == 0 &&
		memcmp(now.skipped, sensor->counters.skipped, sizeof(now.skipped)) == 0)
		return 0;
	return feed_counters(sensor, &now);
}

int sensor_feed_end(struct sensor *sensor, unsigned reason)
{
	struct event_end end = {.reason = reason};
	struct event_counters now = {0};
	int err;

	/* Even where none was lost: with them a trace says how many records there were. */
	sensor_counters(sensor, &now);
	sensor_say_loss(sensor, &now, true);
	err = feed_counters(sensor, &now);
	if (err < 0)
		return err;
	end.header = host_header(EVENT_END, sizeof(end));
	return feed(sensor, &end, sizeof(end));
}

static void say_degraded(const struct event_degraded *degraded)
{
	log_warning("%s: %s", degraded->what, degraded->why);
}

/* What lacks for another reason now, or more of it, is lacking once. */
static void remember(struct sensor *sensor, const struct event_degraded *degraded)
{
	unsigned i = 0;

	while (i < sensor->lacking_count && strcmp(sensor->lacking[i].what, degraded->what) != 0)
		i++;
	if (i == LACKING_MAX)
		return;
	sensor->lacking[i] = *degraded;
	if (i == sensor->lacking_count)
		sensor->lacking_count++;
}

void sensor_degrade(void *context, const char *what, const char *why)
{
	struct sensor *sensor = context;
	struct event_degraded degraded = {.active = 1};

	degraded.header = host_header(EVENT_DEGRADED, sizeof(degraded));
	snprintf(degraded.what, sizeof(degraded.what), "%s", what);
	snprintf(degraded.why, sizeof(degraded.why), "%s", why);
	feed(sensor, &degraded, sizeof(degraded));
	if (sensor->started)
		say_degraded(&degraded);
	remember(sensor, &degraded);
}

void sensor_restore(void *context, const char *what)
{
	struct sensor *sensor = context;
	struct event_degraded degraded = {.active = 0};
	unsigned kept = 0;

	degraded.header = host_header(EVENT_DEGRADED, sizeof(degraded));
	snprintf(degraded.what, sizeof(degraded.what), "%s", what);
	feed(sensor, &degraded, sizeof(degraded));
	for (unsigned i = 0; i < sensor->lacking_count; i++)
		if (strcmp(sensor->lacking[i].what, what) != 0)
			sensor->lacking[kept++] = sensor->lacking[i];
	sensor->lacking_count = kept;
	log_info("%s: can be seen again", what);
}

void sensor_say_start(struct sensor *sensor, unsigned cgroup_version)
{
	char lacking[512] = "nothing";
	size_t len = 0;

	for (unsigned i = 0; i < sensor->lacking_count && len < sizeof(lacking); i++)
		len += (size_t)snprintf(lacking + len, sizeof(lacking) - len, "%s%s", i ? ", " : "",
			sensor->lacking[i].what);
	log_info("watching exec, fork, exit, connect, first bytes, cgroups (v%u) and CPU of all "
		 "processes; "
		 "lacking: %s",
		cgroup_version, lacking);
	for (unsigned i = 0; i < sensor->lacking_count; i++)
		say_degraded(&sensor->lacking[i]);
	sensor->started = true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's answer to those who ask how it is. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pipeline.h"
#include "rules.h"
#include "sensor.h"
#include "sources/host.h"
#include "status.h"
#include "status_socket.h"

#define SECOND_NS UINT64_C(1000000000)
#define SLACK_NS (SECOND_NS / 10) /* a tick may be a little early */
#define ANSWERS_A_SECOND 8 /* who comes later waits for the next tick: nothing can keep us busy */

void sensor_facts(const struct sensor *sensor, struct sensor_facts *ret_facts)
{
	struct sensor_facts *facts = ret_facts;

	*facts = (struct sensor_facts){0};
	/* In this order: what is submitted in between waits, nothing is delivered twice. */
	live_delivered(sensor->live, facts->delivered);
	sensor_counters(sensor, &facts->counters);
	pipeline_statistics(sensor->pipeline, &facts->statistics);
	facts->status = (struct status_facts){
		.pid = (int)getppid(),
		.ready = sensor->ready,
		.now_ns = host_now_ns(),
		.start_ns = sensor->start_ns,
		.wall_offset_ns = sensor->wall_offset_ns,
		.hooks = &sensor->health.hooks,
		.gaps = sensor->health.gaps,
		.gap_ms = sensor->health.gap_ms,
		.degraded = sensor->lacking,
		.degraded_count = sensor->lacking_count,
		.statistics = &facts->statistics,
		.counters = &facts->counters,
		.delivered = facts->delivered,
		.sinks = sensor->sinks,
		.rules_digest = rules_digest(sensor->rules),
		.rules_swaps = sensor->reload.swaps,
		.rules_refused = sensor->reload.refused,
		.longest_round_ns = sensor->longest_round_ns,
	};
	for (size_t row = 0; row < rules_allow_count(sensor->rules); row++)
		facts->status.allowed += pipeline_allowed(sensor->pipeline, row);
}

static void answer(const struct sensor *sensor, int peer)
{
	struct sensor_facts facts;
	char line[STATUS_LINE_MAX];

	sensor_facts(sensor, &facts);
	/* The buffer of a fresh connection holds the line; one that is gone already is no error. */
	send(peer, line, status_line(&facts.status, line), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void sensor_heartbeat_tick(struct sensor *sensor)
{
	uint64_t now_ns = host_now_ns();
	struct sensor_facts facts;
	char text[STATUS_LINE_MAX];
	struct sink_line line = {.bytes = text, .time_ns = now_ns, .kind = SINK_HEARTBEAT};

	if (!sensor->heartbeat_s || !sensor->sinks || now_ns < sensor->heartbeat_ns)
		return;
	sensor->heartbeat_ns = now_ns + sensor->heartbeat_s * SECOND_NS - SLACK_NS;
	sensor_facts(sensor, &facts);
	line.len = status_line(&facts.status, text);
	sensor_put_line(sensor, &line);
}

static int listen_for(struct sensor *sensor, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u32 = WAKE_STATUS};

	return epoll_ctl(sensor->epoll, EPOLL_CTL_MOD, sensor->status, &event) < 0 ? -errno : 0;
}

int sensor_status_answer(struct sensor *sensor)
{
	int peer;

	if (status_socket_accept(sensor->status, &peer) == 0) {
		answer(sensor, peer);
		close(peer);
	}
	sensor->answers++;
	return sensor->answers < ANSWERS_A_SECOND ? 0 : listen_for(sensor, 0);
}

int sensor_status_tick(struct sensor *sensor)
{
	bool paused = sensor->answers >= ANSWERS_A_SECOND;

	sensor->answers = 0;
	return paused ? listen_for(sensor, EPOLLIN) : 0;
}

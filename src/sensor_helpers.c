/* SPDX-License-Identifier: Apache-2.0 */
/* The processes that work for the sensor: asks the launcher for others, takes them into service. */
#include <errno.h>
#include <sys/epoll.h>

#include "launcher.h"
#include "sensor.h"
#include "sources/host.h"

#define ANSWER_WITHIN_NS UINT64_C(10000000000) /* of the launcher; it takes milliseconds */

int sensor_watch(struct sensor *sensor, int fd, uint32_t wake)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = wake};

	return epoll_ctl(sensor->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/* An answer that got lost is no reason to wait for ever: asking again does no more than replace. */
int sensor_want(struct sensor *sensor, unsigned which)
{
	struct launcher_message request = {.word = LAUNCHER_HELPER, .helper = which};
	uint64_t now_ns = host_now_ns();

	if (sensor->wanted_ns[which] && now_ns < sensor->wanted_ns[which] + ANSWER_WITHIN_NS)
		return 0;
	sensor->wanted_ns[which] = now_ns;
	return launcher_ask(sensor->control, &request);
}

static int tick_examiner(
	struct sensor *sensor, struct examiner *examiner, enum launcher_helper which)
{
	bool wanted;
	int err = examiner_tick(examiner, host_now_ns(), &wanted);

	return err >= 0 && wanted ? sensor_want(sensor, which) : err;
}

int sensor_helpers_tick(struct sensor *sensor)
{
	int err = tick_examiner(sensor, sensor->examiner, LAUNCHER_EXAMINER);
	bool wanted;

	if (err >= 0)
		err = tick_examiner(sensor, sensor->content, LAUNCHER_CONTENT);
	if (err >= 0)
		err = tick_examiner(sensor, sensor->large_content, LAUNCHER_LARGE_CONTENT);
	if (err >= 0 && sensor_rounding_tick(sensor))
		err = sensor_want(sensor, LAUNCHER_VISITOR);
	if (err >= 0 && sensor_reload_tick(sensor))
		err = sensor_want(sensor, LAUNCHER_LOADER);
	if (err >= 0)
		err = sensor_metrics_tick(sensor, &wanted);
	if (err >= 0 && wanted)
		err = sensor_want(sensor, LAUNCHER_METRICS);
	for (unsigned i = 0; i < sink_set_count(sensor->sinks) && err >= 0; i++)
		if (sink_set_tick(sensor->sinks, i, host_now_ns()))
			err = sensor_want(sensor, LAUNCHER_WRITERS + i);
	return err;
}

/* Returns what wakes the loop when the helper has something to say. */
static uint32_t renew(struct sensor *sensor, enum launcher_helper which, int fd)
{
	if (which >= LAUNCHER_WRITERS) {
		sink_set_renew(sensor->sinks, which - LAUNCHER_WRITERS, fd);
		return WAKE_SINKS + which - LAUNCHER_WRITERS;
	}
	switch (which) {
	case LAUNCHER_VISITOR:
		visitor_renew(sensor->rounding.visitor, fd);
		return WAKE_VISITOR;
	case LAUNCHER_LOADER:
		sensor_reload_renew(sensor, fd);
		return WAKE_RELOAD;
	case LAUNCHER_CONTENT:
		examiner_renew(sensor->content, fd);
		return WAKE_CONTENT;
	case LAUNCHER_LARGE_CONTENT:
		examiner_renew(sensor->large_content, fd);
		return WAKE_LARGE_CONTENT;
	case LAUNCHER_METRICS:
		sensor_metrics_renew(sensor, fd);
		return WAKE_METRICS;
	case LAUNCHER_EXAMINER:
	case LAUNCHER_WRITERS:
	case LAUNCHER_HELPERS:
		break;
	}
	examiner_renew(sensor->examiner, fd);
	return WAKE_EXAMINER;
}

/* What comes later than asked for: another helper, what the canaries came to. */
int sensor_helpers_answer(struct sensor *sensor)
{
	struct launcher_message answer;
	int fd = -1, err = launcher_answer(sensor->control, 0, &answer, &fd);

	if (err < 0)
		return err == -EAGAIN ? 0 : err;
	if (answer.word == LAUNCHER_CANARY) {
		sensor_health_answer(sensor, &answer);
		return sensor_health_settle(sensor);
	}
	if (answer.helper >= LAUNCHER_HELPERS)
		return 0;
	sensor->wanted_ns[answer.helper] = 0; /* without a socket the next tick asks again */
	return fd < 0 ? 0 : sensor_watch(sensor, fd, renew(sensor, answer.helper, fd));
}

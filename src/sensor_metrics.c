/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's answers to its exporter. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "metrics/metrics_server.h"
#include "sensor.h"
#include "util/fd_message.h"

#define ANSWERS_A_SECOND 10 /* twice what an honest one asks: it reads foreign bytes */

static int listen_to(struct sensor *sensor, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u32 = WAKE_METRICS};

	return epoll_ctl(sensor->epoll, EPOLL_CTL_MOD, sensor->metrics.fd, &event) < 0 ? -errno : 0;
}

/* It is gone; the next tick asks for another. */
static void give_up(struct sensor *sensor)
{
	close(sensor->metrics.fd);
	sensor->metrics.fd = -1;
}

/* One whose answers find no room ends or hangs harmlessly. */
static void hand_listener(struct metrics *metrics)
{
	metrics->handed = fd_message_send(metrics->fd, "", 1, metrics->listener, MSG_DONTWAIT) == 0;
}

void sensor_metrics_renew(struct sensor *sensor, int fd)
{
	struct metrics *metrics = &sensor->metrics;

	if (metrics->fd >= 0)
		close(metrics->fd);
	metrics->fd = fd;
	metrics->answers = 0;
	hand_listener(metrics);
}

int sensor_metrics_answer(struct sensor *sensor)
{
	struct metrics *metrics = &sensor->metrics;
	static char answer[METRICS_ANSWER_MAX];
	struct sensor_facts facts;
	char question;
	ssize_t len = recv(metrics->fd, &question, sizeof(question), MSG_DONTWAIT);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (len <= 0) {
		give_up(sensor);
		return 0;
	}
	sensor_facts(sensor, &facts);
	answer[0] = sensor->ready ? METRICS_READY : METRICS_NOT_READY;
	len = (ssize_t)metrics_text(&facts.status, answer + 1) + 1;
	send(metrics->fd, answer, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);
	return ++metrics->answers < ANSWERS_A_SECOND ? 0 : listen_to(sensor, 0);
}

int sensor_metrics_tick(struct sensor *sensor, bool *ret_wanted)
{
	struct metrics *metrics = &sensor->metrics;
	bool paused = metrics->answers >= ANSWERS_A_SECOND;

	if (metrics->fd >= 0 && !metrics->handed)
		hand_listener(metrics); /* for want of memory it could not be */
	*ret_wanted = metrics->listener >= 0 && metrics->fd < 0;
	metrics->answers = 0;
	return paused && metrics->fd >= 0 ? listen_to(sensor, EPOLLIN) : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One epoll loop, one thread: ring, ticks, the examiner's answers, signals. */
#include "sensor.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "launcher.h"
#include "log.h"
#include "pipeline.h"
#include "privileges.h"
#include "sources/cgroup_hierarchy.h"
#include "sources/host.h"
#include "util/wake.h"

#define SECOND_NS UINT64_C(1000000000)
#define READY_WITHIN_NS (5 * SECOND_NS)
#define DRAIN_MAX 64 /* rounds at the end; a flood must not keep us */
#define FOLLOW_UP_MS 5 /* the kernel wakes us once in 5 ms; the rest of a burst is fetched then */

static int watch_all(struct sensor *sensor)
{
	const struct {
		int fd; /* -1: not there in this run */
		enum sensor_wake wake;
	} rows[] = {
		{sensor->signals, WAKE_SIGNAL},
		{sensor->timer, WAKE_TIMER},
		{examiner_fd(sensor->examiner), WAKE_EXAMINER},
		{examiner_fd(sensor->content), WAKE_CONTENT},
		{examiner_fd(sensor->large_content), WAKE_LARGE_CONTENT},
		{sensor->control, WAKE_CONTROL},
		{visitor_fd(sensor->rounding.visitor), WAKE_VISITOR},
		{sensor->reload.fd, WAKE_RELOAD},
		{sensor->rounding.timer, WAKE_ROUND},
		{sensor->status, WAKE_STATUS},
		{sensor->metrics.fd, WAKE_METRICS},
		{live_fd(sensor->live), WAKE_RING},
	};
	int err = 0;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]) && err == 0; i++)
		if (rows[i].fd >= 0)
			err = sensor_watch(sensor, rows[i].fd, rows[i].wake);
	return err;
}

static int open_loop(struct sensor *sensor)
{
	struct itimerspec every = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
	sigset_t signals;
	int err;

	launcher_hold_signals(&signals);
	sensor->epoll = epoll_create1(EPOLL_CLOEXEC);
	sensor->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	sensor->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (sensor->epoll < 0 || sensor->signals < 0 || sensor->timer < 0 ||
		timerfd_settime(sensor->timer, 0, &every, NULL) < 0)
		return -errno;
	err = watch_all(sensor);
	return err < 0 ? err : sensor_watch_sinks(sensor);
}

static void close_loop(struct sensor *sensor)
{
	int fds[] = {sensor->epoll, sensor->signals, sensor->timer, sensor->rounding.timer};

	for (unsigned i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int say_ready(struct sensor *sensor)
{
	int err;

	sensor->ready = true;
	sensor->ready_ns = host_now_ns();
	err = sensor_health_ready(sensor);
	if (err == 0 && write(STDERR_FILENO, "ready\n", 6) < 0)
		return 0; /* nobody there to be told */
	return err;
}

/*
 * Still waiting for canaries? -ETIME: exec was not seen, so nothing can be. Programs of an earlier
 * run, which saw it, have died since: that is for the round to tell.
 */
static int check_ready(struct sensor *sensor)
{
	const struct health *health = &sensor->health;
	bool late = host_now_ns() >= sensor->start_ns + READY_WITHIN_NS;
	int err = sensor_health_settle(sensor);

	if (err < 0 || sensor->ready || (health->playing && !late))
		return err;
	if (health->hooks.seen & LINK_BIT(LINK_EXEC))
		return say_ready(sensor);
	if (health->playing && health->ever & LINK_BIT(LINK_EXEC))
		return 0;
	live_condemn(sensor->live); /* the next start tries fresh ones */
	return -ETIME;
}

/*
 * The ring first, then the pass: a process is not taken for gone whose end is still in the ring.
 * The tick closes the pass.
 */
static int tick(struct sensor *sensor)
{
	struct event_tick tick = {.gap_ms = sensor_health_gap(sensor)};
	int err = live_consume(sensor->live);
	bool drained = err < LIVE_CONSUME_MAX;

	if (err >= 0)
		err = sensor_feed_wall(sensor);
	if (err >= 0)
		err = sensor_feed_counters(sensor);
	if (err >= 0)
		err = hugepages_tick(&sensor->hugepages, &sensor->out);
	if (err >= 0)
		err = preload_tick(
			&sensor->preload, "/etc/ld.so.preload", host_now_ns(), &sensor->out);
	if (err >= 0)
		err = sensor_pass(sensor, &tick);
	if (err >= 0)
		err = sensor_wire_tick(sensor);
	tick.header = host_header(EVENT_TICK, sizeof(tick));
	if (err >= 0)
		err = sensor->out.feed(sensor->out.context, &tick, sizeof(tick));
	if (err >= 0 && sensor->record)
		err = record_tick(sensor->record);
	if (err >= 0)
		err = sensor_helpers_tick(sensor);
	if (err >= 0 && sensor->status >= 0)
		err = sensor_status_tick(sensor);
	sensor_state_tick(sensor);
	if (err >= 0)
		err = sensor_health_tick(sensor, drained);
	if (err >= 0)
		sensor_heartbeat_tick(sensor);
	return err < 0 ? err : check_ready(sensor);
}

static int handle(struct sensor *sensor, uint32_t wake, unsigned *end_reason)
{
	struct signalfd_siginfo signal;
	uint64_t expirations;
	int err;

	switch (wake) {
	case WAKE_RING:
		err = live_consume(sensor->live);
		return err < 0 ? err : check_ready(sensor);
	case WAKE_EXAMINER:
		return examiner_consume(sensor->examiner);
	case WAKE_CONTENT:
		return examiner_consume(sensor->content);
	case WAKE_LARGE_CONTENT:
		return examiner_consume(sensor->large_content);
	case WAKE_CONTROL:
		return sensor_helpers_answer(sensor);
	case WAKE_ROUND:
		return sensor_rounding_round(sensor);
	case WAKE_VISITOR:
		return sensor_rounding_answer(sensor);
	case WAKE_STATUS:
		return sensor_status_answer(sensor);
	case WAKE_RELOAD:
		return sensor_reload_take(sensor);
	case WAKE_METRICS:
		return sensor_metrics_answer(sensor);
	case WAKE_TIMER:
		err = wake_take(sensor->timer, &expirations, sizeof(expirations));
		return err > 0 ? tick(sensor) : err;
	case WAKE_SIGNAL:
		err = wake_take(sensor->signals, &signal, sizeof(signal));
		if (err <= 0)
			return err;
		if (signal.ssi_signo == SIGHUP)
			reload_ask(&sensor->reload, true, host_now_ns());
		else if (signal.ssi_signo == SIGUSR1)
			sink_set_reopen(sensor->sinks, host_now_ns());
		else
			*end_reason = END_SIGNAL;
		return 0;
	default:
		return sensor_sink_answer(sensor, wake - WAKE_SINKS);
	}
}

/*
 * The pipeline waits until a moment of event time, which only records move: on a quiet host this
 * one does. Returns how long to sleep at most, -1 for ever. A failure to feed shows at the next
 * record.
 */
static int serve_due(struct sensor *sensor, int timeout)
{
	uint64_t due_ns = pipeline_due_ns(sensor->pipeline), now_ns = host_now_ns();
	struct event_tick tick = {0};
	int wait_ms;

	if (!due_ns)
		return timeout;
	if (now_ns < due_ns) {
		wait_ms = (int)((due_ns - now_ns) / 1000000 + 1);
		return timeout < 0 || wait_ms < timeout ? wait_ms : timeout;
	}
	tick.header = host_header(EVENT_TICK, sizeof(tick));
	sensor->out.feed(sensor->out.context, &tick, sizeof(tick));
	sensor_settle(sensor);
	return timeout;
}

static void round_end(struct sensor *sensor, uint64_t begin_ns)
{
	uint64_t took_ns;

	sensor_settle(sensor);
	took_ns = host_now_ns() - begin_ns;
	if (sensor->ready && begin_ns > sensor->ready_ns && took_ns > sensor->longest_round_ns)
		sensor->longest_round_ns = took_ns;
}

static int loop(struct sensor *sensor, unsigned *end_reason)
{
	int timeout = 0, err = 0;

	while (err >= 0 && !*end_reason) {
		struct epoll_event events[5];
		int count = epoll_wait(sensor->epoll, events, 5, serve_due(sensor, timeout));
		uint64_t begin_ns = host_now_ns();

		timeout = -1;
		if (count < 0)
			err = errno == EINTR ? 0 : -errno;
		if (count == 0) {
			err = live_consume(sensor->live);
			timeout = err > 0 ? FOLLOW_UP_MS : -1;
			err = err < 0 ? err : check_ready(sensor);
		}
		for (int i = 0; i < count && err >= 0; i++) {
			err = handle(sensor, events[i].data.u32, end_reason);
			if (events[i].data.u32 == WAKE_RING)
				timeout = FOLLOW_UP_MS;
		}
		if (sensor->ready && sensor->for_s && !*end_reason &&
			host_now_ns() >= sensor->ready_ns + sensor->for_s * SECOND_NS)
			*end_reason = END_TIME;
		round_end(sensor, begin_ns);
	}
	return err < 0 ? err : 0;
}

static int begin(struct sensor *sensor)
{
	int err;

	sensor->epoll = sensor->timer = sensor->signals = -1;
	sensor_health_open(sensor);
	err = sensor_load(sensor);
	if (err >= 0)
		err = open_loop(sensor);
	sensor->start_ns = host_now_ns();
	if (err >= 0)
		err = sensor_health_start(sensor);
	if (err >= 0)
		err = sensor_keep_calls(sensor);
	return err < 0 ? err : tick(sensor);
}

/* What the ring still holds, then the END record. */
static void finish(struct sensor *sensor, unsigned reason)
{
	int records;

	for (unsigned i = 0; i < DRAIN_MAX; i++) {
		records = live_consume(sensor->live);
		if (records < 0)
			return;
		if (records == 0)
			break;
	}
	if (payload_tick(sensor->payload, host_now_ns(), true) >= 0)
		sensor_feed_end(sensor, reason);
}

enum exit_code sensor_run(struct sensor *sensor)
{
	unsigned end_reason = 0;
	int err = begin(sensor);

	if (err >= 0)
		err = loop(sensor, &end_reason);
	if (sensor->live)
		finish(sensor, end_reason ? end_reason : END_FAILURE);
	sensor_end_sinks(sensor);
	close_loop(sensor);
	sensor_health_close(sensor);
	if (err == -ENOSYS)
		return EXIT_ENVIRONMENT;
	if (err == -ETIME) {
		log_error(
			"an exec of our own was not seen within 5 s: the programs are attached but "
			"do not run here; minerwatch doctor says more");
		return EXIT_ENVIRONMENT;
	}
	if (err < 0) {
		if (err != -ESHUTDOWN) /* has been told, in more than a word */
			log_error("%s", strerror(-err));
		return EXIT_RUNTIME;
	}
	return EXIT_OK;
}

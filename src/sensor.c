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

#define SECOND_NS UINT64_C(1000000000)
#define READY_WITHIN_NS (5 * SECOND_NS)
#define DRAIN_MAX 64 /* rounds at the end; a flood must not keep us */
#define CANARY_WITHIN_MS 10000
#define FOLLOW_UP_MS 5 /* the kernel wakes us once in 5 ms; the rest of a burst is fetched then */

static int watch_fd(struct sensor *sensor, int fd, uint32_t wake)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = wake};

	return epoll_ctl(sensor->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int open_loop(struct sensor *sensor)
{
	struct itimerspec every = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
	sigset_t signals;
	int err = 0;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	sensor->epoll = epoll_create1(EPOLL_CLOEXEC);
	sensor->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	sensor->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (sensor->epoll < 0 || sensor->signals < 0 || sensor->timer < 0 ||
		timerfd_settime(sensor->timer, 0, &every, NULL) < 0)
		return -errno;
	err = watch_fd(sensor, sensor->signals, WAKE_SIGNAL);
	if (err == 0)
		err = watch_fd(sensor, sensor->timer, WAKE_TIMER);
	if (err == 0)
		err = watch_fd(sensor, examiner_fd(sensor->examiner), WAKE_EXAMINER);
	if (err == 0)
		err = watch_fd(sensor, examiner_fd(sensor->content), WAKE_CONTENT);
	if (err == 0)
		err = watch_fd(sensor, examiner_fd(sensor->large_content), WAKE_LARGE_CONTENT);
	if (err == 0)
		err = watch_fd(sensor, sensor->control, WAKE_CONTROL);
	if (err == 0)
		err = watch_fd(sensor, visitor_fd(sensor->rounding.visitor), WAKE_VISITOR);
	if (err == 0)
		err = watch_fd(sensor, sensor->reload.fd, WAKE_RELOAD);
	if (err == 0)
		err = watch_fd(sensor, sensor->rounding.timer, WAKE_ROUND);
	if (err == 0 && sensor->status >= 0)
		err = watch_fd(sensor, sensor->status, WAKE_STATUS);
	if (err == 0)
		err = watch_fd(sensor, live_fd(sensor->live), WAKE_RING);
	return err;
}

static void close_loop(struct sensor *sensor)
{
	int fds[] = {sensor->epoll, sensor->signals, sensor->timer, sensor->rounding.timer};

	for (unsigned i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void say_ready(struct sensor *sensor)
{
	const struct canary *canary = &sensor->canary;

	sensor->ready = true;
	sensor->ready_ns = host_now_ns();
	sensor->doubted = (canary->expected | canary->untried) & ~canary->seen;
	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++) {
		if (!(sensor->doubted & (1u << hook)))
			continue;
		sensor_degrade(sensor, canary_hook_name(hook),
			canary->untried & (1u << hook) ? canary_untried_why(hook)
						       : "attached, but its canary was not seen");
	}
	if (write(STDERR_FILENO, "ready\n", 6) < 0)
		return; /* nobody there to be told */
}

/* A record came at last from hooks that were doubted when the run was ready. */
static void trust_again(struct sensor *sensor)
{
	unsigned back = sensor->doubted & sensor->canary.seen;

	sensor->doubted &= ~back;
	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++)
		if (back & (1u << hook))
			sensor_restore(sensor, canary_hook_name(hook));
}

/* Still waiting for canaries? -ETIME: exec was not seen, so nothing can be. */
static int check_ready(struct sensor *sensor)
{
	bool late = host_now_ns() >= sensor->start_ns + READY_WITHIN_NS;

	if (sensor->ready)
		trust_again(sensor);
	if (sensor->ready || (!canary_complete(&sensor->canary) && !late))
		return 0;
	if (!(sensor->canary.seen & (1u << CANARY_EXEC)))
		return -ETIME;
	say_ready(sensor);
	return 0;
}

static int want_helper(struct sensor *sensor, enum launcher_helper which)
{
	struct launcher_message request = {.word = LAUNCHER_HELPER, .helper = which};

	if (sensor->wanted[which])
		return 0;
	sensor->wanted[which] = true;
	return launcher_ask(sensor->control, &request);
}

/* The only answer that comes later: another helper. */
static int take_answer(struct sensor *sensor)
{
	struct launcher_message answer;
	int fd = -1, err = launcher_answer(sensor->control, 0, &answer, &fd);

	if (err < 0)
		return err == -EAGAIN ? 0 : err;
	if (answer.helper >= LAUNCHER_HELPERS)
		return 0;
	sensor->wanted[answer.helper] = false; /* without a socket the next tick asks again */
	if (fd < 0)
		return 0;
	if (answer.helper == LAUNCHER_VISITOR) {
		visitor_renew(sensor->rounding.visitor, fd);
		return watch_fd(sensor, fd, WAKE_VISITOR);
	}
	if (answer.helper == LAUNCHER_LOADER) {
		sensor_reload_renew(sensor, fd);
		return watch_fd(sensor, fd, WAKE_RELOAD);
	}
	if (answer.helper == LAUNCHER_CONTENT) {
		examiner_renew(sensor->content, fd);
		return watch_fd(sensor, fd, WAKE_CONTENT);
	}
	if (answer.helper == LAUNCHER_LARGE_CONTENT) {
		examiner_renew(sensor->large_content, fd);
		return watch_fd(sensor, fd, WAKE_LARGE_CONTENT);
	}
	examiner_renew(sensor->examiner, fd);
	return watch_fd(sensor, fd, WAKE_EXAMINER);
}

static int tick_examiner(
	struct sensor *sensor, struct examiner *examiner, enum launcher_helper which)
{
	bool wanted;
	int err = examiner_tick(examiner, host_now_ns(), &wanted);

	return err >= 0 && wanted ? want_helper(sensor, which) : err;
}

/*
 * The ring first, then the pass: a process is not taken for gone whose end is still in the ring.
 * The tick closes the pass.
 */
static int tick(struct sensor *sensor)
{
	struct event_tick tick = {0};
	int err = live_consume(sensor->live);

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
		err = tick_examiner(sensor, sensor->examiner, LAUNCHER_EXAMINER);
	if (err >= 0)
		err = tick_examiner(sensor, sensor->content, LAUNCHER_CONTENT);
	if (err >= 0)
		err = tick_examiner(sensor, sensor->large_content, LAUNCHER_LARGE_CONTENT);
	if (err >= 0 && sensor_rounding_tick(sensor))
		err = want_helper(sensor, LAUNCHER_VISITOR);
	if (err >= 0 && sensor_reload_tick(sensor))
		err = want_helper(sensor, LAUNCHER_LOADER);
	if (err >= 0 && sensor->status >= 0)
		err = sensor_status_tick(sensor);
	return err < 0 ? err : check_ready(sensor);
}

static int handle(struct sensor *sensor, uint32_t wake, unsigned *end_reason)
{
	struct signalfd_siginfo signal;
	uint64_t expirations;
	int err = 0;

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
		return take_answer(sensor);
	case WAKE_ROUND:
		return sensor_rounding_round(sensor);
	case WAKE_VISITOR:
		return sensor_rounding_answer(sensor);
	case WAKE_STATUS:
		return sensor_status_answer(sensor);
	case WAKE_RELOAD:
		return sensor_reload_take(sensor);
	case WAKE_TIMER:
		if (read(sensor->timer, &expirations, sizeof(expirations)) > 0)
			err = tick(sensor);
		break;
	case WAKE_SIGNAL:
		if (read(sensor->signals, &signal, sizeof(signal)) != sizeof(signal))
			break;
		if (signal.ssi_signo == SIGHUP)
			reload_ask(&sensor->reload, true, host_now_ns());
		else
			*end_reason = END_SIGNAL;
		break;
	default:
		break;
	}
	return err;
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
	return timeout;
}

static int loop(struct sensor *sensor, unsigned *end_reason)
{
	int timeout = 0, err = 0;

	while (err >= 0 && !*end_reason) {
		struct epoll_event events[5];
		int count = epoll_wait(sensor->epoll, events, 5, serve_due(sensor, timeout));

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
	}
	return err < 0 ? err : 0;
}

/* The launcher plays; its processes' records wait in the ring until we know whose they are. */
static int play_canaries(struct sensor *sensor, const char *cgroup_mount)
{
	struct launcher_message message = {.word = LAUNCHER_CANARY, .attached = sensor->attached};
	int fd, err;

	snprintf(message.cgroup_mount, sizeof(message.cgroup_mount), "%s", cgroup_mount);
	err = launcher_ask(sensor->control, &message);
	if (err == 0)
		err = launcher_answer(sensor->control, CANARY_WITHIN_MS, &message, &fd);
	if (err == 0)
		sensor->canary = message.canary;
	return err;
}

/*
 * What is loaded and attached stays so; nothing more is needed. Kernels before about 5.19 ask for
 * CAP_BPF at each pass of the iterator: a probe without it tells, and then it stays.
 */
static int drop_privileges(struct sensor *sensor)
{
	int err = privileges_keep(PRIVILEGE(CAP_BPF));

	if (err == 0)
		err = privileges_use(0);
	if (err == 0 && live_probe(sensor->live) == -EPERM)
		err = privileges_use(PRIVILEGE(CAP_BPF));
	else if (err == 0)
		err = privileges_keep(0);
	if (err == 0)
		privileges_read_only(); /* where the kernel has it; doctor says so where not */
	return err;
}

static int start(struct sensor *sensor)
{
	struct live_config config = {
		.out = {.feed = sensor_take, .context = sensor},
		.degraded = sensor_degrade,
		.context = sensor,
	};
	struct cgroup_hierarchy hierarchy = {0};
	uint64_t pass_start_ns;
	uint32_t processes;
	int err;

	sensor->attached = (1u << CANARY_HOOKS) - 1;
	sensor->epoll = sensor->timer = sensor->signals = -1;
	cgroup_hierarchy_find(&hierarchy);
	err = rounding_open(&sensor->rounding);
	if (err == 0)
		err = sensor_feed_host(sensor, hierarchy.version);
	if (err < 0)
		return err;
	err = live_open(&config, &sensor->live);
	if (err == 0)
		sensor_rounding_start(sensor);
	if (err == 0)
		sensor_say_start(sensor, hierarchy.version);
	if (err < 0) {
		log_error("loading the kernel programs: %s; minerwatch doctor says what is missing",
			strerror(-err));
		return -ENOSYS;
	}
	/* What waits in the ring is read after it: the cgroups of those records have paths then. */
	live_pass(sensor->live, &pass_start_ns, &processes);
	err = drop_privileges(sensor);
	if (err == 0)
		err = open_loop(sensor);
	if (err < 0)
		return err;
	reload_ask(&sensor->reload, false, 0);
	sensor->start_ns = host_now_ns();
	err = play_canaries(sensor, hierarchy.mount);
	return err < 0 ? err : tick(sensor);
}

/* What the ring still holds, then the END record. */
static void finish(struct sensor *sensor, unsigned reason)
{
	int records;

	for (unsigned i = 0; i < DRAIN_MAX; i++) {
		records = live_consume(sensor->live);
		if (records < 0)
			return; /* the sink is gone: nothing can be told any more */
		if (records == 0)
			break;
	}
	if (payload_tick(sensor->payload, host_now_ns(), true) >= 0)
		sensor_feed_end(sensor, reason);
}

enum exit_code sensor_run(struct sensor *sensor)
{
	unsigned end_reason = 0;
	int err = start(sensor);

	if (err >= 0)
		err = loop(sensor, &end_reason);
	if (sensor->live)
		finish(sensor, end_reason ? end_reason : END_FAILURE);
	close_loop(sensor);
	if (err == -ENOSYS)
		return EXIT_ENVIRONMENT;
	if (err == -ETIME) {
		log_error(
			"an exec of our own was not seen within 5 s: the programs are attached but "
			"do not run here; minerwatch doctor says more");
		return EXIT_ENVIRONMENT;
	}
	if (err < 0) {
		log_error("%s", strerror(-err));
		return EXIT_RUNTIME;
	}
	return EXIT_OK;
}

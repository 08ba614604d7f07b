/* SPDX-License-Identifier: Apache-2.0 */
/* The privileged parent: starts the sensor and its helpers, does for them what needs privileges,
 * ends them. */
#include "launcher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child_death.h"
#include "examiner/content_child.h"
#include "examiner/examiner_child.h"
#include "launcher_health.h"
#include "log.h"
#include "metrics/metrics_child.h"
#include "privileges.h"
#include "promises.h"
#include "reload.h"
#include "sinks/writer.h"
#include "sources/visit.h"
#include "util/fd_message.h"
#include "util/monotonic.h"

#define STUCK_MAX \
	2 /* helpers of a kind that could not be killed; beyond it there is none until one dies */

/* A child that works for the sensor, with next to no privilege. */
struct helper {
	const char *name;
	void (*run)(int fd);
	const char *target; /* of a writer, in place of run */
	pid_t pid; /* 0: none */
	pid_t stuck[STUCK_MAX]; /* killed, not dead yet */
	bool refused; /* the last time: said once */
	unsigned deaths; /* of signals that were not ours */
};

struct launcher {
	int control; /* our end of the pair */
	int signals;
	pid_t sensor;
	struct helper helpers[LAUNCHER_HELPERS];
	struct launcher_health health;
	unsigned end_within_ms;
	int64_t end_by_ms; /* CLOCK_MONOTONIC: the sensor has been told to end; 0: it has not */
	bool killed; /* it did not */
};

static int pair_open(int pair[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ? -errno : 0;
}

/*
 * In a helper: the launcher's signal mask is not for it. But SIGUSR1 ends nobody: it may be told to
 * all of us.
 */
static void helper_signals(void)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* *ret_fd: the sensor's end. */
static int helper_start(struct helper *helper, int *ret_fd)
{
	pid_t parent = getpid(), child;
	int pair[2], err = pair_open(pair);

	if (err < 0)
		return err;
	child = fork();
	if (child == 0) {
		helper_signals();
		if (!privileges_die_with_parent(parent))
			_exit(0);
		if (helper->target)
			writer_child(pair[1], helper->target);
		else if (helper->run)
			helper->run(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	if (child < 0) {
		err = -errno;
		close(pair[0]);
		return err;
	}
	helper->pid = child;
	*ret_fd = pair[0];
	return 0;
}

static int send_answer(struct launcher *launcher, const struct launcher_message *answer, int fd)
{
	return fd_message_send(launcher->control, answer, sizeof(*answer), fd, 0);
}

/* Kills the one there is. One that hangs in the kernel is remembered until it dies. */
static bool helper_stop(struct helper *helper)
{
	pid_t *place = NULL;

	if (!helper->pid)
		return true;
	for (unsigned i = 0; i < STUCK_MAX; i++)
		if (!helper->stuck[i])
			place = &helper->stuck[i];
	if (!place)
		return false;
	kill(helper->pid, SIGKILL);
	*place = helper->pid;
	helper->pid = 0;
	return true;
}

/* Its socket goes to the sensor; where there is none, the sensor asks again at its next tick. */
static void helper_renew(struct launcher *launcher, unsigned which)
{
	struct launcher_message answer = {.word = LAUNCHER_HELPER, .helper = which};
	struct helper *helper = &launcher->helpers[which];
	int fd = -1, err = -EBUSY;

	if (helper_stop(helper))
		err = helper_start(helper, &fd);
	if (err < 0 && !helper->refused)
		log_error("no %s: %s", helper->name,
			err == -EBUSY ? "two that hang cannot be killed; there will be one "
					"again when one of them has died"
				      : strerror(-err));
	helper->refused = err < 0;
	send_answer(launcher, &answer, fd);
	if (fd >= 0)
		close(fd);
}

static void serve(struct launcher *launcher)
{
	struct launcher_message message;

	if (recv(launcher->control, &message, sizeof(message), MSG_DONTWAIT) != sizeof(message))
		return;
	if (message.word == LAUNCHER_HELPER && message.helper < LAUNCHER_HELPERS)
		helper_renew(launcher, message.helper);
	if (message.word == LAUNCHER_STOP && message.helper < LAUNCHER_HELPERS)
		helper_stop(&launcher->helpers[message.helper]);
	if (message.word == LAUNCHER_CANARY)
		launcher_health_play(&launcher->health, launcher->control, &message);
	if (message.word == LAUNCHER_NOTIFY)
		launcher_health_notify(&launcher->health, &message);
}

static void helper_ended(struct helper *helper, pid_t pid, int status)
{
	if (pid == helper->pid) {
		helper->pid = 0; /* the sensor asks for another at its next tick */
		child_death_say(helper->name, status, &helper->deaths);
	}
	for (unsigned i = 0; i < STUCK_MAX; i++)
		if (helper->stuck[i] == pid)
			helper->stuck[i] = 0;
}

/* Reaps whoever has ended. True: the sensor; *ret_code is its verdict. */
static bool reap(struct launcher *launcher, enum exit_code *ret_code)
{
	bool ended = false;
	unsigned deaths = 0;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == launcher->sensor) {
			ended = true;
			*ret_code = WIFEXITED(status) ? (enum exit_code)WEXITSTATUS(status)
						      : EXIT_RUNTIME;
			child_death_say("sensor", status, &deaths);
		}
		for (unsigned i = 0; i < LAUNCHER_HELPERS; i++)
			helper_ended(&launcher->helpers[i], pid, status);
		launcher_health_ended(&launcher->health, launcher->control, pid, status);
	}
	return ended;
}

/* Whoever is told twice has no more time for it. */
static void tell_to_end(struct launcher *launcher)
{
	kill(launcher->sensor, SIGTERM);
	launcher_health_stopping(&launcher->health);
	if (!launcher->end_by_ms)
		launcher->end_by_ms = monotonic_ms() + launcher->end_within_ms;
}

/*
 * One deadline: children that wake us again and again do not put it off. Returns how long to wait
 * at most; -1: for ever.
 */
static int keep_deadline(struct launcher *launcher)
{
	int64_t left_ms;

	if (!launcher->end_by_ms || launcher->killed)
		return -1;
	left_ms = launcher->end_by_ms - monotonic_ms();
	if (left_ms > 0)
		return (int)left_ms;
	log_error("the sensor did not end within %u ms of being told: killing it",
		launcher->end_within_ms);
	kill(launcher->sensor, SIGKILL);
	launcher->killed = true;
	return -1;
}

static enum exit_code supervise(struct launcher *launcher)
{
	enum exit_code code = EXIT_RUNTIME;

	for (;;) {
		struct pollfd fds[] = {{.fd = launcher->signals, .events = POLLIN},
			{.fd = launcher->control, .events = POLLIN}};
		struct signalfd_siginfo signal;

		poll(fds, 2, keep_deadline(launcher));
		if (fds[1].revents & POLLIN)
			serve(launcher);
		while (read(launcher->signals, &signal, sizeof(signal)) == sizeof(signal)) {
			if (signal.ssi_signo == SIGHUP || signal.ssi_signo == SIGUSR1)
				kill(launcher->sensor, (int)signal.ssi_signo);
			else if (signal.ssi_signo != SIGCHLD)
				tell_to_end(launcher);
		}
		if (reap(launcher, &code))
			return code;
		if (fds[1].revents & POLLHUP) /* it is about to end: no more requests */
			launcher->control = -1;
	}
}

void launcher_hold_signals(sigset_t *ret_signals)
{
	sigemptyset(ret_signals);
	sigaddset(ret_signals, SIGTERM);
	sigaddset(ret_signals, SIGINT);
	sigaddset(ret_signals, SIGHUP);
	sigaddset(ret_signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, ret_signals, NULL);
}

static int open_signals(struct launcher *launcher)
{
	sigset_t signals;

	launcher_hold_signals(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	launcher->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return launcher->signals < 0 ? -errno : 0;
}

static int start_all(struct launcher *launcher, const struct launcher_sensor *sensor, int *sockets)
{
	pid_t parent = getpid();
	int control[2], err = pair_open(control);

	for (unsigned i = 0; i < LAUNCHER_HELPERS && err == 0; i++)
		if (launcher->helpers[i].name && !(sensor->without & 1u << i))
			err = helper_start(&launcher->helpers[i], &sockets[i]);
	if (err < 0)
		return err;
	launcher->sensor = fork();
	if (launcher->sensor == 0) {
		close(control[0]);
		close(launcher->signals);
		/* What is told to it before its loop begins waits there: the mask stays. */
		_exit(privileges_die_with_parent(parent)
				? (int)sensor->run(sensor->context, control[1], sockets)
				: EXIT_RUNTIME);
	}
	close(control[1]);
	if (sensor->rules >= 0)
		close(sensor->rules); /* or it would keep rules in memory that are no longer in
					 force */
	launcher->control = control[0];
	return launcher->sensor < 0 ? -errno : 0;
}

enum exit_code launcher_run(const struct launcher_sensor *sensor)
{
	struct launcher launcher = {
		.control = -1,
		.signals = -1,
		.end_within_ms = sensor->end_within_ms,
		.helpers = {[LAUNCHER_EXAMINER] = {.name = "examiner", .run = examiner_child},
			[LAUNCHER_VISITOR] = {.name = "visitor", .run = visitor_child},
			[LAUNCHER_LOADER] = {.name = "loader", .run = reload_child},
			[LAUNCHER_CONTENT] = {.name = "reader of content", .run = content_child},
			[LAUNCHER_LARGE_CONTENT] = {.name = "reader of large content",
				.run = content_child},
			[LAUNCHER_METRICS] = {.name = "exporter", .run = metrics_child}},
	};
	int sockets[LAUNCHER_HELPERS], err;
	enum exit_code code = EXIT_RUNTIME;

	for (unsigned i = 0; i < sensor->sinks_count; i++)
		launcher.helpers[LAUNCHER_WRITERS + i] =
			(struct helper){.name = "writer", .target = sensor->sinks[i]};
	memset(sockets, -1, sizeof(sockets));
	launcher_health_open(&launcher.health);
	err = open_signals(&launcher);
	if (err == 0)
		err = start_all(&launcher, sensor, sockets);
	for (unsigned i = 0; i < LAUNCHER_HELPERS; i++)
		if (sockets[i] >= 0)
			close(sockets[i]);
	if (err == 0)
		err = promise_keep(SECCOMP_LAUNCHER);
	if (err == 0)
		code = supervise(&launcher);
	else
		log_error("starting the sensor: %s", strerror(-err));
	for (unsigned i = 0; i < LAUNCHER_HELPERS; i++)
		if (launcher.helpers[i].pid)
			kill(launcher.helpers[i].pid, SIGKILL);
	launcher_health_close(&launcher.health);
	return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The privileged parent: starts sensor and examiner, does for them what needs privileges, ends
 * them. */
#include "launcher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examiner/examiner_child.h"
#include "log.h"
#include "privileges.h"

#define END_WITHIN_MS 10000 /* from SIGTERM to SIGKILL for a sensor that does not end */
#define EXAMINERS_STUCK_MAX                                                   \
	2 /* that could not be killed; beyond it nothing is examined any more \
	   */

struct launcher {
	int control; /* our end of the pair */
	int signals;
	pid_t sensor;
	pid_t examiner; /* 0: none */
	pid_t stuck[EXAMINERS_STUCK_MAX]; /* killed, not dead yet */
	bool ending; /* the sensor has been told to end */
};

static int pair_open(int pair[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ? -errno : 0;
}

/* In a child of ours: the launcher's signal mask and handlers are not for it. */
static void child_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* *ret_fd: the sensor's end. */
static int examiner_start(struct launcher *launcher, int *ret_fd)
{
	pid_t parent = getpid(), child;
	int pair[2], err = pair_open(pair);

	if (err < 0)
		return err;
	child = fork();
	if (child == 0) {
		child_signals();
		if (privileges_die_with_parent(parent))
			examiner_child(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	if (child < 0) {
		err = -errno;
		close(pair[0]);
		return err;
	}
	launcher->examiner = child;
	*ret_fd = pair[0];
	return 0;
}

static int send_answer(struct launcher *launcher, const struct launcher_message *answer, int fd)
{
	struct iovec part = {.iov_base = (void *)answer, .iov_len = sizeof(*answer)};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} ancillary = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (fd >= 0) {
		struct cmsghdr *header = &ancillary.align;

		message.msg_control = ancillary.bytes;
		message.msg_controllen = sizeof(ancillary.bytes);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	return sendmsg(launcher->control, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Kills the examiner there is. One that hangs in the kernel is remembered until it dies. */
static bool examiner_stop(struct launcher *launcher)
{
	pid_t *place = NULL;

	if (!launcher->examiner)
		return true;
	for (unsigned i = 0; i < EXAMINERS_STUCK_MAX; i++)
		if (!launcher->stuck[i])
			place = &launcher->stuck[i];
	if (!place)
		return false;
	kill(launcher->examiner, SIGKILL);
	*place = launcher->examiner;
	launcher->examiner = 0;
	return true;
}

static void examiner_renew(struct launcher *launcher)
{
	struct launcher_message answer = {.word = LAUNCHER_EXAMINER};
	int fd, err;

	if (!examiner_stop(launcher)) {
		log_error("two examiners hang and cannot be killed: nothing more is examined");
		return;
	}
	err = examiner_start(launcher, &fd);
	if (err < 0) {
		log_error("starting the examiner: %s", strerror(-err));
		return;
	}
	send_answer(launcher, &answer, fd);
	close(fd);
}

static void serve(struct launcher *launcher)
{
	struct launcher_message message;

	if (recv(launcher->control, &message, sizeof(message), MSG_DONTWAIT) != sizeof(message))
		return;
	if (message.word == LAUNCHER_EXAMINER)
		examiner_renew(launcher);
	if (message.word == LAUNCHER_CANARY) {
		message.cgroup_mount[sizeof(message.cgroup_mount) - 1] = '\0';
		canary_play(&message.canary, message.attached, message.cgroup_mount);
		send_answer(launcher, &message, -1);
	}
}

/* Reaps whoever has ended. True: the sensor; *ret_code is its verdict. */
static bool reap(struct launcher *launcher, enum exit_code *ret_code)
{
	bool ended = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == launcher->sensor) {
			ended = true;
			*ret_code = WIFEXITED(status) ? (enum exit_code)WEXITSTATUS(status)
						      : EXIT_RUNTIME;
			if (WIFSIGNALED(status))
				log_error("the sensor died of signal %d (%s)", WTERMSIG(status),
					strsignal(WTERMSIG(status)));
		} else if (pid == launcher->examiner) {
			launcher->examiner = 0; /* the sensor asks for another at its next tick */
		}
		for (unsigned i = 0; i < EXAMINERS_STUCK_MAX; i++)
			if (launcher->stuck[i] == pid)
				launcher->stuck[i] = 0;
	}
	return ended;
}

static enum exit_code supervise(struct launcher *launcher)
{
	enum exit_code code = EXIT_RUNTIME;

	for (;;) {
		struct pollfd fds[] = {{.fd = launcher->signals, .events = POLLIN},
			{.fd = launcher->control, .events = POLLIN}};
		int ready = poll(fds, 2, launcher->ending ? END_WITHIN_MS : -1);
		struct signalfd_siginfo signal;

		if (ready == 0) {
			log_error("the sensor did not end within %d s of being told: killing it",
				END_WITHIN_MS / 1000);
			kill(launcher->sensor, SIGKILL);
		}
		if (fds[1].revents & POLLIN)
			serve(launcher);
		while (read(launcher->signals, &signal, sizeof(signal)) == sizeof(signal)) {
			if (signal.ssi_signo == SIGCHLD)
				continue;
			kill(launcher->sensor, SIGTERM);
			launcher->ending = true;
		}
		if (reap(launcher, &code))
			return code;
		if (fds[1].revents & POLLHUP) /* it is about to end: no more requests */
			launcher->control = -1;
	}
}

static int open_signals(struct launcher *launcher)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	launcher->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return launcher->signals < 0 ? -errno : 0;
}

enum exit_code launcher_run(
	enum exit_code (*sensor)(void *context, int control, int examiner), void *context)
{
	struct launcher launcher = {.control = -1, .signals = -1};
	enum exit_code code = EXIT_RUNTIME;
	int control[2] = {-1, -1}, examiner = -1, err;
	pid_t parent = getpid();

	err = open_signals(&launcher);
	if (err == 0)
		err = pair_open(control);
	if (err == 0)
		err = examiner_start(&launcher, &examiner);
	if (err == 0) {
		launcher.sensor = fork();
		if (launcher.sensor == 0) {
			close(control[0]);
			close(launcher.signals);
			child_signals();
			_exit(privileges_die_with_parent(parent)
					? (int)sensor(context, control[1], examiner)
					: EXIT_RUNTIME);
		}
		err = launcher.sensor < 0 ? -errno : 0;
	}
	if (err == 0) {
		close(control[1]);
		close(examiner);
		launcher.control = control[0];
		code = supervise(&launcher);
	} else {
		log_error("starting the sensor: %s", strerror(-err));
	}
	if (launcher.examiner)
		kill(launcher.examiner, SIGKILL);
	return code;
}

int launcher_ask(int control, const struct launcher_message *request)
{
	return send(control, request, sizeof(*request), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int launcher_answer(int control, int wait_ms, struct launcher_message *ret_answer, int *ret_fd)
{
	struct iovec part = {.iov_base = ret_answer, .iov_len = sizeof(*ret_answer)};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} ancillary;
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = ancillary.bytes,
		.msg_controllen = sizeof(ancillary.bytes)};
	struct pollfd ready = {.fd = control, .events = POLLIN};
	struct cmsghdr *header;
	ssize_t len;

	if (wait_ms && poll(&ready, 1, wait_ms) == 0)
		return -ETIME;
	len = recvmsg(control, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (len < 0)
		return -errno;
	if (len != sizeof(*ret_answer))
		return -EPIPE;
	*ret_fd = -1;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(ret_fd, CMSG_DATA(header), sizeof(*ret_fd));
	return 0;
}

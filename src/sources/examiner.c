/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of jobs in front of the examining child, and the child's deadline. */
#include "sources/examiner.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event.h"
#include "examiner/examine_process.h"
#include "sources/host.h"

#define JOBS_MAX 32768 /* as many as processes are kept; 16 bytes each */
#define JOBS_IN_FLIGHT 16 /* more would only wait in the socket */
#define DEADLINE_NS UINT64_C(3000000000)

struct examiner {
	struct record_out out;
	int fd;
	pid_t child;
	pid_t stuck; /* killed, not reaped yet; 0: none */
	unsigned head, count; /* of jobs; the first in_flight of them are with the child */
	unsigned in_flight;
	uint64_t progress_ns; /* when the child last answered, or got its first job */
	uint64_t given_up;
	struct process_key jobs[JOBS_MAX];
};

/* Answers job after job until the other end is closed. An answer without bytes means: gone. */
static void child_serve(int fd)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	struct process_key key;

	while (recv(fd, &key, sizeof(key), 0) == sizeof(key)) {
		size_t len = examine_process(&key, record);

		if (send(fd, len ? (void *)record : "", len ? len : 1, MSG_NOSIGNAL) < 0)
			return;
	}
}

static int child_start(struct examiner *examiner)
{
	int pair[2];
	pid_t parent = getpid(), child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	child = fork();
	if (child < 0) {
		int err = -errno;

		close(pair[0]);
		close(pair[1]);
		return err;
	}
	if (child == 0) {
		sigset_t none;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGINT, SIG_IGN); /* a terminal's ^C reaches us too; the sensor ends us */
		if (getppid() == parent && dup2(pair[1], STDIN_FILENO) == STDIN_FILENO &&
			close_range(3, ~0U, 0) == 0)
			child_serve(STDIN_FILENO);
		_exit(0);
	}
	close(pair[1]);
	examiner->fd = pair[0];
	examiner->child = child;
	examiner->in_flight = 0;
	return 0;
}

static void child_stop(struct examiner *examiner)
{
	if (examiner->fd >= 0)
		close(examiner->fd);
	examiner->fd = -1;
	if (examiner->child <= 0)
		return;
	kill(examiner->child, SIGKILL);
	examiner->stuck = examiner->child; /* a tick reaps it; one that hangs in the kernel stays */
	examiner->child = 0;
}

int examiner_open(const struct record_out *out, struct examiner **ret_examiner)
{
	struct examiner *examiner = calloc(1, sizeof(*examiner));
	int err;

	if (!examiner)
		return -ENOMEM;
	examiner->out = *out;
	err = child_start(examiner);
	if (err < 0)
		free(examiner);
	else
		*ret_examiner = examiner;
	return err;
}

int examiner_fd(const struct examiner *examiner)
{
	return examiner->fd;
}

uint64_t examiner_given_up(const struct examiner *examiner)
{
	return examiner->given_up;
}

static void hand_out(struct examiner *examiner)
{
	while (examiner->fd >= 0 && examiner->in_flight < JOBS_IN_FLIGHT &&
		examiner->in_flight < examiner->count) {
		const struct process_key *job =
			&examiner->jobs[(examiner->head + examiner->in_flight) % JOBS_MAX];

		if (send(examiner->fd, job, sizeof(*job), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			return; /* full, or the child is gone: the deadline sees to it */
		if (examiner->in_flight++ == 0)
			examiner->progress_ns = host_now_ns();
	}
}

static void drop_first(struct examiner *examiner)
{
	examiner->head = (examiner->head + 1) % JOBS_MAX;
	examiner->count--;
}

void examiner_request(struct examiner *examiner, const struct process_key *key)
{
	if (examiner->count == JOBS_MAX) {
		examiner->given_up++;
		return;
	}
	examiner->jobs[(examiner->head + examiner->count++) % JOBS_MAX] = *key;
	hand_out(examiner);
}

int examiner_consume(struct examiner *examiner)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	int err = 0;

	while (err >= 0 && examiner->in_flight) {
		ssize_t len = recv(examiner->fd, record, sizeof(record), MSG_DONTWAIT);

		if (len <= 0)
			break;
		examiner->in_flight--;
		drop_first(examiner);
		examiner->progress_ns = host_now_ns();
		if ((size_t)len >= sizeof(struct event_header))
			err = examiner->out.feed(examiner->out.context, record, (size_t)len);
	}
	hand_out(examiner);
	return err < 0 ? err : 0;
}

/* Never asks about pid 0: that would be any child of ours. */
static bool reaped(pid_t child)
{
	return child > 0 && waitpid(child, NULL, WNOHANG) == child;
}

bool examiner_tick(struct examiner *examiner, uint64_t now_ns)
{
	if (reaped(examiner->stuck))
		examiner->stuck = 0;
	if (reaped(examiner->child))
		examiner->child = 0; /* it died */
	if (examiner->child > 0 &&
		(!examiner->in_flight || now_ns < examiner->progress_ns + DEADLINE_NS))
		return false;
	if (examiner->stuck)
		return false; /* two that hang are enough */
	if (examiner->in_flight) {
		drop_first(examiner); /* the one it hung on, or died of */
		examiner->given_up++;
		examiner->in_flight = 0;
	}
	child_stop(examiner);
	if (child_start(examiner) < 0)
		return false; /* the next tick tries again */
	hand_out(examiner);
	return true;
}

void examiner_free(struct examiner *examiner)
{
	if (!examiner)
		return;
	child_stop(examiner);
	free(examiner);
}

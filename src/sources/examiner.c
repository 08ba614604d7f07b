/* SPDX-License-Identifier: Apache-2.0 */
/* Queues the examiner's jobs, watches its deadline, delivers its records. */
#include "sources/examiner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event.h"
#include "sources/host.h"

#define JOBS_MAX 32768 /* as many as processes are kept */
#define JOBS_IN_FLIGHT 16 /* more would only wait in the socket */
#define DEADLINE_NS UINT64_C(3000000000)

struct examiner {
	struct record_out out;
	int fd; /* -1: between two examiners */
	bool dead; /* it closed its end */
	unsigned head, count; /* of jobs; the first in_flight of them are with the examiner */
	unsigned in_flight;
	uint64_t progress_ns; /* when it last answered, or got its first job */
	uint64_t given_up;
	struct examine_job *jobs[JOBS_MAX]; /* each as long as it needs to be */
};

struct examiner *examiner_new(const struct record_out *out, int fd)
{
	struct examiner *examiner = calloc(1, sizeof(*examiner));

	if (!examiner)
		return NULL;
	examiner->out = *out;
	examiner->fd = fd;
	return examiner;
}

static void drop_first(struct examiner *examiner)
{
	free(examiner->jobs[examiner->head]);
	examiner->head = (examiner->head + 1) % JOBS_MAX;
	examiner->count--;
}

void examiner_free(struct examiner *examiner)
{
	if (!examiner)
		return;
	if (examiner->fd >= 0)
		close(examiner->fd);
	while (examiner->count)
		drop_first(examiner);
	free(examiner);
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
		const struct examine_job *job =
			examiner->jobs[(examiner->head + examiner->in_flight) % JOBS_MAX];

		if (send(examiner->fd, job, examine_job_size(job), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			return; /* full, or it is gone: the deadline sees to it */
		if (examiner->in_flight++ == 0)
			examiner->progress_ns = host_now_ns();
	}
}

void examiner_request(struct examiner *examiner, const struct examine_job *job)
{
	struct examine_job *copy =
		examiner->count < JOBS_MAX ? malloc(examine_job_size(job)) : NULL;

	if (!copy) {
		examiner->given_up++;
		return;
	}
	memcpy(copy, job, examine_job_size(job));
	examiner->jobs[(examiner->head + examiner->count++) % JOBS_MAX] = copy;
	hand_out(examiner);
}

int examiner_consume(struct examiner *examiner)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	int err = 0;

	while (err >= 0) {
		ssize_t len = recv(examiner->fd, record, sizeof(record), MSG_DONTWAIT);

		if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
			examiner->dead = true;
		if (len <= 0 || !examiner->in_flight)
			break;
		examiner->in_flight--;
		drop_first(examiner);
		examiner->progress_ns = host_now_ns();
		if ((size_t)len >= sizeof(struct event_header))
			err = examiner->out.feed(examiner->out.context, record, (size_t)len);
	}
	if (examiner->dead) { /* or its socket would wake us until the next tick */
		close(examiner->fd);
		examiner->fd = -1;
	}
	hand_out(examiner);
	return err < 0 ? err : 0;
}

bool examiner_tick(struct examiner *examiner, uint64_t now_ns)
{
	bool late = examiner->in_flight && now_ns >= examiner->progress_ns + DEADLINE_NS;

	if (examiner->fd >= 0 && !examiner->dead && !late)
		return false;
	if (examiner->fd >= 0)
		close(examiner->fd); /* an epoll set forgets it by itself */
	examiner->fd = -1;
	if (examiner->in_flight) {
		drop_first(examiner); /* the one it hangs on, or died of */
		examiner->given_up++;
	}
	examiner->in_flight = 0;
	return true;
}

void examiner_renew(struct examiner *examiner, int fd)
{
	if (examiner->fd >= 0)
		close(examiner->fd);
	examiner->fd = fd;
	examiner->dead = false;
	hand_out(examiner);
}

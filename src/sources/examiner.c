/* SPDX-License-Identifier: Apache-2.0 */
/* Queues an examining process' jobs, watches its deadline, delivers its records. */
#include "sources/examiner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event.h"
#include "sources/host.h"
#include "util/fd_message.h"

#define JOBS_MAX 32768 /* of each queue; as many as processes are kept */
#define REFUSED_MAX 1024 /* jobs that found no place and are told of at the next tick */
#define DEADLINE_NS UINT64_C(3000000000)

struct queue {
	unsigned head, count;
	struct examine_job *jobs[JOBS_MAX]; /* each as long as it needs to be */
};

struct examiner {
	struct record_out out;
	int fd; /* -1: between two of them */
	int bundle; /* the rules; -1: it needs none */
	bool ruled; /* the one there is has them */
	bool dead; /* it closed its end */
	struct content_pace pace;
	struct queue urgent, later;
	/* Taken from the queues. The first sent of them are with it, and it answers in turn. */
	struct examine_job *flying[EXAMINER_IN_FLIGHT_MAX];
	unsigned flying_max, flying_count, sent;
	uint64_t progress_ns; /* when it last answered, or got its first job */
	uint64_t given_up;
	unsigned refused_count;
	struct examine_job *refused[REFUSED_MAX];
};

struct examiner *examiner_new(const struct record_out *out, unsigned in_flight, int fd)
{
	struct examiner *examiner = calloc(1, sizeof(*examiner));

	if (!examiner)
		return NULL;
	examiner->out = *out;
	examiner->fd = fd;
	examiner->bundle = -1;
	examiner->flying_max = in_flight;
	return examiner;
}

static struct examine_job *pop(struct queue *queue)
{
	struct examine_job *job = queue->jobs[queue->head];

	if (!queue->count)
		return NULL;
	queue->head = (queue->head + 1) % JOBS_MAX;
	queue->count--;
	return job;
}

static struct examine_job *next_job(struct examiner *examiner)
{
	return pop(examiner->urgent.count ? &examiner->urgent : &examiner->later);
}

/* The one that is being worked at. */
static void drop_first(struct examiner *examiner)
{
	free(examiner->flying[0]);
	examiner->flying_count--;
	memmove(examiner->flying, examiner->flying + 1,
		examiner->flying_count * sizeof(examiner->flying[0]));
	if (examiner->sent)
		examiner->sent--;
}

void examiner_free(struct examiner *examiner)
{
	struct examine_job *job;

	if (!examiner)
		return;
	if (examiner->fd >= 0)
		close(examiner->fd);
	if (examiner->bundle >= 0)
		close(examiner->bundle);
	while (examiner->flying_count)
		drop_first(examiner);
	while ((job = next_job(examiner)))
		free(job);
	while (examiner->refused_count)
		free(examiner->refused[--examiner->refused_count]);
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

/* A byte that brings the descriptor along. */
static bool hand_rules(struct examiner *examiner)
{
	if (examiner->bundle < 0 || examiner->ruled)
		return true;
	examiner->ruled = fd_message_send(examiner->fd, "", 1, examiner->bundle, MSG_DONTWAIT) == 0;
	return examiner->ruled;
}

static void hand_out(struct examiner *examiner)
{
	struct examine_job *job;

	while (examiner->fd >= 0 && hand_rules(examiner)) {
		if (examiner->sent == examiner->flying_count) {
			if (examiner->flying_count == examiner->flying_max ||
				!(job = next_job(examiner)))
				return;
			examiner->flying[examiner->flying_count++] = job;
		}
		job = examiner->flying[examiner->sent];
		if (send(examiner->fd, job, examine_job_size(job), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			return; /* full, or it is gone: the deadline sees to it */
		if (examiner->sent++ == 0)
			examiner->progress_ns = host_now_ns();
	}
}

void examiner_request(struct examiner *examiner, const struct examine_job *job)
{
	struct queue *queue = job->later ? &examiner->later : &examiner->urgent;
	struct examine_job *copy = malloc(examine_job_size(job));

	if (copy)
		memcpy(copy, job, examine_job_size(job));
	if (copy && queue->count < JOBS_MAX) {
		queue->jobs[(queue->head + queue->count++) % JOBS_MAX] = copy;
		hand_out(examiner);
		return;
	}
	examiner->given_up++;
	if (copy && examiner->refused_count < REFUSED_MAX)
		examiner->refused[examiner->refused_count++] = copy;
	else
		free(copy);
}

void examiner_rules(struct examiner *examiner, int bundle, const struct content_pace *pace)
{
	if (examiner->bundle >= 0)
		close(examiner->bundle);
	examiner->bundle = bundle;
	examiner->pace = *pace;
	examiner->ruled = false;
	hand_out(examiner);
}

/* A job's answer is any number of records and one packet that is shorter than any. */
int examiner_consume(struct examiner *examiner)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	int err = 0;

	while (err >= 0) {
		ssize_t len = recv(examiner->fd, record, sizeof(record), MSG_DONTWAIT);

		if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
			examiner->dead = true;
		if (len <= 0 || !examiner->sent)
			break;
		examiner->progress_ns = host_now_ns();
		if ((size_t)len >= sizeof(struct event_header))
			err = examiner->out.feed(examiner->out.context, record, (size_t)len);
		else
			drop_first(examiner);
	}
	if (examiner->dead) { /* or its socket would wake us until the next tick */
		close(examiner->fd);
		examiner->fd = -1;
	}
	hand_out(examiner);
	return err < 0 ? err : 0;
}

static int tell_given_up(struct examiner *examiner, const struct examine_job *job)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	size_t len = content_job_gave_up(job, record);

	return len ? examiner->out.feed(examiner->out.context, record, len) : 0;
}

/* What is fed may ask again, so only those of now. */
static int tell_refused(struct examiner *examiner)
{
	struct examine_job *jobs[REFUSED_MAX];
	unsigned count = examiner->refused_count;
	int err = 0;

	memcpy(jobs, examiner->refused, count * sizeof(jobs[0]));
	examiner->refused_count = 0;
	for (unsigned i = 0; i < count; i++) {
		if (err >= 0)
			err = tell_given_up(examiner, jobs[i]);
		free(jobs[i]);
	}
	return err;
}

static bool is_late(const struct examiner *examiner, uint64_t now_ns)
{
	uint64_t may_take_ns = DEADLINE_NS;

	if (!examiner->sent)
		return false;
	may_take_ns += content_job_ns(examiner->flying[0], &examiner->pace);
	return now_ns >= examiner->progress_ns + may_take_ns;
}

int examiner_tick(struct examiner *examiner, uint64_t now_ns, bool *ret_wanted)
{
	int err = tell_refused(examiner);

	*ret_wanted = examiner->fd < 0 || examiner->dead || is_late(examiner, now_ns);
	if (!*ret_wanted) {
		hand_out(examiner); /* a job it could not be sent, for want of memory */
		return err;
	}
	if (examiner->fd >= 0)
		close(examiner->fd); /* an epoll set forgets it by itself */
	examiner->fd = -1;
	if (examiner->sent) { /* the first is the one it hangs on, or died of */
		examiner->given_up++;
		examiner->sent = 0; /* the others are for the next one */
		if (err >= 0)
			err = tell_given_up(examiner, examiner->flying[0]);
		drop_first(examiner);
	}
	return err;
}

void examiner_renew(struct examiner *examiner, int fd)
{
	if (examiner->fd >= 0)
		close(examiner->fd);
	examiner->fd = fd;
	examiner->dead = false;
	examiner->ruled = false;
	hand_out(examiner);
}

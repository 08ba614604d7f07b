/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's end of its sinks: a queue each, in front of a writer each. Nothing here blocks. */
#include "sinks/sink_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "log.h"
#include "sinks/sinks.h"
#include "sinks/writer.h"

#define SAY_AGAIN_NS UINT64_C(60000000000) /* of losses, and of what keeps failing */
#define FINISH_WITHIN_NS UINT64_C(1000000000) /* a writer that is to be replaced */

struct sink_end {
	const char *target;
	int fd; /* to the writer; -1: between two of them */
	struct line_queue queue;
	uint64_t finish_ns; /* it was told to finish by then; 0: it was not */
	bool stale; /* the writer to come may have opened too early */
	bool gone; /* its reader, for good */
	int trouble; /* -errno it fails with at present; 0: none */
	int lost_for; /* the last -errno a line was given up for; 0: there was no room */
	bool trouble_said;
	uint64_t lost_said, said_ns;
};

struct sink_set {
	unsigned count;
	struct kept_lines lines;
	char host[SINK_HOST_MAX];
	struct sink_end *ends;
};

struct sink_set *sink_set_new(const char *const *targets, unsigned count, const int *sockets)
{
	struct sink_set *set = calloc(1, sizeof(*set));

	if (set)
		set->ends = calloc(count ? count : 1, sizeof(*set->ends));
	if (!set || !set->ends) {
		free(set);
		return NULL;
	}
	kept_lines_init(&set->lines);
	set->count = count;
	for (unsigned i = 0; i < count; i++) {
		set->ends[i].target = targets[i];
		set->ends[i].fd = sockets[i];
		line_queue_init(&set->ends[i].queue, &set->lines);
	}
	return set;
}

void sink_set_free(struct sink_set *set)
{
	for (unsigned i = 0; set && i < set->count; i++) {
		line_queue_give_up(&set->ends[i].queue);
		if (set->ends[i].fd >= 0)
			close(set->ends[i].fd);
	}
	if (set)
		free(set->ends);
	free(set);
}

unsigned sink_set_count(const struct sink_set *set)
{
	return set ? set->count : 0;
}

const char *sink_set_target(const struct sink_set *set, unsigned which)
{
	return set->ends[which].target;
}

void sink_set_host(struct sink_set *set, const char *name)
{
	snprintf(set->host, sizeof(set->host), "%s", name);
}

void sink_set_put(struct sink_set *set, const struct sink_line *line)
{
	struct sink_line own = *line;
	struct kept_line *kept = NULL;

	own.host = set->host;
	for (unsigned i = 0; i < set->count; i++) {
		if (!kept && !set->ends[i].gone)
			kept = kept_line_new(&set->lines, &own);
		if (kept && !set->ends[i].gone)
			line_queue_put(&set->ends[i].queue, kept);
		else
			line_queue_lose(&set->ends[i].queue);
	}
}

static int hand_out(int fd, const struct kept_line *kept, bool again)
{
	const struct sink_line *line = &kept->line;
	struct writer_head head = {
		.number = kept->number,
		.time_ns = line->time_ns,
		.severity = line->severity,
		.kind = line->kind,
		.again = again,
	};
	struct iovec parts[] = {
		{&head, sizeof(head)}, {.iov_base = (void *)line->bytes, .iov_len = line->len}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	snprintf(head.host, sizeof(head.host), "%s", line->host);
	return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* What does not go now goes when it has answered, or its end is noticed. */
static void flush(struct sink_end *end)
{
	const struct kept_line *kept;
	bool again;

	while (end->fd >= 0 && !end->finish_ns && (kept = line_queue_next(&end->queue, &again)) &&
		hand_out(end->fd, kept, again) == 0)
		line_queue_handed(&end->queue);
}

void sink_set_flush(struct sink_set *set)
{
	for (unsigned i = 0; i < set->count; i++)
		flush(&set->ends[i]);
}

int sink_set_fd(const struct sink_set *set, unsigned which)
{
	return set->ends[which].fd;
}

static void answered(struct sink_end *end, const struct writer_answer *answer)
{
	if (answer->number == 0) {
		end->trouble = answer->error;
		return;
	}
	line_queue_answer(&end->queue, answer->number, answer->error == 0);
	if (answer->error == 0 && end->trouble_said)
		log_info("--alerts %s: works again", end->target);
	if (answer->error == 0)
		end->trouble = 0, end->trouble_said = false;
	else
		end->lost_for = answer->error;
	if (answer->error == -EPIPE) {
		end->gone = true;
		line_queue_give_up(&end->queue);
	}
}

/*
 * True: it has ended. One that ended with lines unread leaves an error before its last answers,
 * once (AF_UNIX).
 */
static bool take_answers(struct sink_end *end)
{
	struct writer_answer answer;
	ssize_t len;

	for (;;) {
		len = recv(end->fd, &answer, sizeof(answer), MSG_DONTWAIT);
		if (len == sizeof(answer))
			answered(end, &answer);
		else if (len >= 0 || (errno != EINTR && errno != ECONNRESET))
			return len >= 0 || errno != EAGAIN;
	}
}

static void part(struct sink_end *end)
{
	close(end->fd); /* an epoll set forgets it by itself */
	end->fd = -1;
	line_queue_take_back(&end->queue);
}

bool sink_set_consume(struct sink_set *set, unsigned which)
{
	struct sink_end *end = &set->ends[which];
	bool finished = end->finish_ns;

	if (end->fd < 0)
		return false;
	if (!take_answers(end)) {
		flush(end);
		return false;
	}
	part(end);
	end->finish_ns = 0;
	return finished; /* any other one is due at the next tick: not as fast as it can die */
}

static void say(struct sink_end *end, uint64_t now_ns)
{
	struct line_counters counters = line_queue_counters(&end->queue);
	bool losses = counters.lost > end->lost_said;
	bool trouble = end->trouble && !end->trouble_said;

	if ((!losses && !trouble) || (end->said_ns && now_ns < end->said_ns + SAY_AGAIN_NS))
		return;
	if (trouble)
		log_warning("--alerts %s: %s; trying again", end->target, strerror(-end->trouble));
	if (losses)
		log_warning("--alerts %s: %llu lines lost so far%s%s", end->target,
			(unsigned long long)counters.lost, end->lost_for ? ": " : "",
			end->lost_for ? strerror(-end->lost_for) : "");
	end->trouble_said |= trouble;
	end->lost_said = counters.lost;
	end->said_ns = now_ns;
}

bool sink_set_tick(struct sink_set *set, unsigned which, uint64_t now_ns)
{
	struct sink_end *end = &set->ends[which];

	say(end, now_ns);
	return end->fd < 0 || (end->finish_ns && now_ns >= end->finish_ns);
}

static void finish(struct sink_end *end, uint64_t now_ns)
{
	shutdown(end->fd, SHUT_WR);
	end->finish_ns = now_ns + FINISH_WITHIN_NS;
}

void sink_set_renew(struct sink_set *set, unsigned which, int fd)
{
	struct sink_end *end = &set->ends[which];

	if (end->fd >= 0) { /* killed: what it still said counts */
		take_answers(end);
		part(end);
	}
	end->fd = fd;
	end->finish_ns = 0;
	if (end->stale)
		finish(end, 0);
	end->stale = false;
	flush(end);
}

void sink_set_reopen(struct sink_set *set, uint64_t now_ns)
{
	for (unsigned i = 0; i < sink_set_count(set); i++) {
		struct sink_end *end = &set->ends[i];

		if (sink_type_of(end->target) != &sink_file || end->finish_ns)
			continue;
		if (end->fd >= 0)
			finish(end, now_ns);
		else
			end->stale = true;
	}
}

bool sink_set_gone(const struct sink_set *set)
{
	for (unsigned i = 0; i < sink_set_count(set); i++)
		if (!set->ends[i].gone)
			return false;
	return sink_set_count(set) > 0;
}

bool sink_set_empty(const struct sink_set *set)
{
	return TAILQ_EMPTY(&set->lines.list);
}

void sink_set_shut(struct sink_set *set)
{
	for (unsigned i = 0; i < set->count; i++)
		if (set->ends[i].fd >= 0)
			shutdown(set->ends[i].fd, SHUT_WR);
}

bool sink_set_end(struct sink_set *set)
{
	bool lost = false;

	for (unsigned i = 0; i < set->count; i++) {
		struct sink_end *end = &set->ends[i];
		int why = end->trouble ? end->trouble : end->lost_for;

		if (end->fd >= 0)
			take_answers(end);
		line_queue_give_up(&end->queue);
		if (!end->queue.lost)
			continue;
		lost = true;
		log_error("--alerts %s: %llu lines lost, %llu written%s%s", end->target,
			(unsigned long long)end->queue.lost, (unsigned long long)end->queue.written,
			why ? ": " : "", why ? strerror(-why) : "");
	}
	return lost;
}

struct line_counters sink_set_counters(const struct sink_set *set, unsigned which)
{
	return line_queue_counters(&set->ends[which].queue);
}

uint64_t sink_set_released(const struct sink_set *set)
{
	return set->lines.released;
}

void sink_set_each_pending(const struct sink_set *set, unsigned max,
	void (*visit)(void *context, const struct sink_line *line), void *context)
{
	const struct kept_line *line = TAILQ_LAST(&set->lines.list, kept_list);

	while (line && --max > 0 && TAILQ_PREV(line, kept_list, links))
		line = TAILQ_PREV(line, kept_list, links);
	for (; line; line = TAILQ_NEXT(line, links))
		visit(context, &line->line);
}

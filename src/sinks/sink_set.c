/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's end of its sinks: a queue each, in front of a writer each. Nothing here blocks. */
#include "sinks/sink_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "sinks/sink_end.h"
#include "sinks/sinks.h"

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
		line_queue_give_up(&set->ends[i].queue, LINE_QUEUE_NONE_KEPT);
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
			line_queue_lose(&set->ends[i].queue, own.kind);
	}
}

void sink_set_flush(struct sink_set *set)
{
	kept_lines_let_go(&set->lines);
	for (unsigned i = 0; i < set->count; i++)
		sink_end_flush(&set->ends[i]);
}

int sink_set_fd(const struct sink_set *set, unsigned which)
{
	return set->ends[which].fd;
}

bool sink_set_consume(struct sink_set *set, unsigned which)
{
	struct sink_end *end = &set->ends[which];
	bool finished = end->finish_ns;

	if (end->fd < 0)
		return false;
	if (!sink_end_take_answers(end)) {
		sink_end_flush(end);
		return false;
	}
	sink_end_part(end);
	end->finish_ns = 0;
	return finished; /* any other one is due at the next tick: not as fast as it can die */
}

bool sink_set_tick(struct sink_set *set, unsigned which, uint64_t now_ns)
{
	struct sink_end *end = &set->ends[which];

	sink_end_flush(end); /* a line it could not be handed, for want of memory */
	sink_end_say(end, now_ns);
	return end->fd < 0 || (end->finish_ns && now_ns >= end->finish_ns);
}

void sink_set_renew(struct sink_set *set, unsigned which, int fd)
{
	struct sink_end *end = &set->ends[which];

	if (end->fd >= 0) { /* killed: what it still said counts */
		sink_end_take_answers(end);
		sink_end_part(end);
	}
	end->fd = fd;
	end->finish_ns = 0;
	if (end->stale)
		sink_end_finish(end, 0);
	end->stale = false;
	sink_end_flush(end);
}

void sink_set_reopen(struct sink_set *set, uint64_t now_ns)
{
	for (unsigned i = 0; i < sink_set_count(set); i++) {
		struct sink_end *end = &set->ends[i];

		if (sink_type_of(end->target) != &sink_file || end->finish_ns)
			continue;
		if (end->fd >= 0)
			sink_end_finish(end, now_ns);
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

/* The first of the last max alerts that some sink has not answered for. NULL: there are none. */
static const struct kept_line *first_of_last(const struct sink_set *set, unsigned max)
{
	const struct kept_line *line, *first = NULL;

	TAILQ_FOREACH_REVERSE(line, &set->lines.list, kept_list, links)
	{
		if (line->line.kind != SINK_ALERT)
			continue;
		if (!max--)
			break;
		first = line;
	}
	return first;
}

bool sink_set_end(struct sink_set *set, unsigned kept)
{
	/* Asked before their last answers are taken: those make the list shorter. */
	const struct kept_line *first = first_of_last(set, kept);
	uint64_t from = first ? first->number : LINE_QUEUE_NONE_KEPT;
	bool lost = false;

	for (unsigned i = 0; i < set->count; i++) {
		struct sink_end *end = &set->ends[i];
		int why = end->trouble ? end->trouble : end->lost_for;

		if (end->fd >= 0)
			sink_end_take_answers(end);
		line_queue_give_up(&end->queue, from);
		if (!end->queue.lost)
			continue;
		lost |= end->queue.alerts_lost > 0;
		log_error("--alerts %s: %llu lines lost, %llu of them alerts; %llu written%s%s",
			end->target, (unsigned long long)end->queue.lost,
			(unsigned long long)end->queue.alerts_lost,
			(unsigned long long)end->queue.written, why ? ": " : "",
			why ? strerror(-why) : "");
	}
	return lost;
}

struct line_counters sink_set_counters(const struct sink_set *set, unsigned which)
{
	return line_queue_counters(&set->ends[which].queue);
}

uint64_t sink_set_pending(const struct sink_set *set)
{
	const struct kept_line *line;
	uint64_t count = 0;

	if (!set)
		return 0;
	TAILQ_FOREACH(line, &set->lines.list, links)
	count += line->line.kind == SINK_ALERT;
	return count;
}

void sink_set_each_pending(const struct sink_set *set, unsigned max,
	void (*visit)(void *context, const struct sink_line *line), void *context)
{
	const struct kept_line *line;

	for (line = first_of_last(set, max); line; line = TAILQ_NEXT(line, links))
		if (line->line.kind == SINK_ALERT)
			visit(context, &line->line);
}

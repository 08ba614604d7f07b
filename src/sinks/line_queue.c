/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on their way to a sink: bounded, each of them counted once in the end. */
#include "sinks/line_queue.h"

#include <stdlib.h>
#include <string.h>

void kept_lines_init(struct kept_lines *lines)
{
	TAILQ_INIT(&lines->list);
	lines->last_number = lines->may_go = 0;
}

void kept_lines_let_go(struct kept_lines *lines)
{
	lines->may_go = lines->last_number;
}

struct kept_line *kept_line_new(struct kept_lines *lines, const struct sink_line *line)
{
	struct kept_line *kept = malloc(sizeof(*kept) + line->len);

	if (!kept)
		return NULL;
	kept->queues = 0;
	kept->number = ++lines->last_number;
	kept->line = *line;
	kept->line.bytes = kept->bytes;
	memcpy(kept->bytes, line->bytes, line->len);
	TAILQ_INSERT_TAIL(&lines->list, kept, links);
	return kept;
}

static void release(struct kept_lines *lines, struct kept_line *kept)
{
	if (--kept->queues > 0)
		return;
	TAILQ_REMOVE(&lines->list, kept, links);
	free(kept);
}

void line_queue_init(struct line_queue *queue, struct kept_lines *lines)
{
	memset(queue, 0, sizeof(*queue));
	queue->lines = lines;
}

static struct line_slot *slot(const struct line_queue *queue, unsigned at)
{
	return (struct line_slot *)&queue->slots[(queue->head + at) % LINE_QUEUE_LINES];
}

/* Those before it move up; there are no more of them than the window holds. */
static void take_out(struct line_queue *queue, unsigned at)
{
	struct kept_line *kept = slot(queue, at)->kept;

	for (; at > 0; at--)
		*slot(queue, at) = *slot(queue, at - 1);
	queue->head = (queue->head + 1) % LINE_QUEUE_LINES;
	queue->count--;
	queue->bytes -= kept->line.len;
	release(queue->lines, kept);
}

void line_queue_lose(struct line_queue *queue, enum sink_kind kind)
{
	queue->lost++;
	queue->alerts_lost += kind == SINK_ALERT;
}

void line_queue_put(struct line_queue *queue, struct kept_line *kept)
{
	while (queue->count == LINE_QUEUE_LINES ||
		queue->bytes + kept->line.len > LINE_QUEUE_BYTES) {
		line_queue_lose(queue, slot(queue, queue->out)->kept->line.kind);
		take_out(queue, queue->out);
	}
	*slot(queue, queue->count++) = (struct line_slot){kept, kept->line.again};
	queue->bytes += kept->line.len;
	kept->queues++;
}

const struct kept_line *line_queue_next(const struct line_queue *queue, bool *ret_again)
{
	if (queue->out == queue->count || queue->out == LINE_QUEUE_WINDOW)
		return NULL;
	if (slot(queue, queue->out)->kept->number > queue->lines->may_go)
		return NULL;
	*ret_again = slot(queue, queue->out)->again;
	return slot(queue, queue->out)->kept;
}

void line_queue_handed(struct line_queue *queue)
{
	queue->out++;
}

void line_queue_answer(struct line_queue *queue, uint64_t number, bool written)
{
	for (unsigned at = 0; at < queue->out; at++) {
		if (slot(queue, at)->kept->number != number)
			continue;
		queue->written += written;
		if (!written)
			line_queue_lose(queue, slot(queue, at)->kept->line.kind);
		take_out(queue, at);
		queue->out--;
		return;
	}
}

void line_queue_take_back(struct line_queue *queue)
{
	while (queue->out > 0)
		slot(queue, --queue->out)->again = true;
}

void line_queue_give_up(struct line_queue *queue, uint64_t kept_from)
{
	queue->out = 0;
	while (queue->count > 0) {
		const struct kept_line *kept = slot(queue, 0)->kept;

		if (kept->number < kept_from || kept->line.kind != SINK_ALERT)
			line_queue_lose(queue, kept->line.kind);
		take_out(queue, 0);
	}
}

struct line_counters line_queue_counters(const struct line_queue *queue)
{
	return (struct line_counters){
		.queued = queue->count, .written = queue->written, .lost = queue->lost};
}

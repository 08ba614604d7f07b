/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on their way to a sink: bounded, each of them counted once in the end. */
#ifndef MINERWATCH_LINE_QUEUE_H
#define MINERWATCH_LINE_QUEUE_H

#include <sys/queue.h>

#include "sink.h"

/* A queue holds no more than either; the oldest line that is not handed out makes place, lost. */
#define LINE_QUEUE_LINES 1024
#define LINE_QUEUE_BYTES (4 << 20)
/* Handed out and not answered yet; far from the other two bounds, so that there is one to go. */
#define LINE_QUEUE_WINDOW 16

/* A line that at least one queue holds. Its number is larger than that of all before. */
struct kept_line {
	TAILQ_ENTRY(kept_line) links;
	unsigned queues;
	uint64_t number;
	struct sink_line line;
	char bytes[];
};

/* All of them, oldest first. */
struct kept_lines {
	TAILQ_HEAD(kept_list, kept_line) list;
	uint64_t last_number;
	uint64_t may_go; /* lines up to this number; the others wait */
};

void kept_lines_init(struct kept_lines *lines);
/* All lines so far may be handed out. */
void kept_lines_let_go(struct kept_lines *lines);
/* A copy held by nobody: put it into a queue at once. NULL: out of memory. */
struct kept_line *kept_line_new(struct kept_lines *lines, const struct sink_line *line);

struct line_counters {
	uint64_t queued; /* now */
	uint64_t written, lost; /* so far; all three together: put */
};

struct line_queue {
	struct kept_lines *lines;
	struct line_slot {
		struct kept_line *kept;
		bool again;
	} slots[LINE_QUEUE_LINES];
	unsigned head, count;
	unsigned out; /* of them handed out: the first ones */
	size_t bytes;
	uint64_t written, lost;
	uint64_t alerts_lost; /* of those lost */
};

void line_queue_init(struct line_queue *queue, struct kept_lines *lines);
void line_queue_put(struct line_queue *queue, struct kept_line *kept);
/* A line that was never held, for want of memory. */
void line_queue_lose(struct line_queue *queue, enum sink_kind kind);
/* The next one to hand out, marked as such if it was before; NULL: none that may go, or the window
 * is full. */
const struct kept_line *line_queue_next(const struct line_queue *queue, bool *ret_again);
void line_queue_handed(struct line_queue *queue);
/* What became of a line that is handed out; of any other nothing is believed. */
void line_queue_answer(struct line_queue *queue, uint64_t number, bool written);
/* Who has them is gone: what is handed out is to be handed out again. */
void line_queue_take_back(struct line_queue *queue);
/* It holds nothing any more. Alerts from number kept_from on are in other hands, the rest is lost.
 */
void line_queue_give_up(struct line_queue *queue, uint64_t kept_from);
#define LINE_QUEUE_NONE_KEPT UINT64_MAX
struct line_counters line_queue_counters(const struct line_queue *queue);

#endif

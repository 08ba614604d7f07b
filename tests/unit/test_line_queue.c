/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a queue of lines stays within its bounds and counts each line once, whatever comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"
#include "sinks/line_queue.h"

#define QUEUES 3

struct queues {
	struct kept_lines lines;
	struct line_queue queue[QUEUES];
};

static int begin(void **state)
{
	struct queues *all = calloc(1, sizeof(*all));

	kept_lines_init(&all->lines);
	for (unsigned i = 0; i < QUEUES; i++)
		line_queue_init(&all->queue[i], &all->lines);
	*state = all;
	return 0;
}

static int end(void **state)
{
	struct queues *all = *state;

	for (unsigned i = 0; i < QUEUES; i++)
		line_queue_give_up(&all->queue[i], LINE_QUEUE_NONE_KEPT);
	assert_true(TAILQ_EMPTY(&all->lines.list));
	free(all);
	return 0;
}

static void put(struct queues *all, unsigned queues, size_t len)
{
	static const char bytes[SINK_LINE_MAX];
	struct kept_line *kept =
		kept_line_new(&all->lines, &(struct sink_line){.bytes = bytes, .len = len});

	for (unsigned i = 0; i < queues; i++)
		line_queue_put(&all->queue[i], kept);
	kept_lines_let_go(&all->lines);
}

/* Number of the line handed out; 0: none. */
static uint64_t hand_out(struct line_queue *queue, bool *ret_again)
{
	const struct kept_line *kept = line_queue_next(queue, ret_again);

	if (!kept)
		return 0;
	line_queue_handed(queue);
	return kept->number;
}

static void counts(const struct line_queue *queue, uint64_t queued, uint64_t written, uint64_t lost)
{
	struct line_counters counters = line_queue_counters(queue);

	assert_int_equal(counters.queued, queued);
	assert_int_equal(counters.written, written);
	assert_int_equal(counters.lost, lost);
}

static void in_turn(void **state)
{
	struct queues *all = *state;
	struct line_queue *queue = all->queue;
	bool again;

	for (unsigned i = 0; i < LINE_QUEUE_WINDOW + 2; i++)
		put(all, 1, 10);
	for (unsigned i = 1; i <= LINE_QUEUE_WINDOW; i++) {
		assert_int_equal(hand_out(queue, &again), i);
		assert_false(again);
	}
	assert_int_equal(hand_out(queue, &again), 0); /* the window is full */
	line_queue_answer(queue, 2, true);
	line_queue_answer(queue, 2, true); /* it has been answered */
	line_queue_answer(queue, LINE_QUEUE_WINDOW + 1, true); /* nobody has it yet */
	line_queue_answer(queue, 0, true);
	counts(queue, LINE_QUEUE_WINDOW + 1, 1, 0);
	assert_int_equal(hand_out(queue, &again), LINE_QUEUE_WINDOW + 1);
	line_queue_answer(queue, 1, false);
	counts(queue, LINE_QUEUE_WINDOW, 1, 1);
}

/* A line that must not go yet holds up those behind it, and nobody else's turn. */
static void waits(void **state)
{
	static const struct sink_line line = {.bytes = "", .len = 1};
	struct queues *all = *state;
	struct line_queue *queue = all->queue;
	bool again;

	put(all, 1, 10);
	line_queue_put(queue, kept_line_new(&all->lines, &line));
	assert_int_equal(hand_out(queue, &again), 1);
	assert_int_equal(hand_out(queue, &again), 0);
	line_queue_answer(queue, 1, true);
	assert_int_equal(hand_out(queue, &again), 0);
	kept_lines_let_go(&all->lines);
	assert_int_equal(hand_out(queue, &again), 2);
	assert_false(again);
}

/* What was handed out comes first again, in its order, and says so; the rest does not. */
static void taken_back(void **state)
{
	struct queues *all = *state;
	struct line_queue *queue = all->queue;
	bool again;

	for (unsigned i = 0; i < 4; i++)
		put(all, 1, 10);
	for (unsigned i = 0; i < 3; i++)
		hand_out(queue, &again);
	line_queue_answer(queue, 2, true);
	line_queue_take_back(queue);
	line_queue_answer(queue, 1, true); /* too late: it will be handed out again */
	counts(queue, 3, 1, 0);
	assert_int_equal(hand_out(queue, &again), 1);
	assert_true(again);
	assert_int_equal(hand_out(queue, &again), 3);
	assert_true(again);
	assert_int_equal(hand_out(queue, &again), 4);
	assert_false(again);
}

static void oldest_go(void **state)
{
	struct queues *all = *state;
	struct line_queue *queue = all->queue;
	bool again;

	put(all, 1, 10);
	put(all, 1, 10);
	hand_out(queue, &again);
	for (unsigned i = 2; i < LINE_QUEUE_LINES; i++)
		put(all, 1, 10);
	counts(queue, LINE_QUEUE_LINES, 0, 0);
	put(all, 1, 10);
	counts(queue, LINE_QUEUE_LINES, 0, 1);
	assert_int_equal(hand_out(queue, &again), 3); /* 1 is handed out: 2 went */
	line_queue_answer(queue, 1, true);
	counts(queue, LINE_QUEUE_LINES - 1, 1, 1);
}

static void bytes_are_bounded(void **state)
{
	struct queues *all = *state;
	struct line_queue *queue = all->queue;
	enum { FIT = LINE_QUEUE_BYTES / SINK_LINE_MAX };

	for (unsigned i = 0; i < FIT; i++)
		put(all, 1, SINK_LINE_MAX);
	counts(queue, FIT, 0, 0);
	put(all, 1, 1);
	counts(queue, FIT, 0, 1);
	put(all, 1, SINK_LINE_MAX - 1);
	counts(queue, FIT + 1, 0, 1);
	put(all, 1, 2);
	counts(queue, FIT + 1, 0, 2);
}

/* A line is there as long as any queue has it. */
static void shared(void **state)
{
	struct queues *all = *state;
	bool again;

	put(all, QUEUES, 10);
	for (unsigned i = 0; i < QUEUES; i++) {
		assert_false(TAILQ_EMPTY(&all->lines.list));
		assert_int_equal(hand_out(&all->queue[i], &again), 1);
		line_queue_answer(&all->queue[i], 1, i % 2);
	}
	assert_true(TAILQ_EMPTY(&all->lines.list));
}

static void given_up(void **state)
{
	struct queues *all = *state;
	struct line_queue *queue = all->queue;
	bool again;

	for (unsigned i = 0; i < 5; i++)
		put(all, 1, 10);
	hand_out(queue, &again);
	line_queue_lose(queue, SINK_ALERT);
	line_queue_give_up(queue, LINE_QUEUE_NONE_KEPT);
	counts(queue, 0, 0, 6);
	line_queue_answer(queue, 1, true);
	counts(queue, 0, 0, 6);
}

/* Somebody keeps the last two alerts; nobody a heartbeat. */
static void given_up_and_kept(void **state)
{
	static const struct sink_line heartbeat = {.bytes = "", .len = 1, .kind = SINK_HEARTBEAT};
	struct queues *all = *state;
	struct line_queue *queue = all->queue;

	for (unsigned i = 0; i < 4; i++)
		put(all, 1, 10);
	line_queue_put(queue, kept_line_new(&all->lines, &heartbeat));
	line_queue_give_up(queue, 3);
	counts(queue, 0, 0, 3);
	assert_int_equal(queue->alerts_lost, 2);
}

/* Numbers that are with a writer, as the test knows them. */
struct flying {
	uint64_t numbers[LINE_QUEUE_WINDOW];
	unsigned count;
};

/* Anything in any order: a line is written, lost or queued, and never two of them. */
static void any_order(void **state)
{
	struct queues *all = *state;
	struct line_queue *queue = all->queue;
	struct flying flying = {0};
	uint64_t sent = 0, written = 0, refused = 0, number;
	bool again;

	srand(5424);
	for (unsigned step = 0; step < 200000; step++) {
		unsigned at = flying.count ? (unsigned)rand() % flying.count : 0;
		int what = rand() % 100;
		struct line_counters counters;

		if (what < 45) {
			put(all, 1, 1 + (size_t)rand() % SINK_LINE_MAX);
			sent++;
		} else if (what < 70) {
			number = hand_out(queue, &again);
			if (number)
				flying.numbers[flying.count++] = number;
		} else if (what < 98 && flying.count) {
			bool good = rand() % 4;

			line_queue_answer(queue, flying.numbers[at], good);
			flying.numbers[at] = flying.numbers[--flying.count];
			written += good;
			refused += !good;
		} else if (what >= 99) {
			line_queue_take_back(queue);
			flying.count = 0;
		}
		counters = line_queue_counters(queue);
		assert_int_equal(sent, counters.queued + counters.written + counters.lost);
		assert_int_equal(written, counters.written);
		assert_true(counters.lost >= refused);
		assert_true(counters.queued >= flying.count);
		assert_true(
			counters.queued <= LINE_QUEUE_LINES && queue->bytes <= LINE_QUEUE_BYTES);
	}
	assert_true(line_queue_counters(queue).lost > refused); /* it was full, too */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_turn, begin, end),
		cmocka_unit_test_setup_teardown(waits, begin, end),
		cmocka_unit_test_setup_teardown(taken_back, begin, end),
		cmocka_unit_test_setup_teardown(oldest_go, begin, end),
		cmocka_unit_test_setup_teardown(bytes_are_bounded, begin, end),
		cmocka_unit_test_setup_teardown(shared, begin, end),
		cmocka_unit_test_setup_teardown(given_up, begin, end),
		cmocka_unit_test_setup_teardown(given_up_and_kept, begin, end),
		cmocka_unit_test_setup_teardown(any_order, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

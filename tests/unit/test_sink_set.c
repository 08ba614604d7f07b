/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the sensor's end of its sinks against writers that answer, lag, die and come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_fixture.h"
#include "sinks/sink_set.h"
#include "sinks/writer.h"

static const char *const targets[] = {"/a", "-", "unix:/b"};

/* The writers' ends are the test's. */
struct rig {
	struct sink_set *set;
	int writer[3];
};

struct packet {
	struct writer_head head;
	char bytes[SINK_LINE_MAX + 1];
};

static int pair(int *ret_writer)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	*ret_writer = ends[1];
	return ends[0];
}

static int begin(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	int sockets[3];

	for (unsigned i = 0; i < 3; i++)
		sockets[i] = pair(&rig->writer[i]);
	rig->set = sink_set_new(targets, 3, sockets);
	sink_set_host(rig->set, "host");
	*state = rig;
	return 0;
}

static int end(void **state)
{
	struct rig *rig = *state;

	sink_set_free(rig->set);
	for (unsigned i = 0; i < 3; i++)
		if (rig->writer[i] >= 0)
			close(rig->writer[i]);
	free(rig);
	return 0;
}

static void put(struct rig *rig, const char *text)
{
	sink_set_put(rig->set, &(struct sink_line){.bytes = text,
				       .len = strlen(text),
				       .time_ns = 11,
				       .severity = SEVERITY_HIGH,
				       .host = "another"});
	sink_set_flush(rig->set);
}

/* The next packet a writer has; its number, 0: none. */
static uint64_t take(struct rig *rig, unsigned which, struct packet *ret_packet)
{
	ssize_t len = recv(rig->writer[which], ret_packet, sizeof(*ret_packet), MSG_DONTWAIT);

	if (len <= (ssize_t)sizeof(ret_packet->head))
		return 0;
	((char *)ret_packet)[len] = '\0';
	return ret_packet->head.number;
}

static void answer(struct rig *rig, unsigned which, uint64_t number, int error)
{
	struct writer_answer answer = {.number = number, .error = error};

	assert_int_equal(
		send(rig->writer[which], &answer, sizeof(answer), MSG_NOSIGNAL), sizeof(answer));
	assert_false(sink_set_consume(rig->set, which));
}

static void expect(
	struct rig *rig, unsigned which, uint64_t queued, uint64_t written, uint64_t lost)
{
	struct line_counters counters = sink_set_counters(rig->set, which);

	if (counters.queued != queued || counters.written != written || counters.lost != lost)
		fail_msg("sink %u: queued %d, written %d, lost %d", which, (int)counters.queued,
			(int)counters.written, (int)counters.lost);
}

/* The writer ends, and another one comes. */
static void replace(struct rig *rig, unsigned which)
{
	close(rig->writer[which]);
	sink_set_consume(rig->set, which);
	assert_int_equal(sink_set_fd(rig->set, which), -1);
	sink_set_renew(rig->set, which, pair(&rig->writer[which]));
}

static void told(void **state)
{
	struct rig *rig = *state;
	struct packet packet;

	put(rig, "line\n");
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(take(rig, i, &packet), 1);
		assert_string_equal(packet.bytes, "line\n");
		assert_string_equal(packet.head.host, "host");
		assert_int_equal(packet.head.time_ns, 11);
		assert_int_equal(packet.head.severity, SEVERITY_HIGH);
		assert_int_equal(packet.head.again, 0);
		expect(rig, i, 1, 0, 0);
		assert_false(sink_set_empty(rig->set));
		answer(rig, i, 1, 0);
		expect(rig, i, 0, 1, 0);
	}
	assert_true(sink_set_empty(rig->set));
}

/* One that never answers holds up nobody; its oldest lines go. */
static void one_hangs(void **state)
{
	struct rig *rig = *state;
	struct packet packet;

	for (unsigned i = 1; i <= LINE_QUEUE_LINES + 100; i++) {
		put(rig, "line\n");
		assert_int_equal(take(rig, 0, &packet), i);
		answer(rig, 0, i, 0);
		assert_int_equal(take(rig, 1, &packet), i);
		answer(rig, 1, i, i % 2 ? 0 : -EMSGSIZE);
	}
	expect(rig, 0, 0, LINE_QUEUE_LINES + 100, 0);
	expect(rig, 1, 0, LINE_QUEUE_LINES / 2 + 50, LINE_QUEUE_LINES / 2 + 50);
	expect(rig, 2, LINE_QUEUE_LINES, 0, 100);
	for (unsigned i = 1; i <= LINE_QUEUE_WINDOW; i++)
		assert_int_equal(take(rig, 2, &packet), i);
	assert_int_equal(take(rig, 2, &packet), 0);
	answer(rig, 2, 1, 0);
	assert_int_equal(take(rig, 2, &packet), 100 + LINE_QUEUE_WINDOW + 1);
	assert_true(sink_set_end(rig->set, 0));
	expect(rig, 2, 0, 1, LINE_QUEUE_LINES + 99);
}

static void one_dies(void **state)
{
	struct rig *rig = *state;
	struct packet packet;

	put(rig, "a\n");
	put(rig, "b\n");
	assert_int_equal(take(rig, 0, &packet), 1);
	answer(rig, 0, 1, 0);
	assert_int_equal(take(rig, 0, &packet), 2);
	close(rig->writer[0]);
	assert_false(sink_set_consume(rig->set, 0)); /* not at once: the next might die, too */
	assert_true(sink_set_tick(rig->set, 0, 1));
	assert_false(sink_set_tick(rig->set, 1, 1));
	put(rig, "c\n");
	expect(rig, 0, 2, 1, 0);
	sink_set_renew(rig->set, 0, pair(&rig->writer[0]));
	assert_false(sink_set_tick(rig->set, 0, 1));
	assert_int_equal(take(rig, 0, &packet), 2);
	assert_string_equal(packet.bytes, "b\n");
	assert_int_equal(packet.head.again, 1);
	assert_int_equal(take(rig, 0, &packet), 3);
	assert_int_equal(packet.head.again, 0);
}

/* What a dead writer had said counts; it is not told the line again. */
static void last_words(void **state)
{
	struct rig *rig = *state;
	struct writer_answer words = {.number = 1};
	struct packet packet;

	put(rig, "a\n");
	assert_int_equal(send(rig->writer[0], &words, sizeof(words), 0), sizeof(words));
	replace(rig, 0);
	expect(rig, 0, 0, 1, 0);
	assert_int_equal(take(rig, 0, &packet), 0);
}

/* Files alone are opened anew, and nothing is handed to a writer that is about to end. */
static void reopened(void **state)
{
	struct rig *rig = *state;
	struct writer_answer words = {.number = 1};
	struct packet packet;
	char byte;

	put(rig, "a\n");
	sink_set_reopen(rig->set, 100);
	put(rig, "b\n");
	assert_int_equal(take(rig, 0, &packet), 1);
	assert_int_equal(recv(rig->writer[0], &byte, 1, MSG_DONTWAIT), 0); /* it is to end */
	assert_int_equal(take(rig, 1, &packet), 1);
	assert_int_equal(take(rig, 1, &packet), 2);
	assert_int_equal(take(rig, 1, &packet), 0);
	assert_int_equal(recv(rig->writer[1], &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(send(rig->writer[0], &words, sizeof(words), 0), sizeof(words));
	assert_false(sink_set_tick(rig->set, 0, 100 + SECONDS(1) - 1));
	assert_true(sink_set_tick(rig->set, 0, 100 + SECONDS(1))); /* it does not end */
	close(rig->writer[0]);
	assert_true(sink_set_consume(rig->set, 0)); /* it does: the next one at once */
	sink_set_renew(rig->set, 0, pair(&rig->writer[0]));
	expect(rig, 0, 1, 1, 0);
	assert_int_equal(take(rig, 0, &packet), 2);
	assert_int_equal(packet.head.again, 0);
}

/* Asked for between two writers: the second may have opened before the file was moved away. */
static void reopened_in_between(void **state)
{
	struct rig *rig = *state;
	char byte;

	close(rig->writer[0]);
	sink_set_consume(rig->set, 0);
	sink_set_reopen(rig->set, 100);
	put(rig, "a\n");
	sink_set_renew(rig->set, 0, pair(&rig->writer[0]));
	assert_int_equal(recv(rig->writer[0], &byte, 1, MSG_DONTWAIT), 0);
	replace(rig, 0);
	assert_int_equal(recv(rig->writer[0], &byte, 1, MSG_DONTWAIT), 1);
}

/* stdout without a reader: its lines are lost, until nobody else is left to tell. */
static void nobody_reads(void **state)
{
	struct rig *rig = *state;

	put(rig, "a\n");
	put(rig, "b\n");
	answer(rig, 1, 1, -EPIPE);
	expect(rig, 1, 0, 0, 2);
	put(rig, "c\n");
	expect(rig, 1, 0, 0, 3);
	expect(rig, 0, 3, 0, 0);
	assert_false(sink_set_gone(rig->set));
	answer(rig, 0, 1, -EPIPE);
	answer(rig, 2, 1, -EPIPE);
	assert_true(sink_set_gone(rig->set));
	assert_true(sink_set_empty(rig->set));
}

/* Heartbeats are counted where they are lost, and are no alerts. */
static void heartbeats_alone(void **state)
{
	static const struct sink_line heartbeat = {
		.bytes = "h\n", .len = 2, .kind = SINK_HEARTBEAT};
	struct rig *rig = *state;

	for (unsigned i = 0; i < LINE_QUEUE_LINES + 1; i++) /* one finds no room */
		sink_set_put(rig->set, &heartbeat);
	sink_set_flush(rig->set);
	answer(rig, 0, 2, -EMSGSIZE);
	answer(rig, 1, 2, -EPIPE);
	sink_set_put(rig->set, &heartbeat); /* who is gone never holds it */
	assert_false(sink_set_end(rig->set, 0));
	for (unsigned i = 0; i < 3; i++)
		expect(rig, i, 0, 0, LINE_QUEUE_LINES + 2);
	put(rig, "alert\n");
	assert_true(sink_set_end(rig->set, 0));
}

static void note(void *context, const struct sink_line *line)
{
	strncat(context, line->bytes, line->len);
}

static void pending(void **state)
{
	static const struct {
		unsigned max;
		const char *expected;
	} rows[] = {{64, "b\nc\nd\n"}, {3, "b\nc\nd\n"}, {2, "c\nd\n"}, {1, "d\n"}};
	struct rig *rig = *state;

	put(rig, "a\n");
	put(rig, "b\n");
	put(rig, "c\n");
	put(rig, "d\n");
	for (unsigned i = 0; i < 3; i++)
		answer(rig, i, 1, 0);
	answer(rig, 0, 3, 0); /* of the others nobody has answered for it */
	/* A heartbeat is worth nothing later: it takes no alert's place. */
	sink_set_put(
		rig->set, &(struct sink_line){.bytes = "h\n", .len = 2, .kind = SINK_HEARTBEAT});
	assert_int_equal(sink_set_pending(rig->set), 3);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[64] = "";

		sink_set_each_pending(rig->set, rows[i].max, note, text);
		assert_string_equal(text, rows[i].expected);
	}
}

static void without_sinks(void **state)
{
	(void)state;
	assert_int_equal(sink_set_count(NULL), 0);
	assert_false(sink_set_gone(NULL));
	sink_set_reopen(NULL, 1);
	sink_set_free(NULL);
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RIG(told),
		WITH_RIG(one_hangs),
		WITH_RIG(one_dies),
		WITH_RIG(last_words),
		WITH_RIG(reopened),
		WITH_RIG(reopened_in_between),
		WITH_RIG(nobody_reads),
		WITH_RIG(heartbeats_alone),
		WITH_RIG(pending),
		cmocka_unit_test(without_sinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

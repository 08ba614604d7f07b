/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how segments are put together, and that no byte of an unknown payload gets through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "core_fixture.h"
#include "event.h"
#include "sources/payload.h"

#define FED_MAX 64

/* The readers know it from its method and parameters on. */
static const char login[] =
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"nobody\","
	"\"pass\":\"x\",\"agent\":\"XMRig/6.21.0\",\"algo\":[\"rx/0\"]}}\n";
/* JSON, so that more of it could still make it a mining line. */
static const char secret[] = "{\"secret\": \"no protocol's, and not to be kept by anybody\"";

struct fed {
	struct event_payload head;
	char data[EVENT_PAYLOAD_MAX];
	size_t len;
};

static struct fed fed[FED_MAX];
static unsigned fed_count, others;
static int answer;
static struct payload *payload;

static int take(void *context, void *record, size_t len)
{
	const struct event_header *header = record;
	struct fed *to = &fed[fed_count];

	(void)context;
	if (header->type != EVENT_PAYLOAD) {
		others++;
		return answer;
	}
	assert_true(fed_count < FED_MAX);
	assert_int_equal(header->size, len);
	memcpy(&to->head, record, sizeof(to->head));
	to->len = len - sizeof(to->head);
	assert_int_equal(to->len, to->head.data_len);
	memcpy(to->data, (char *)record + sizeof(to->head), to->len);
	fed_count++;
	return answer;
}

static int make(void **state)
{
	(void)state;
	fed_count = others = 0;
	answer = 0;
	payload = payload_new(&(struct record_out){.feed = take});
	return payload ? 0 : -1;
}

static int unmake(void **state)
{
	(void)state;
	payload_free(payload);
	return 0;
}

struct segment {
	struct event_payload head;
	char data[EVENT_PAYLOAD_MAX];
};

static struct segment segment(unsigned number, unsigned offset, const char *bytes, size_t len)
{
	struct segment segment = {
		.head = {.header = {.type = EVENT_SEGMENT,
				 .size = sizeof(segment),
				 .time_ns = SECONDS(100) + number,
				 .start_ns = 5,
				 .pid = 42},
			.socket = 7,
			.protocol = IPPROTO_TCP,
			.direction = PAYLOAD_SENT,
			.offset = offset,
			.data_len = (uint16_t)len,
			.seen = (uint32_t)len,
			.segments = (uint8_t)number},
	};

	memcpy(segment.data, bytes, len);
	return segment;
}

static int give(struct segment segment)
{
	return payload_feed(payload, &segment, sizeof(segment));
}

static void part(unsigned number, const char *text, size_t begin, size_t end)
{
	assert_int_equal(give(segment(number, (unsigned)begin, text + begin, end - begin)), 0);
}

static const struct fed *last_fed(void)
{
	assert_true(fed_count > 0);
	return &fed[fed_count - 1];
}

static void is_login(const struct fed *record, unsigned segments)
{
	assert_int_equal(record->head.payload_class, PAYLOAD_STRATUM);
	assert_int_equal(record->head.segments, segments);
	assert_int_equal(record->len, strlen(login));
	assert_memory_equal(record->data, login, strlen(login));
}

static void one_segment(void **state)
{
	(void)state;
	part(1, login, 0, strlen(login));
	assert_int_equal(fed_count, 1);
	is_login(&fed[0], 1);
	assert_int_equal(fed[0].head.header.pid, 42);
	assert_int_equal(fed[0].head.header.time_ns, SECONDS(100) + 1);
	assert_int_equal(fed[0].head.seen, strlen(login));
	assert_int_equal(payload_tick(payload, SECONDS(200), false), 0);
	assert_int_equal(fed_count, 1);
}

/* Each row: two cuts, and the order in which the three parts come. */
static void three_segments(void **state)
{
	static const struct {
		size_t cuts[4];
		unsigned order[3];
	} rows[] = {
		{{0, 1, 60, sizeof(login) - 1}, {0, 1, 2}},
		{{0, 70, 71, sizeof(login) - 1}, {2, 1, 0}},
		{{0, 10, 100, sizeof(login) - 1}, {1, 2, 0}},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		make(state);
		for (unsigned k = 0; k < 3; k++) {
			unsigned n = rows[i].order[k];

			part(n + 1, login, rows[i].cuts[n], rows[i].cuts[n + 1]);
		}
		is_login(last_fed(), 3);
		unmake(state);
	}
	make(state);
}

static void the_first_copy_stays(void **state)
{
	char forged[sizeof(login)];

	(void)state;
	memset(forged, '#', sizeof(forged));
	part(1, login, 0, 80);
	part(2, forged, 20, 80);
	part(3, login, 80, strlen(login));
	is_login(last_fed(), 3);
}

/* What stands behind a gap is nobody's yet. */
static void a_gap(void **state)
{
	(void)state;
	part(1, login, 0, 100);
	part(3, login, 101, strlen(login));
	assert_true(!fed_count || last_fed()->len == 100);
	part(2, login, 100, 101);
	is_login(last_fed(), 3);
}

static void unknown_bytes_are_withheld(void **state)
{
	struct segment last = segment(4, 0, secret, 10);

	(void)state;
	last.head.payload_flags = PAYLOAD_LAST;
	part(1, secret, 0, 20);
	part(2, secret, 20, strlen(secret));
	assert_int_equal(payload_tick(payload, SECONDS(101), false), 0);
	assert_int_equal(fed_count, 0);
	assert_int_equal(payload_tick(payload, SECONDS(101) + 1, false), 0);
	assert_int_equal(fed_count, 1);
	assert_int_equal(fed[0].head.payload_class, PAYLOAD_OTHER_JSON);
	assert_int_equal(fed[0].len, 0);
	assert_int_equal(fed[0].head.seen, strlen(secret));
	assert_int_equal(fed[0].head.header.time_ns, SECONDS(101) + 1);
	part(3, secret, 10, 20);
	assert_int_equal(payload_tick(payload, SECONDS(300), true), 0);
	assert_int_equal(give(last), 0);
	assert_int_equal(fed_count, 1); /* once */
}

static void the_end_tells_of_what_waits(void **state)
{
	(void)state;
	part(1, secret, 0, strlen(secret));
	assert_int_equal(payload_tick(payload, SECONDS(100) + 2, true), 0);
	assert_int_equal(fed_count, 1);
	assert_int_equal(fed[0].len, 0);
}

static void the_last_segment_does_not_wait(void **state)
{
	struct segment last = segment(1, 0, secret, strlen(secret));

	(void)state;
	last.head.payload_flags = PAYLOAD_LAST;
	give(last);
	assert_int_equal(fed_count, 1);
	assert_int_equal(fed[0].len, 0);
	assert_int_equal(fed[0].head.payload_flags, PAYLOAD_LAST);
}

/* Told of as unknown after a second, and then the rest of the line comes. */
static void known_later(void **state)
{
	(void)state;
	part(1, login, 0, 5);
	payload_tick(payload, SECONDS(102), false);
	assert_int_equal(fed_count, 1);
	assert_int_equal(fed[0].len, 0);
	part(2, login, 5, strlen(login));
	is_login(last_fed(), 2);
}

static void at_most_eight_times(void **state)
{
	char long_line[EVENT_PAYLOAD_MAX];

	(void)state;
	memset(long_line, ' ', sizeof(long_line));
	memcpy(long_line, login, strlen(login));
	part(1, long_line, 0, strlen(login));
	for (unsigned i = 2; i <= EVENT_PAYLOAD_SEGMENTS; i++)
		part(i, long_line, strlen(login) + i - 2, strlen(login) + i - 1);
	assert_in_range(fed_count, 1, EVENT_PAYLOAD_SEGMENTS);
}

/* A number that was there begins a new reading: what is left of the last one is not joined to it.
 */
static void armed_again(void **state)
{
	struct segment armed = segment(1, 0, login, strlen(login));

	(void)state;
	part(1, secret, 0, strlen(secret));
	payload_tick(payload, SECONDS(102), false);
	armed.head.payload_flags = PAYLOAD_ARMED | PAYLOAD_AFTER_HTTP;
	give(armed);
	assert_int_equal(fed_count, 2);
	is_login(&fed[1], 1);
	assert_int_equal(fed[1].head.payload_flags, PAYLOAD_ARMED | PAYLOAD_AFTER_HTTP);
}

static void directions_and_sockets_are_apart(void **state)
{
	struct segment back = segment(2, 60, login + 60, strlen(login) - 60);

	(void)state;
	part(1, login, 0, 60);
	back.head.direction = PAYLOAD_RECEIVED;
	give(back);
	back.head.direction = PAYLOAD_SENT;
	back.head.socket = 8;
	give(back);
	for (unsigned i = 0; i < fed_count; i++)
		assert_true(fed[i].len <= 60);
	part(2, login, 60, strlen(login));
	is_login(last_fed(), 2);
}

/* The beginning was dropped on the way: there is nothing to say of the rest. */
static void without_a_beginning(void **state)
{
	(void)state;
	part(2, login, 60, 100);
	assert_int_equal(payload_tick(payload, SECONDS(102), false), 0);
	assert_int_equal(fed_count, 0);
	assert_int_equal(payload_given_up(payload), 1);
}

static void the_oldest_goes(void **state)
{
	struct segment one = segment(1, 0, secret, 10);

	(void)state;
	for (unsigned i = 0; i < PAYLOAD_DIRECTIONS_MAX + 3; i++) {
		one.head.socket = 1000 + i;
		give(one);
	}
	assert_int_equal(payload_given_up(payload), 3);
	/* Of the first nothing is left, the last goes on. */
	one = segment(2, 10, login + 10, strlen(login) - 10);
	one.head.socket = 1000;
	give(one);
	assert_int_equal(fed_count, 0);
}

static void a_datagram_is_a_payload(void **state)
{
	static const char answer_bytes[] =
		"\x12\x34\x81\x80\0\1\0\1\0\0\0\0\7example\3org\0\0\1\0\1"
		"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1";
	struct segment datagram = segment(1, 0, answer_bytes, sizeof(answer_bytes) - 1);

	(void)state;
	datagram.head.protocol = IPPROTO_UDP;
	datagram.head.direction = PAYLOAD_RECEIVED;
	datagram.head.remote_port = 53;
	give(datagram);
	give(datagram);
	assert_int_equal(fed_count, 2);
	assert_int_equal(fed[1].head.payload_class, PAYLOAD_DNS);
	assert_memory_equal(fed[1].data, answer_bytes, sizeof(answer_bytes) - 1);
}

static void lengths_that_cannot_be(void **state)
{
	static const struct {
		const char *name;
		uint32_t offset;
		uint16_t data_len;
		uint8_t direction, segments;
		size_t len;
	} rows[] = {
		{"more than there is", 0, 513, 0, 1, sizeof(struct segment)},
		{"cut off", 0, 10, 0, 1, sizeof(struct event_payload) + 9},
		{"no room", 0, 0, 0, 1, sizeof(struct event_payload) - 1},
		{"behind the end", 512, 1, 0, 1, sizeof(struct segment)},
		{"far behind the end", 0xffffffff, 2, 0, 1, sizeof(struct segment)},
		{"no direction", 0, 10, 2, 1, sizeof(struct segment)},
		{"number 0", 0, 10, 0, 0, sizeof(struct segment)},
		{"number 9", 0, 10, 0, 9, sizeof(struct segment)},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct segment bad = segment(1, 0, login, 10);

		make(state);
		bad.head.offset = rows[i].offset;
		bad.head.data_len = rows[i].data_len;
		bad.head.direction = rows[i].direction;
		bad.head.segments = rows[i].segments;
		payload_feed(payload, &bad, rows[i].len);
		if (payload_given_up(payload) != 1)
			fail_msg("%s: taken", rows[i].name);
		payload_tick(payload, SECONDS(200), true);
		if (fed_count || others)
			fail_msg("%s", rows[i].name);
		unmake(state);
	}
	make(state);
}

static void other_records_pass(void **state)
{
	struct event_exit record = {.header = {.type = EVENT_EXIT, .size = sizeof(record)}};

	(void)state;
	assert_int_equal(payload_feed(payload, &record, sizeof(record)), 0);
	assert_int_equal(others, 1);
	answer = -5;
	assert_int_equal(payload_feed(payload, &record, sizeof(record)), -5);
	assert_int_equal(give(segment(1, 0, login, strlen(login))), -5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_segment, make, unmake),
		cmocka_unit_test_setup_teardown(three_segments, NULL, unmake),
		cmocka_unit_test_setup_teardown(the_first_copy_stays, make, unmake),
		cmocka_unit_test_setup_teardown(a_gap, make, unmake),
		cmocka_unit_test_setup_teardown(unknown_bytes_are_withheld, make, unmake),
		cmocka_unit_test_setup_teardown(the_end_tells_of_what_waits, make, unmake),
		cmocka_unit_test_setup_teardown(the_last_segment_does_not_wait, make, unmake),
		cmocka_unit_test_setup_teardown(known_later, make, unmake),
		cmocka_unit_test_setup_teardown(at_most_eight_times, make, unmake),
		cmocka_unit_test_setup_teardown(armed_again, make, unmake),
		cmocka_unit_test_setup_teardown(directions_and_sockets_are_apart, make, unmake),
		cmocka_unit_test_setup_teardown(without_a_beginning, make, unmake),
		cmocka_unit_test_setup_teardown(the_oldest_goes, make, unmake),
		cmocka_unit_test_setup_teardown(a_datagram_is_a_payload, make, unmake),
		cmocka_unit_test_setup_teardown(lengths_that_cannot_be, NULL, unmake),
		cmocka_unit_test_setup_teardown(other_records_pass, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

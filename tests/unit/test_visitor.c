/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that visits are asked for and never waited for, and which CPUs are left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_fixture.h"
#include "sources/visitor.h"
#include "util/cpu_list.h"

static struct visitor *visitor;
static int other; /* the visiting process' end */

static int make(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	visitor = visitor_new(pair[0]);
	other = pair[1];
	return visitor ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	visitor_free(visitor);
	if (other >= 0)
		close(other);
	return 0;
}

static unsigned asked(struct visit_request *request)
{
	return recv(other, request, sizeof(*request), MSG_DONTWAIT) == sizeof(*request);
}

static void answer(uint32_t word, uint32_t refused)
{
	struct visit_answer message = {.word = word, .pid = 7, .refused = refused};

	assert_int_equal(send(other, &message, sizeof(message), 0), sizeof(message));
}

static void one_request_at_a_time(void **state)
{
	static const uint16_t cpus[] = {900, 901, 902};
	struct visit_request request;
	struct visit_answer message;

	(void)state;
	assert_true(visitor_visit(visitor, cpus, 3, SECONDS(1)));
	assert_false(visitor_visit(visitor, cpus, 3, SECONDS(2)));
	assert_false(visitor_canary(visitor, 1, SECONDS(2)));
	assert_true(asked(&request));
	assert_int_equal(request.word, VISIT_CPUS);
	assert_int_equal(request.count, 3);
	assert_int_equal(request.cpus[2], 902);
	assert_false(asked(&request));
	assert_false(visitor_consume(visitor, &message));
	answer(VISIT_CPUS, 0);
	assert_true(visitor_consume(visitor, &message));
	assert_true(visitor_canary(visitor, 0xbf80, SECONDS(3)));
	assert_true(asked(&request));
	assert_int_equal(request.fp_control, 0xbf80);
}

static void refused_cpus_are_left_alone(void **state)
{
	static const uint16_t cpus[] = {900, 901, 902};
	struct visit_request request;
	struct visit_answer message;
	unsigned before;
	char text[256];

	(void)state;
	before = visitor_closed(visitor, text, sizeof(text));
	visitor_visit(visitor, cpus, 3, SECONDS(1));
	assert_true(asked(&request));
	answer(VISIT_CPUS, 5);
	assert_true(visitor_consume(visitor, &message));
	assert_int_equal(visitor_closed(visitor, text, sizeof(text)), before + 2);
	assert_true(visitor_visit(visitor, cpus, 3, SECONDS(2)));
	assert_true(asked(&request));
	assert_int_equal(request.count, 1);
	assert_int_equal(request.cpus[0], 901);
	answer(VISIT_CPUS, 1);
	assert_true(visitor_consume(visitor, &message));
	assert_true(visitor_visit(visitor, cpus, 3, SECONDS(3))); /* nothing left to ask */
	assert_false(asked(&request));
}

static void a_deadline(void **state)
{
	static const uint16_t cpus[] = {900};
	int pair[2];
	char text[256];

	(void)state;
	assert_false(visitor_tick(visitor, SECONDS(1)));
	visitor_visit(visitor, cpus, 1, SECONDS(1));
	assert_false(visitor_tick(visitor, SECONDS(11) - 1));
	assert_true(visitor_tick(visitor, SECONDS(11)));
	assert_int_equal(visitor_fd(visitor), -1);
	assert_false(visitor_visit(visitor, (const uint16_t[]){3}, 1, SECONDS(12)));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	visitor_renew(visitor, pair[0]);
	assert_false(visitor_tick(visitor, SECONDS(13)));
	assert_true(visitor_closed(visitor, text, sizeof(text)) > 0);
	assert_true(visitor_canary(visitor, 1, SECONDS(13)));
	close(pair[1]);
}

static void its_death(void **state)
{
	struct visit_answer message;

	(void)state;
	close(other);
	other = -1;
	assert_false(visitor_consume(visitor, &message));
	assert_true(visitor_tick(visitor, SECONDS(1)));
}

static void lists(void **state)
{
	static const struct {
		const char *text, *expected;
		unsigned count;
	} rows[] = {
		{"", "", 0},
		{"\n", "", 0},
		{"0", "0", 1},
		{"0-3\n", "0-3", 4},
		{"2,0-1,7", "0-2,7", 4},
		{"63-64", "63-64", 2},
		{"3-1", "", 0},
		{"1022-99999999999", "1022-1023", 2},
		{"5,x,7", "5", 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpu_list list = {0};
		char text[32], cut[3];

		cpu_list_parse(&list, rows[i].text);
		cpu_list_format(&list, text, sizeof(text));
		assert_string_equal(text, rows[i].expected);
		assert_int_equal(cpu_list_count(&list), rows[i].count);
		cpu_list_format(&list, cut, sizeof(cut));
		assert_memory_equal(cut, text, strlen(cut));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_request_at_a_time, make, drop),
		cmocka_unit_test_setup_teardown(refused_cpus_are_left_alone, make, drop),
		cmocka_unit_test_setup_teardown(a_deadline, make, drop),
		cmocka_unit_test_setup_teardown(its_death, make, drop),
		cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a sensor which cannot see a known rounding mode says that it is blind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_fixture.h"
#include "sources/rounding.h"

#define VISITOR_PID 77

static struct rounding rounding;
static int other; /* the visiting process' end */
static uint32_t asked_word;

static int make(void **state)
{
	int pair[2];

	(void)state;
	rounding = (struct rounding){0};
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	rounding.visitor = visitor_new(pair[0]);
	other = pair[1];
	return rounding_open(&rounding);
}

static int drop(void **state)
{
	(void)state;
	visitor_free(rounding.visitor);
	close(rounding.timer);
	close(other);
	return 0;
}

/* The visiting process does as it is asked. False: nobody asked. */
static bool play(void)
{
	struct visit_answer answer = {.word = VISIT_CANARY, .pid = VISITOR_PID};
	struct visit_request request;

	if (recv(other, &request, sizeof(request), MSG_DONTWAIT) != sizeof(request))
		return false;
	assert_int_equal(request.word, VISIT_CANARY);
	asked_word = request.fp_control;
	assert_int_equal(send(other, &answer, sizeof(answer), 0), sizeof(answer));
	rounding_answer(&rounding, NULL, 0);
	return true;
}

static void see(uint32_t pid, uint32_t word)
{
	struct event_thread thread = {
		.header = {.type = EVENT_THREAD, .size = sizeof(thread), .pid = pid},
		.run_ns = 1000000,
		.fp_control = word};

	rounding_watch(&rounding, &thread, sizeof(thread));
}

static void tests(void **state)
{
	static const struct {
		const char *name;
		bool answers;
		uint32_t pid; /* in whose state a word is seen; 0: none */
		uint32_t change; /* of the word */
		const char *why; /* NULL: it can see */
	} rows[] = {
		{"seen", true, VISITOR_PID, 0, NULL},
		{"seen, with sticky bits", true, VISITOR_PID, 0x20, NULL},
		{"another word", true, VISITOR_PID, 0x6000, "was not seen"},
		{"another process", true, 78, 0, "was not seen"},
		{"nothing", true, 0, 0, "not readable"},
		{"no answer", false, 0, 0, "does not answer"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why;

		if (i) {
			drop(state);
			make(state);
		}
		rounding_tick(&rounding, SECONDS(100));
		if (rows[i].answers)
			assert_true(play());
		if (rows[i].pid)
			see(rows[i].pid, asked_word ^ rows[i].change);
		assert_null(rounding_blind_why(&rounding)); /* not before its time is over */
		rounding_tick(&rounding, SECONDS(105));
		why = rounding_blind_why(&rounding);
		if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)))
			fail_msg("%s: %s", rows[i].name, why ? why : "sees");
		if (why)
			assert_true(strlen(why) < sizeof(((struct event_degraded *)0)->why));
	}
}

/* Each minute, each time another mode, and sight can come back. */
static void every_minute(void **state)
{
	uint32_t last = 0;

	(void)state;
	for (uint64_t now = 100; now < 400; now++) {
		bool sees = now < 200 || now >= 300;

		rounding_tick(&rounding, SECONDS(now));
		if (play()) {
			assert_int_equal((now - 100) % 60, 0);
			assert_int_not_equal(asked_word, last);
			last = asked_word;
			if (sees)
				see(VISITOR_PID, asked_word);
		}
		if (now == 150 || now == 390)
			assert_null(rounding_blind_why(&rounding));
		if (now == 250)
			assert_non_null(rounding_blind_why(&rounding));
	}
	assert_int_not_equal(last, 0);
}

/* What it was before is no answer to what is asked now. */
static void too_early(void **state)
{
	(void)state;
	rounding_tick(&rounding, SECONDS(100));
	see(VISITOR_PID, 0xbf80);
	see(VISITOR_PID, 0xdf80);
	rounding_tick(&rounding, SECONDS(105));
	assert_non_null(rounding_blind_why(&rounding));
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test_setup_teardown(tests, make, drop),
		cmocka_unit_test_setup_teardown(every_minute, make, drop),
		cmocka_unit_test_setup_teardown(too_early, make, drop),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the queue in front of the examiner, its deadline, and its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core_fixture.h"
#include "sources/examiner.h"
#include "sources/host.h"
#include "state/process_table.h"

#define DEADLINE SECONDS(3)

static struct examiner *examiner;
static int peer; /* the examiner's end of the socket */
static unsigned fed;
static uint32_t last_pid;
static int feed_result;

static int feed(void *context, void *record, size_t len)
{
	const struct event_header *header = record;

	(void)context;
	assert_true(len >= sizeof(*header));
	fed++;
	last_pid = header->pid;
	return feed_result;
}

/* A socket whose other end is peer. */
static int new_socket(void)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	peer = pair[1];
	return pair[0];
}

static int make(void **state)
{
	const struct record_out out = {.feed = feed};

	(void)state;
	fed = 0;
	feed_result = 0;
	examiner = examiner_new(&out, EXAMINER_IN_FLIGHT_MAX, new_socket());
	return examiner ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	examiner_free(examiner);
	close(peer);
	return 0;
}

static void request(uint32_t pid)
{
	struct examine_job job = {.kind = EXAMINE_PROCESS, .process = process_key_of(pid, 1)};

	examiner_request(examiner, &job);
}

/* The next job's pid; 0: none has been handed out. */
static uint32_t take(void)
{
	struct examine_job job;

	if (recv(peer, &job, sizeof(job), MSG_DONTWAIT) <
		(ssize_t)offsetof(struct examine_job, path))
		return 0;
	assert_int_equal(job.kind, EXAMINE_PROCESS);
	return job.process.pid;
}

static void answer_gone(void)
{
	assert_int_equal(send(peer, "", 1, 0), 1);
}

static void answer_part(uint32_t pid)
{
	struct event_header header = {.type = EVENT_EXIT, .size = sizeof(header), .pid = pid};

	assert_int_equal(send(peer, &header, sizeof(header), 0), sizeof(header));
}

static void answer(uint32_t pid)
{
	answer_part(pid);
	answer_gone();
}

/* True: another one is wanted. */
static bool tick(uint64_t now_ns)
{
	bool wanted;

	assert_int_equal(examiner_tick(examiner, now_ns, &wanted), 0);
	return wanted;
}

static void job_by_job(void **state)
{
	(void)state;
	request(11);
	request(12);
	request(13);
	assert_int_equal(take(), 11);
	assert_int_equal(take(), 12);
	answer(11);
	answer_gone();
	assert_int_equal(examiner_consume(examiner), 0);
	assert_int_equal(fed, 1);
	assert_int_equal(last_pid, 11);
	assert_int_equal(take(), 13);
	answer(13);
	assert_int_equal(examiner_consume(examiner), 0);
	assert_int_equal(last_pid, 13);
	assert_int_equal(examiner_consume(examiner), 0);
	assert_int_equal(fed, 2);
	assert_false(tick(UINT64_MAX)); /* nothing is out: it may rest */
}

static void a_few_at_a_time(void **state)
{
	unsigned out = 0;

	(void)state;
	for (uint32_t pid = 1; pid <= 100; pid++)
		request(pid);
	while (take())
		out++;
	assert_in_range(out, 1, 16);
	for (uint32_t pid = 1; pid <= 100; pid++) {
		answer(pid);
		assert_int_equal(examiner_consume(examiner), 0);
		while (take())
			out++;
		assert_int_equal(last_pid, pid);
	}
	assert_int_equal(out, 100);
}

static void an_answer_nobody_asked_for(void **state)
{
	(void)state;
	answer(5);
	assert_int_equal(examiner_consume(examiner), 0);
	assert_int_equal(fed, 0);
}

static void a_failure_to_feed_ends_it(void **state)
{
	(void)state;
	request(1);
	request(2);
	answer(1);
	answer(2);
	feed_result = -5;
	assert_int_equal(examiner_consume(examiner), -5);
	assert_int_equal(fed, 1);
}

static void past_the_deadline(void **state)
{
	uint64_t now_ns;

	(void)state;
	request(1);
	request(2);
	now_ns = host_now_ns();
	assert_false(tick(now_ns + DEADLINE - SECONDS(1)));
	assert_int_equal(examiner_given_up(examiner), 0);
	assert_true(tick(now_ns + DEADLINE));
	assert_int_equal(examiner_given_up(examiner), 1);
	assert_int_equal(examiner_fd(examiner), -1);
	/* until there is another one it is asked for, and no further job is given up */
	assert_true(tick(now_ns + 2 * DEADLINE));
	assert_int_equal(examiner_given_up(examiner), 1);
	request(3);
	close(peer);
	examiner_renew(examiner, new_socket());
	assert_int_equal(take(), 2);
	assert_int_equal(take(), 3);
	assert_int_equal(take(), 0);
	answer(2);
	answer(3);
	assert_int_equal(examiner_consume(examiner), 0);
	assert_int_equal(fed, 2);
	assert_false(tick(host_now_ns() + 2 * DEADLINE));
}

static void every_answer_renews_the_deadline(void **state)
{
	(void)state;
	request(1);
	request(2);
	usleep(20000);
	answer(1);
	assert_int_equal(examiner_consume(examiner), 0);
	/* counted from the answer, not from the first job */
	assert_false(tick(host_now_ns() + DEADLINE - SECONDS(1)));
	assert_true(tick(host_now_ns() + DEADLINE));
}

static void it_dies(void **state)
{
	(void)state;
	request(1);
	request(2);
	close(peer);
	assert_int_equal(examiner_consume(examiner), 0);
	assert_true(tick(host_now_ns()));
	assert_int_equal(examiner_given_up(examiner), 1); /* the one it may have died of */
	examiner_renew(examiner, new_socket());
	assert_int_equal(take(), 2);
	/* one that dies without a job costs none */
	answer(2);
	assert_int_equal(examiner_consume(examiner), 0);
	close(peer);
	assert_int_equal(examiner_consume(examiner), 0);
	assert_true(tick(host_now_ns()));
	assert_int_equal(examiner_given_up(examiner), 1);
	examiner_renew(examiner, new_socket());
	assert_false(tick(host_now_ns()));
}

static void answers_of_several_records(void **state)
{
	(void)state;
	request(1);
	request(2);
	answer_part(1);
	answer_part(1);
	assert_int_equal(examiner_consume(examiner), 0);
	assert_int_equal(fed, 2);
	/* it is still at the first */
	assert_true(tick(host_now_ns() + DEADLINE));
	examiner_renew(examiner, new_socket());
	assert_int_equal(take(), 2);
}

static void request_content(uint32_t pid, uint32_t later, uint64_t size)
{
	struct examine_job job = {.kind = EXAMINE_CONTENT,
		.objects = CONTENT_BIT(CONTENT_EXE),
		.process = process_key_of(pid, 1),
		.file = {.inode = pid, .size = size},
		.later = later};

	examiner_request(examiner, &job);
}

static uint32_t take_content(void)
{
	struct examine_job job;

	if (recv(peer, &job, sizeof(job), MSG_DONTWAIT) <
		(ssize_t)offsetof(struct examine_job, path))
		return 0;
	assert_int_equal(job.kind, EXAMINE_CONTENT);
	return job.process.pid;
}

/* One at a time, and a queue that waits behind the other. */
static int make_content(void **state)
{
	const struct record_out out = {.feed = feed};

	(void)state;
	fed = 0;
	feed_result = 0;
	examiner = examiner_new(&out, 1, new_socket());
	return examiner ? 0 : -1;
}

static void what_is_urgent_goes_first(void **state)
{
	(void)state;
	request_content(1, 1, 10);
	request_content(2, 1, 10);
	request_content(3, 0, 10);
	request_content(4, 0, 10);
	for (unsigned i = 0; i < 4; i++) {
		static const uint32_t order[] = {1, 3, 4, 2};

		assert_int_equal(take_content(), order[i]);
		assert_int_equal(take_content(), 0);
		answer_gone();
		assert_int_equal(examiner_consume(examiner), 0);
	}
}

static void a_given_up_file_is_told(void **state)
{
	(void)state;
	request_content(8, 0, 10);
	assert_int_equal(fed, 0);
	assert_true(tick(host_now_ns() + DEADLINE));
	assert_int_equal(fed, 1);
	assert_int_equal(last_pid, 8);
	assert_int_equal(examiner_given_up(examiner), 1);
}

static void a_full_queue_is_told_at_the_next_tick(void **state)
{
	(void)state;
	for (uint32_t pid = 1; pid <= 32769; pid++)
		request_content(pid, 0, 10);
	assert_int_equal(examiner_given_up(examiner), 0); /* one is with the examiner */
	request_content(40000, 0, 10);
	request_content(40001, 1, 10); /* another queue */
	assert_int_equal(examiner_given_up(examiner), 1);
	assert_int_equal(fed, 0); /* whoever asked was being fed */
	assert_false(tick(host_now_ns()));
	assert_int_equal(fed, 1);
	assert_int_equal(last_pid, 40000);
}

/* 640 MiB at 64 MiB/s, twice, and what any job may take. */
static void a_large_file_may_take_longer(void **state)
{
	const struct content_pace pace = {.bytes_per_s = 64 << 20, .largest = 1u << 30};
	uint64_t now_ns;

	(void)state;
	examiner_rules(examiner, -1, &pace);
	request_content(1, 0, 640u << 20);
	now_ns = host_now_ns();
	assert_false(tick(now_ns + SECONDS(20)));
	assert_true(tick(now_ns + SECONDS(21) + DEADLINE));
}

/* Each descriptor it gets: the byte it comes with, else -1. */
static int take_bundle(void)
{
	char byte;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} ancillary;
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = ancillary.bytes,
		.msg_controllen = sizeof(ancillary.bytes)};
	struct cmsghdr *header;
	int fd = -1;

	if (recvmsg(peer, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (header)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

static void each_one_is_handed_the_rules(void **state)
{
	const struct content_pace pace = {.bytes_per_s = 1, .largest = 1};
	int fd;

	(void)state;
	examiner_rules(examiner, dup(0), &pace);
	request_content(1, 0, 10);
	fd = take_bundle();
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(take_content(), 1);
	close(peer);
	examiner_renew(examiner, new_socket());
	fd = take_bundle();
	assert_true(fd >= 0);
	close(fd);
	examiner_rules(examiner, dup(0), &pace); /* other ones */
	fd = take_bundle();
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(take_bundle(), -1);
}

static void a_full_queue(void **state)
{
	(void)state;
	for (uint32_t pid = 1; pid <= 32768 + EXAMINER_IN_FLIGHT_MAX; pid++)
		request(pid);
	assert_int_equal(examiner_given_up(examiner), 0);
	request(40000);
	assert_int_equal(examiner_given_up(examiner), 1);
	assert_int_equal(take(), 1);
	answer(1);
	assert_int_equal(examiner_consume(examiner), 0);
	request(40001); /* there is room again, and the ring goes round */
	assert_int_equal(examiner_given_up(examiner), 1);
}

#define EXAMINER_TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

#define CONTENT_TEST(name) cmocka_unit_test_setup_teardown(name, make_content, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXAMINER_TEST(job_by_job),
		EXAMINER_TEST(a_few_at_a_time),
		EXAMINER_TEST(an_answer_nobody_asked_for),
		EXAMINER_TEST(a_failure_to_feed_ends_it),
		EXAMINER_TEST(past_the_deadline),
		EXAMINER_TEST(every_answer_renews_the_deadline),
		EXAMINER_TEST(it_dies),
		EXAMINER_TEST(answers_of_several_records),
		EXAMINER_TEST(a_full_queue),
		CONTENT_TEST(what_is_urgent_goes_first),
		CONTENT_TEST(a_given_up_file_is_told),
		CONTENT_TEST(a_full_queue_is_told_at_the_next_tick),
		CONTENT_TEST(a_large_file_may_take_longer),
		CONTENT_TEST(each_one_is_handed_the_rules),
	};

	examiner_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

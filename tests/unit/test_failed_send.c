/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that what a helper could not be sent for want of memory reaches it later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core_fixture.h"
#include "launcher.h"
#include "sensor.h"
#include "sinks/sink_set.h"
#include "sinks/writer.h"
#include "sources/examiner.h"
#include "sources/host.h"
#include "state/process_table.h"
#include "util/fd_message.h"

static struct sensor sensor;
static unsigned refusals; /* so many packets cannot be sent */
static int own, peer; /* a pair; peer is the helper's end */

/* In the place of libc's. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (!refusals)
		return syscall(SYS_sendmsg, fd, message, flags);
	refusals--;
	errno = ENOBUFS;
	return -1;
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
	if (!refusals)
		return syscall(SYS_sendto, fd, data, len, flags, NULL, 0);
	refusals--;
	errno = ENOBUFS;
	return -1;
}

static int make(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	own = pair[0];
	peer = pair[1];
	sensor = (struct sensor){.metrics.fd = -1, .metrics.listener = -1};
	refusals = UINT_MAX;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	refusals = 0;
	close(peer);
	return 0;
}

/* How many packets the helper has now; they are taken. */
static unsigned packets(void)
{
	static char bytes[sizeof(struct writer_head) + SINK_LINE_MAX];
	unsigned count = 0;

	while (recv(peer, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		count++;
	return count;
}

static void a_line(void **state)
{
	static const char *const targets[] = {"/a"};
	struct sink_set *set = sink_set_new(targets, 1, &own);

	(void)state;
	sink_set_host(set, "host");
	sink_set_put(set, &(struct sink_line){.bytes = "line\n", .len = 5});
	sink_set_flush(set);
	assert_int_equal(packets(), 0);
	refusals = 0;
	assert_false(sink_set_tick(set, 0, host_now_ns()));
	assert_int_equal(packets(), 1);
	sink_set_free(set);
}

static int feed(void *context, void *record, size_t len)
{
	(void)context, (void)record, (void)len;
	return 0;
}

static void a_job(void **state)
{
	const struct record_out out = {.feed = feed};
	struct examiner *examiner = examiner_new(&out, EXAMINER_IN_FLIGHT_MAX, own);
	struct examine_job job = {.kind = EXAMINE_PROCESS, .process = process_key_of(7, 1)};
	bool wanted;

	(void)state;
	examiner_request(examiner, &job);
	assert_int_equal(packets(), 0);
	refusals = 0;
	assert_int_equal(examiner_tick(examiner, host_now_ns(), &wanted), 0);
	assert_false(wanted);
	assert_int_equal(packets(), 1);
	examiner_free(examiner);
}

static void the_listener(void **state)
{
	bool wanted;

	(void)state;
	sensor.metrics.listener = STDIN_FILENO;
	sensor_metrics_renew(&sensor, own);
	assert_int_equal(sensor_metrics_tick(&sensor, &wanted), 0);
	assert_int_equal(packets(), 0);
	refusals = 0;
	assert_int_equal(sensor_metrics_tick(&sensor, &wanted), 0);
	assert_int_equal(sensor_metrics_tick(&sensor, &wanted), 0);
	assert_false(wanted);
	assert_int_equal(packets(), 1);
	close(own);
}

/* What cannot be asked for is asked of the next loader, which is wanted 10 s later at most. */
static void a_reload(void **state)
{
	struct reload reload = {.fd = own};
	uint64_t now_ns = host_now_ns();

	(void)state;
	assert_int_equal(reload_ask(&reload, true, now_ns), -ENOBUFS);
	assert_false(reload_late(&reload, now_ns));
	assert_true(reload_late(&reload, now_ns + SECONDS(60)));
	close(own);
}

/* The launcher was asked, but its answer did not come. */
static void an_answer(void **state)
{
	(void)state;
	refusals = 0;
	sensor.control = own;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(sensor_want(&sensor, LAUNCHER_VISITOR), 0);
	assert_int_equal(packets(), 1);
	sensor.wanted_ns[LAUNCHER_VISITOR] -= SECONDS(60);
	assert_int_equal(sensor_want(&sensor, LAUNCHER_VISITOR), 0);
	assert_int_equal(packets(), 1);
	close(own);
}

/* What a helper found out. */
static void a_finding(void **state)
{
	(void)state;
	refusals = 3;
	assert_int_equal(packet_send(own, "found", 5), 0);
	assert_int_equal(packets(), 1);
	shutdown(peer, SHUT_RDWR);
	assert_int_equal(packet_send(own, "found", 5), -EPIPE);
	close(own);
}

int main(void)
{
#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, make, drop)
	const struct CMUnitTest tests[] = {WITH_PAIR(a_line), WITH_PAIR(a_job),
		WITH_PAIR(the_listener), WITH_PAIR(a_reload), WITH_PAIR(an_answer),
		WITH_PAIR(a_finding)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

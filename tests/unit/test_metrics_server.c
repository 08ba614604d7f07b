/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the exporter's connections: many at once, slow ones, and a sensor that does not answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "metrics/metrics_server.h"

#define GUARD_MS 20000 /* against hanging alone */
#define SOON_MS 1500 /* less than the 2 s after which the first of the slow ones is cut off */
#define SLOW 40 /* more than there are places */

struct rig {
	struct sockaddr_in address;
	int sensor; /* our end: we play the sensor */
	pid_t exporter;
};

static void rig_open(struct rig *rig)
{
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), pair[2];
	socklen_t len = sizeof(rig->address);

	rig->address = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_int_equal(bind(listener, (void *)&rig->address, len), 0);
	assert_int_equal(listen(listener, 64), 0);
	assert_int_equal(getsockname(listener, (void *)&rig->address, &len), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	rig->exporter = fork();
	if (rig->exporter == 0) {
		close(pair[0]);
		metrics_serve(listener, pair[1]);
		_exit(0);
	}
	close(listener);
	close(pair[1]);
	rig->sensor = pair[0];
}

/* It ends with the sensor. */
static void rig_close(struct rig *rig)
{
	int status;

	close(rig->sensor);
	assert_int_equal(waitpid(rig->exporter, &status, 0), rig->exporter);
	assert_int_equal(status, 0);
}

static int ask(const struct rig *rig, const char *text)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (const void *)&rig->address, sizeof(rig->address)), 0);
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
	return fd;
}

static bool readable(int fd, int wait_ms)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	return poll(&ready, 1, wait_ms) == 1;
}

static void take_question(const struct rig *rig)
{
	char question[8];

	assert_true(readable(rig->sensor, GUARD_MS));
	assert_int_equal(recv(rig->sensor, question, sizeof(question), 0), 1);
}

/* Answers the exporter's question. */
static void answer(const struct rig *rig, const char *text)
{
	take_question(rig);
	assert_int_equal(send(rig->sensor, text, strlen(text), 0), (ssize_t)strlen(text));
}

/* All that comes until the end; the connection is closed. */
static void expect_reply(int fd, const char *begin, const char *end)
{
	char text[4096];
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && len < sizeof(text) - 1) {
		assert_true(readable(fd, GUARD_MS));
		got = recv(fd, text + len, sizeof(text) - 1 - len, 0);
		len += got > 0 ? (size_t)got : 0;
	}
	text[len] = '\0';
	close(fd);
	assert_int_equal(strncmp(text, begin, strlen(begin)), 0);
	assert_true(len >= strlen(end));
	assert_string_equal(text + len - strlen(end), end);
}

static void one_question_for_many(void **state)
{
	struct rig rig;
	int fds[8];

	(void)state;
	rig_open(&rig);
	for (unsigned i = 0; i < 8; i++)
		fds[i] = ask(&rig, "GET /metrics HTTP/1.1\r\n\r\n");
	answer(&rig, "1a 1\n");
	for (unsigned i = 0; i < 8; i++)
		expect_reply(fds[i], "HTTP/1.1 200 ", "\r\n\r\na 1\n");
	assert_false(readable(rig.sensor, 0));
	rig_close(&rig);
}

static void head_in_pieces(void **state)
{
	struct rig rig;
	int fd;

	(void)state;
	rig_open(&rig);
	fd = ask(&rig, "GET /re");
	assert_false(readable(rig.sensor, 50));
	assert_int_equal(send(fd, "adyz HTTP/1.1\r\n\r\n", 17, 0), 17);
	answer(&rig, "0a 1\n");
	expect_reply(fd, "HTTP/1.1 503 ", "not ready yet\n");
	rig_close(&rig);
}

static void slow_ones_make_room(void **state)
{
	struct rig rig;
	int slow[SLOW], fd;
	char byte;

	(void)state;
	rig_open(&rig);
	for (unsigned i = 0; i < SLOW; i++)
		slow[i] = ask(&rig, "G");
	fd = ask(&rig, "GET /healthz HTTP/1.1\r\n\r\n");
	assert_true(readable(rig.sensor, SOON_MS));
	answer(&rig, "1a 1\n");
	expect_reply(fd, "HTTP/1.1 200 ", "ok\n");
	for (unsigned i = 0; i < SLOW; i++) { /* and are cut off after all */
		assert_true(readable(slow[i], GUARD_MS));
		assert_true(recv(slow[i], &byte, 1, 0) <= 0);
		close(slow[i]);
	}
	rig_close(&rig);
}

static void silent_sensor(void **state)
{
	struct rig rig;
	int health, metrics;

	(void)state;
	rig_open(&rig);
	health = ask(&rig, "GET /healthz HTTP/1.1\r\n\r\n");
	metrics = ask(&rig, "GET /metrics HTTP/1.1\r\n\r\n");
	expect_reply(health, "HTTP/1.1 503 ", "the sensor does not answer\n");
	expect_reply(metrics, "HTTP/1.1 200 ", "\nminerwatch_up 0\n");
	/* What it says later is for who asks then. */
	health = ask(&rig, "GET /healthz HTTP/1.1\r\n\r\n");
	answer(&rig, "1a 1\n");
	expect_reply(health, "HTTP/1.1 200 ", "ok\n");
	rig_close(&rig);
}

/* The sensor's buffer was full when it answered: whoever comes later is answered again. */
static void lost_answer(void **state)
{
	struct rig rig;
	int fd;

	(void)state;
	rig_open(&rig);
	fd = ask(&rig, "GET /readyz HTTP/1.1\r\n\r\n");
	take_question(&rig);
	expect_reply(fd, "HTTP/1.1 503 ", "the sensor does not answer\n");
	fd = ask(&rig, "GET /readyz HTTP/1.1\r\n\r\n");
	answer(&rig, "1a 1\n");
	expect_reply(fd, "HTTP/1.1 200 ", "ready\n");
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_question_for_many),
		cmocka_unit_test(head_in_pieces),
		cmocka_unit_test(slow_ones_make_room),
		cmocka_unit_test(silent_sensor),
		cmocka_unit_test(lost_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of a pool conversation: login, keepalives, and never a result. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "standin.h"

#define LINE_MAX_BYTES 4096

struct talk {
	const struct standin_options *options;
	struct sockaddr_storage address;
	socklen_t address_len;
};

/* One write(2) a line, as the miners do whose talk this is. */
static int say(const struct talk *talk, int fd, const char *line, int len)
{
	if (len < 0 || len >= LINE_MAX_BYTES)
		return -E2BIG;
	if (talk->options->verbose)
		fprintf(stderr, "standin: > %s", line);
	return write(fd, line, len) == len ? 0 : -EIO;
}

static int say_login(const struct talk *talk, int fd)
{
	const struct standin_options *options = talk->options;
	char line[LINE_MAX_BYTES];
	int len;

	len = snprintf(line, sizeof(line),
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"%s\","
		"\"pass\":\"%s\",\"agent\":\"%s\",\"algo\":[\"rx/0\"]}}\n",
		options->user, options->pass, options->agent);
	return say(talk, fd, line, len);
}

static int say_keepalive(const struct talk *talk, int fd, unsigned number)
{
	char line[LINE_MAX_BYTES];
	int len;

	len = snprintf(line, sizeof(line),
		"{\"id\":%u,\"jsonrpc\":\"2.0\",\"method\":\"keepalived\",\"params\":{\"id\":\"1\"}"
		"}\n",
		number);
	return say(talk, fd, line, len);
}

/* What the pool says is of no use: it is read away so that its window stays open. */
static int hear(const struct talk *talk, int fd)
{
	char bytes[LINE_MAX_BYTES];
	ssize_t len = read(fd, bytes, sizeof(bytes));

	if (len <= 0)
		return len ? -errno : -ECONNRESET;
	if (talk->options->verbose)
		fprintf(stderr, "standin: < %.*s", (int)len, bytes);
	return 0;
}

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static int converse(const struct talk *talk, int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	time_t next = now_s() + talk->options->keepalive;
	unsigned number = 1;
	int err;

	err = say_login(talk, fd);
	while (!err) {
		if (poll(&ready, 1, 500) > 0)
			err = hear(talk, fd);
		if (!err && now_s() >= next) {
			err = say_keepalive(talk, fd, ++number);
			next += talk->options->keepalive;
		}
	}
	return err;
}

static void *talk_thread(void *argument)
{
	const struct talk *talk = argument;

	for (;;) {
		int err = 0, fd = socket(talk->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0 || connect(fd, (const void *)&talk->address, talk->address_len))
			err = -errno;
		else
			err = converse(talk, fd);
		if (talk->options->verbose)
			fprintf(stderr, "standin: pool: %s\n", strerror(-err));
		if (fd >= 0)
			close(fd);
		sleep(1);
	}
	return NULL;
}

int standin_talk_start(const struct standin_options *options)
{
	static struct talk talk; /* outlives this call: the thread reads it */
	pthread_t thread;
	int err;

	talk.options = options;
	err = standin_address(options, options->pool, &talk.address, &talk.address_len);
	if (err)
		return err;
	return -pthread_create(&thread, NULL, talk_thread, &talk);
}

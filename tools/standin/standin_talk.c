/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of a pool conversation: a login, signs of life, and never a result. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "standin_talk.h"

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static int converse(struct channel *channel)
{
	struct pollfd ready = {.fd = channel->fd, .events = POLLIN};
	char unused[STANDIN_TALK_MAX]; /* read away, so that the pool's window stays open */
	time_t next = now_s() + channel->options->keepalive;
	unsigned number = 0;
	int err;

	err = channel_tunnel(channel);
	if (!err)
		err = dialect_greet(channel);
	while (!err) {
		if (poll(&ready, 1, 500) > 0)
			err = channel_hear(channel, unused);
		if (!err && now_s() >= next) {
			err = dialect_beat(channel, ++number);
			next += channel->options->keepalive;
		}
	}
	return err;
}

static void *talk_thread(void *argument)
{
	struct channel *channel = argument;
	bool own = strcmp(channel->options->socket, "own") == 0;

	/* Nobody makes us a second connection. */
	do {
		int err = channel->fd < 0 ? channel_connect(channel) : 0;

		if (!err)
			err = converse(channel);
		if (channel->options->verbose)
			fprintf(stderr, "standin: pool: %s\n", strerror(-err));
		if (channel->fd >= 0)
			close(channel->fd);
		channel->fd = -1;
		sleep(1);
	} while (own);
	return NULL;
}

int standin_talk_start(const struct standin_options *options, char **argv)
{
	static struct channel channel; /* outlives this call: the thread's */
	pthread_t thread;
	int err;

	err = channel_init(options, &channel);
	/* A connection of our own can wait for its pool; any other comes once. */
	if (!err && strcmp(options->socket, "own") != 0)
		err = channel_open(&channel, argv);
	if (err)
		return err;
	return -pthread_create(&thread, NULL, talk_thread, &channel);
}

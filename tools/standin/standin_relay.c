/* SPDX-License-Identifier: Apache-2.0 */
/* Carries what one client says at a unix socket to the pool, and its answers back. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "standin_talk.h"

struct relay {
	struct channel pool;
	int listener;
};

static int carry(int from, int to)
{
	char bytes[STANDIN_TALK_MAX];
	ssize_t len = read(from, bytes, sizeof(bytes));

	if (len <= 0)
		return -ECONNRESET;
	return write(to, bytes, len) == len ? 0 : -EIO;
}

static void carry_both_ways(int client, int pool)
{
	struct pollfd ends[] = {{client, POLLIN, 0}, {pool, POLLIN, 0}};
	int err = 0;

	while (!err && poll(ends, 2, -1) > 0) {
		if (ends[0].revents)
			err = carry(client, pool);
		if (!err && ends[1].revents)
			err = carry(pool, client);
	}
}

static void *relay_thread(void *argument)
{
	struct relay *relay = argument;

	for (;;) {
		int client = accept4(relay->listener, NULL, NULL, SOCK_CLOEXEC);

		if (client < 0)
			continue;
		if (!channel_connect(&relay->pool)) {
			carry_both_ways(client, relay->pool.fd);
			close(relay->pool.fd);
		}
		close(client);
	}
	return NULL;
}

int standin_relay_start(const struct standin_options *options)
{
	static struct relay relay; /* outlives this call: the thread's */
	struct sockaddr_storage address;
	pthread_t thread;
	socklen_t len;
	int err;

	err = channel_init(options, &relay.pool);
	if (!err)
		err = standin_address(options, options->relay, &address, &len);
	if (err)
		return err;
	relay.listener = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (relay.listener < 0)
		return -errno;
	if (bind(relay.listener, (void *)&address, len) || listen(relay.listener, 1)) {
		err = -errno;
		close(relay.listener);
		return err;
	}
	return -pthread_create(&thread, NULL, relay_thread, &relay);
}

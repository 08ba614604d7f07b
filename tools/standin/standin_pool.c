/* SPDX-License-Identifier: Apache-2.0 */
/* A stub pool: takes few clients, hears what they say, and hands out jobs nobody works on. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "standin_talk.h"

#define LISTENERS_MAX 16
#define CLIENTS_MAX 48

struct pool {
	const struct standin_options *options;
	unsigned job;
	unsigned listeners;
	/* listeners first; [LISTENERS_MAX + i] belongs to clients[i], fd -1: free (poll skips it)
	 */
	struct pollfd fds[LISTENERS_MAX + CLIENTS_MAX];
	struct pool_client clients[CLIENTS_MAX];
};

static struct pollfd *client_fd(struct pool *pool, unsigned i)
{
	return &pool->fds[LISTENERS_MAX + i];
}

static void drop_client(struct pool *pool, unsigned i)
{
	close(client_fd(pool, i)->fd);
	client_fd(pool, i)->fd = -1;
}

static void add_client(struct pool *pool, int fd)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		if (client_fd(pool, i)->fd >= 0)
			continue;
		client_fd(pool, i)->fd = fd;
		memset(&pool->clients[i], 0, sizeof(pool->clients[i]));
		return;
	}
	close(fd);
}

static void accept_client(struct pool *pool, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		add_client(pool, fd);
}

/* Answers the whole messages that are there. Negative: the client has to go. */
static int hear_client(struct pool *pool, unsigned i)
{
	struct pool_client *client = &pool->clients[i];
	int fd = client_fd(pool, i)->fd;
	ssize_t len;
	size_t size;

	/* A message longer than the buffer ends its client: nothing can be read then. */
	len = read(fd, client->bytes + client->used, STANDIN_TALK_MAX - client->used);
	if (len <= 0)
		return -ECONNRESET;
	client->used += len;
	while ((size = pool_message(client))) {
		if (pool_answer(client, size, fd, ++pool->job) < 0)
			return -EIO;
		client->used -= size;
		memmove(client->bytes, client->bytes + size, client->used);
	}
	return 0;
}

static void send_jobs(struct pool *pool)
{
	pool->job++;
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (client_fd(pool, i)->fd >= 0 && pool->clients[i].job &&
			dprintf(client_fd(pool, i)->fd, pool->clients[i].job, pool->job) < 0)
			drop_client(pool, i);
}

/* A pool that dials its miner: what is connected is a client like any other. */
static bool dial(struct pool *pool)
{
	struct sockaddr_storage address;
	socklen_t len;
	int fd;

	if (standin_address(pool->options, pool->options->dial, &address, &len))
		return true; /* never: it has said so */
	fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	if (connect(fd, (void *)&address, len) || fcntl(fd, F_SETFL, O_NONBLOCK)) {
		close(fd);
		return false;
	}
	add_client(pool, fd);
	return true;
}

static void *pool_thread(void *argument)
{
	struct pool *pool = argument;
	time_t next = time(NULL) + pool->options->keepalive;
	bool dialled = !pool->options->dial;

	for (;;) {
		if (poll(pool->fds, LISTENERS_MAX + CLIENTS_MAX, dialled ? 1000 : 100) < 0)
			continue;
		if (!dialled)
			dialled = dial(pool);
		for (unsigned i = 0; i < pool->listeners; i++)
			if (pool->fds[i].revents)
				accept_client(pool, pool->fds[i].fd);
		for (unsigned i = 0; i < CLIENTS_MAX; i++)
			if (client_fd(pool, i)->fd >= 0 && client_fd(pool, i)->revents &&
				hear_client(pool, i))
				drop_client(pool, i);
		if (time(NULL) >= next) {
			send_jobs(pool);
			next = time(NULL) + pool->options->keepalive;
		}
	}
	return NULL;
}

static int open_listener(
	const struct standin_options *options, const char *text, unsigned *ret_port)
{
	struct sockaddr_storage address;
	socklen_t len;
	int fd, err;

	err = standin_address(options, text, &address, &len);
	if (err)
		return err;
	fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* Data in the first packet is taken where the host's sysctl allows it; elsewhere it waits.
	 */
	setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &(int){CLIENTS_MAX}, sizeof(int));
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) ||
		bind(fd, (void *)&address, len) || listen(fd, CLIENTS_MAX) ||
		getsockname(fd, (void *)&address, &len)) {
		err = -errno;
		close(fd);
		return err;
	}
	/* sin_port and sin6_port lie at the same place */
	*ret_port = ntohs(((struct sockaddr_in *)&address)->sin_port);
	return fd;
}

static int open_listeners(struct pool *pool, unsigned *ret_port)
{
	char *list = strdup(pool->options->serve), *rest = list, *text;
	unsigned port = 0;
	int err = list ? 0 : -ENOMEM;

	while (!err && (text = strsep(&rest, ","))) {
		int fd = pool->listeners < LISTENERS_MAX ? open_listener(pool->options, text, &port)
							 : -E2BIG;

		if (fd < 0) {
			err = fd;
			break;
		}
		if (!pool->listeners)
			*ret_port = port;
		pool->fds[pool->listeners++].fd = fd;
	}
	free(list);
	return err;
}

int standin_pool_start(const struct standin_options *options, unsigned *ret_port)
{
	static struct pool pool; /* outlives this call: the thread's */
	pthread_t thread;
	int err;

	pool.options = options;
	for (unsigned i = 0; i < LISTENERS_MAX + CLIENTS_MAX; i++)
		pool.fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
	if (options->serve) {
		err = open_listeners(&pool, ret_port);
		if (err)
			return err;
	}
	return -pthread_create(&thread, NULL, pool_thread, &pool);
}

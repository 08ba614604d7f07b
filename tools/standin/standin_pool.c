/* SPDX-License-Identifier: Apache-2.0 */
/* A stub pool: answers logins and keepalives, hands out jobs nobody works on, takes few clients. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "standin.h"

#define CLIENTS_MAX 16
#define LINE_MAX_BYTES 4096 /* a longer line ends its client */

#define JOB                                                                            \
	"{\"blob\":\"1010"                                                             \
	"0000000000000000000000000000000000000000000000000000000000000000000000000000" \
	"\",\"job_id\":\"%u\",\"target\":\"ffff0000\",\"height\":1,\"seed_hash\":\""   \
	"0000000000000000000000000000000000000000000000000000000000000000"             \
	"\",\"algo\":\"rx/0\"}"

struct client {
	size_t used;
	char bytes[LINE_MAX_BYTES];
};

struct pool {
	unsigned interval; /* seconds between jobs */
	unsigned job;
	/* [0] is the listener; [1 + i] belongs to clients[i], fd -1: free (poll skips it) */
	struct pollfd fds[1 + CLIENTS_MAX];
	struct client clients[CLIENTS_MAX];
};

static void drop_client(struct pool *pool, unsigned i)
{
	close(pool->fds[1 + i].fd);
	pool->fds[1 + i].fd = -1;
}

static void accept_client(struct pool *pool)
{
	int fd = accept4(pool->fds[0].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		if (pool->fds[1 + i].fd >= 0)
			continue;
		pool->fds[1 + i].fd = fd;
		pool->clients[i].used = 0;
		return;
	}
	close(fd);
}

static int answer(struct pool *pool, int fd, const char *line)
{
	if (strstr(line, "\"method\":\"login\""))
		return dprintf(fd,
			"{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"id\":\"1\","
			"\"job\":" JOB ",\"status\":\"OK\"}}\n",
			++pool->job);
	if (strstr(line, "\"method\":\"keepalived\""))
		return dprintf(fd, "{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,"
				   "\"result\":{\"status\":\"KEEPALIVED\"}}\n");
	return dprintf(fd, "{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":{\"code\":-1,"
			   "\"message\":\"Unknown method\"}}\n");
}

/* Answers the whole lines that are there. Negative: the client has to go. */
static int hear_client(struct pool *pool, unsigned i)
{
	struct client *client = &pool->clients[i];
	int fd = pool->fds[1 + i].fd;
	ssize_t len;
	char *end;

	len = read(fd, client->bytes + client->used, sizeof(client->bytes) - client->used);
	if (len <= 0) /* a full buffer without a newline reads 0 too */
		return -ECONNRESET;
	client->used += len;
	while ((end = memchr(client->bytes, '\n', client->used))) {
		*end++ = '\0';
		if (answer(pool, fd, client->bytes) < 0)
			return -EIO;
		client->used -= end - client->bytes;
		memmove(client->bytes, end, client->used);
	}
	return 0;
}

static void send_job(struct pool *pool)
{
	pool->job++;
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (pool->fds[1 + i].fd >= 0 &&
			dprintf(pool->fds[1 + i].fd,
				"{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":" JOB "}\n",
				pool->job) < 0)
			drop_client(pool, i);
}

static void *pool_thread(void *argument)
{
	struct pool *pool = argument;
	time_t next = time(NULL) + pool->interval;

	for (;;) {
		if (poll(pool->fds, 1 + CLIENTS_MAX, 1000) < 0)
			continue;
		if (pool->fds[0].revents)
			accept_client(pool);
		for (unsigned i = 0; i < CLIENTS_MAX; i++)
			if (pool->fds[1 + i].fd >= 0 && pool->fds[1 + i].revents &&
				hear_client(pool, i))
				drop_client(pool, i);
		if (time(NULL) >= next) {
			send_job(pool);
			next = time(NULL) + pool->interval;
		}
	}
	return NULL;
}

static int open_listener(const struct standin_options *options, unsigned *ret_port)
{
	struct sockaddr_storage address;
	socklen_t len;
	int fd, err;

	err = standin_address(options, options->serve, &address, &len);
	if (err)
		return err;
	fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
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

int standin_pool_start(const struct standin_options *options, unsigned *ret_port)
{
	static struct pool pool; /* outlives this call: the thread's */
	pthread_t thread;
	int fd;

	fd = open_listener(options, ret_port);
	if (fd < 0)
		return fd;
	pool.interval = options->keepalive;
	pool.fds[0] = (struct pollfd){.fd = fd, .events = POLLIN};
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		pool.fds[1 + i] = (struct pollfd){.fd = -1, .events = POLLIN};
	return -pthread_create(&thread, NULL, pool_thread, &pool);
}

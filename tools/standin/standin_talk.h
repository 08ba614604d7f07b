/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of a conversation with a pool: the connection, how bytes leave, the words. */
#ifndef STANDIN_TALK_H
#define STANDIN_TALK_H

#include "standin.h"

#define STANDIN_TALK_MAX 8192 /* bytes of one line or request, with NUL */

struct uring;

struct channel {
	const struct standin_options *options;
	const struct sending *sending; /* options->send's row */
	struct uring *uring; /* NULL where the way needs none */
	struct sockaddr_storage address; /* of the pool, or of the proxy in front of it */
	socklen_t address_len;
	int fd; /* -1: none */
	bool connected; /* false: the first bytes will do it (Fast Open) */
};

/* 0 or -errno (-EINVAL: no such way of sending). */
int channel_init(const struct standin_options *options, struct channel *ret_channel);
/* Connects a fresh socket in the channel's way; sets fd. 0 or -errno. */
int channel_connect(struct channel *channel);
/* All of it: in two parts with a pause between them where options->line is "split". */
int channel_send(struct channel *channel, const char *bytes, size_t len);
/* Waits for an answer and takes what there is of it, NUL-terminated. 0 or -errno. */
int channel_hear(struct channel *channel, char ret_answer[static STANDIN_TALK_MAX]);

/*
 * Gets a connection that others make, as options->socket says. One that goes on in another process
 * leaves this one for good, so it has to come before any thread. argv: of the image that inherits.
 */
int channel_open(struct channel *channel, char **argv);

/* Asks the proxy of options->via for the pool and waits until it agreed; 0 where there is none. */
int channel_tunnel(struct channel *channel);

/* What is said first; what is said each interval (number: of the interval, from 1). */
int dialect_greet(struct channel *channel);
int dialect_beat(struct channel *channel, unsigned number);

/* Writes the JSON line in the shape asked for; returns its length or -EINVAL, -E2BIG. */
int line_shape(const char *shape, const char *line, char ret_line[static STANDIN_TALK_MAX]);

/* The stub pool's words. */
struct pool_client {
	size_t used;
	bool http, greeted; /* SOCKS5: the greeting is behind */
	const char *job; /* format of the jobs it is sent, the number in it; NULL: none */
	char bytes[STANDIN_TALK_MAX + 1];
};

/* Length of the first whole message among the bytes; 0: not there yet. */
size_t pool_message(struct pool_client *client);
/* Answers that message. Negative: the client has to go. */
int pool_answer(struct pool_client *client, size_t len, int fd, unsigned job);

#endif

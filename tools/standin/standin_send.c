/* SPDX-License-Identifier: Apache-2.0 */
/* The ways a connection is asked for and bytes leave through it. */
#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ia32.h"
#include "standin_talk.h"
#include "uring.h"

#define SPLIT_PAUSE_NS 200000000

struct sending {
	const char *name;
	int (*connect)(struct channel *channel); /* 0 or -errno */
	ssize_t (*send)(struct channel *channel, const char *bytes, size_t len); /* or -errno */
	unsigned ring_flags;
	bool ring;
};

static int connect_plain(struct channel *channel)
{
	return connect(channel->fd, (const void *)&channel->address, channel->address_len) ? -errno
											   : 0;
}

static int connect_later(struct channel *channel)
{
	channel->connected = false;
	return 0;
}

static int connect_uring(struct channel *channel)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_CONNECT,
		.fd = channel->fd,
		.addr = (uintptr_t)&channel->address,
		.off = channel->address_len,
	};

	return uring_run(channel->uring, &entry);
}

static int connect_int80(struct channel *channel)
{
	static void *low; /* for all connections of the process */

	if (!low)
		low = ia32_memory(sizeof(channel->address));
	if (!low)
		return -ENOSYS;
	memcpy(low, &channel->address, channel->address_len);
	return ia32_call(IA32_CONNECT, (void *)(uintptr_t)channel->fd, low,
		(void *)(uintptr_t)channel->address_len);
}

static ssize_t send_write(struct channel *channel, const char *bytes, size_t len)
{
	ssize_t sent = write(channel->fd, bytes, len);

	return sent < 0 ? -errno : sent;
}

static ssize_t send_send(struct channel *channel, const char *bytes, size_t len)
{
	ssize_t sent = send(channel->fd, bytes, len, MSG_NOSIGNAL);

	return sent < 0 ? -errno : sent;
}

static ssize_t send_sendmsg(struct channel *channel, const char *bytes, size_t len)
{
	size_t half = len / 2;
	struct iovec parts[] = {{(void *)bytes, half}, {(void *)(bytes + half), len - half}};
	const struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t sent = sendmsg(channel->fd, &message, MSG_NOSIGNAL);

	return sent < 0 ? -errno : sent;
}

static ssize_t send_uring(struct channel *channel, const char *bytes, size_t len)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_SEND,
		.fd = channel->fd,
		.addr = (uintptr_t)bytes,
		.len = len,
	};

	return uring_run(channel->uring, &entry);
}

static ssize_t send_fastopen(struct channel *channel, const char *bytes, size_t len)
{
	ssize_t sent;

	if (channel->connected)
		return send_write(channel, bytes, len);
	sent = sendto(channel->fd, bytes, len, MSG_FASTOPEN | MSG_NOSIGNAL,
		(const void *)&channel->address, channel->address_len);
	if (sent < 0)
		return -errno;
	channel->connected = true;
	return sent;
}

static const struct sending ways[] = {
	{"write", connect_plain, send_write, 0, false},
	{"send", connect_plain, send_send, 0, false},
	{"sendmsg", connect_plain, send_sendmsg, 0, false},
	{"uring", connect_uring, send_uring, 0, true},
	{"sqpoll", connect_uring, send_uring, IORING_SETUP_SQPOLL, true},
	{"fastopen", connect_later, send_fastopen, 0, false},
	{"int80", connect_int80, send_write, 0, false},
};

int channel_init(const struct standin_options *options, struct channel *ret_channel)
{
	struct channel channel = {.options = options, .fd = -1, .connected = true};
	const char *peer = options->via ? strchr(options->via, ':') : options->pool - 1;
	int err;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(options->send, ways[i].name) == 0)
			channel.sending = &ways[i];
	if (!channel.sending || !peer)
		return -EINVAL;
	err = standin_address(options, peer + 1, &channel.address, &channel.address_len);
	if (!err && channel.sending->ring)
		err = uring_open(channel.sending->ring_flags, &channel.uring);
	if (!err)
		*ret_channel = channel;
	return err;
}

int channel_connect(struct channel *channel)
{
	int err;

	channel->fd = socket(channel->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (channel->fd < 0)
		return -errno;
	channel->connected = true;
	err = channel->sending->connect(channel);
	if (err) {
		close(channel->fd);
		channel->fd = -1;
	}
	return err;
}

static int send_whole(struct channel *channel, const char *bytes, size_t len)
{
	ssize_t sent = channel->sending->send(channel, bytes, len);

	if (sent < 0)
		return sent;
	return (size_t)sent == len ? 0 : -EIO;
}

int channel_send(struct channel *channel, const char *bytes, size_t len)
{
	const struct timespec pause = {.tv_nsec = SPLIT_PAUSE_NS};
	size_t half = strcmp(channel->options->line, "split") == 0 ? len / 2 : 0;
	int err = 0;

	if (channel->options->verbose)
		fprintf(stderr, "standin: > %.*s\n", (int)len, bytes);
	if (half) {
		err = send_whole(channel, bytes, half);
		nanosleep(&pause, NULL);
	}
	return err ? err : send_whole(channel, bytes + half, len - half);
}

int channel_hear(struct channel *channel, char ret_answer[static STANDIN_TALK_MAX])
{
	ssize_t len = read(channel->fd, ret_answer, STANDIN_TALK_MAX - 1);

	if (len <= 0)
		return len ? -errno : -ECONNRESET;
	ret_answer[len] = '\0';
	if (channel->options->verbose)
		fprintf(stderr, "standin: < %s\n", ret_answer);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to open a connection to a loopback listener of our own. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "generate.h"

#define FIRST_PORT 1024 /* after the last one */

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262 /* linux/in.h since 5.6 */
#endif

/* Listens at run->address, or waits for datagrams there, and learns the port it got. */
static int listen_there(struct generate *run, int type, int protocol)
{
	run->listener = socket(run->address.sin6_family, type | SOCK_CLOEXEC, protocol);
	if (run->listener < 0)
		return -errno;
	if (bind(run->listener, (void *)&run->address, run->address_len) ||
		(type == SOCK_STREAM && listen(run->listener, 8)) ||
		getsockname(run->listener, (void *)&run->address, &run->address_len))
		return -errno;
	return 0;
}

int generate_listen(struct generate *run, const char *text, int type, int protocol)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&run->address;

	run->address_len = sizeof(run->address);
	if (inet_pton(AF_INET6, text, &run->address.sin6_addr) == 1) {
		run->address.sin6_family = AF_INET6;
	} else {
		run->address_len = sizeof(*v4);
		v4->sin_family = AF_INET;
		inet_pton(AF_INET, text, &v4->sin_addr);
	}
	return listen_there(run, type, protocol);
}

/*
 * To the next free port: connects of one process to one destination are told of once a minute. In
 * this order none comes twice in 60,000.
 */
static int move_on(struct generate *run, int type)
{
	int err = -EADDRINUSE;

	for (unsigned tries = 0; tries < 1000 && err == -EADDRINUSE; tries++) {
		close(run->listener);
		run->address.sin6_port = htons(ntohs(run->address.sin6_port) + 1);
		if (ntohs(run->address.sin6_port) < FIRST_PORT)
			run->address.sin6_port = htons(FIRST_PORT);
		err = listen_there(run, type, 0);
	}
	return err;
}

int generate_begin_v4(struct generate *run)
{
	return generate_listen(run, "127.0.0.1", SOCK_STREAM, 0);
}

int generate_begin_v6(struct generate *run)
{
	return generate_listen(run, "::1", SOCK_STREAM, 0);
}

int generate_begin_mapped(struct generate *run)
{
	return generate_listen(run, "::ffff:127.0.0.1", SOCK_STREAM, 0);
}

static int begin_udp4(struct generate *run)
{
	return generate_listen(run, "127.0.0.1", SOCK_DGRAM, 0);
}

static int begin_udp6(struct generate *run)
{
	return generate_listen(run, "::1", SOCK_DGRAM, 0);
}

int generate_begin_uring(struct generate *run)
{
	int err = generate_begin_v4(run);

	return err ? err : uring_open(0, &run->uring);
}

int generate_begin_sqpoll(struct generate *run)
{
	int err = generate_begin_v4(run);

	return err ? err : uring_open(IORING_SETUP_SQPOLL, &run->uring);
}

/* Each way's own step. run->address is the listener's; fd a fresh socket of its family. */
static int connect_plain(struct generate *run, int fd)
{
	return connect(fd, (const void *)&run->address, run->address_len) ? -errno : 0;
}

static int connect_nonblocking(struct generate *run, int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	if (connect(fd, (const void *)&run->address, run->address_len) && errno != EINPROGRESS)
		return -errno;
	return poll(&ready, 1, 10000) == 1 ? 0 : -ETIMEDOUT;
}

static int connect_fastopen(struct generate *run, int fd)
{
	return sendto(fd, "x", 1, MSG_FASTOPEN, (const void *)&run->address, run->address_len) == 1
		       ? 0
		       : -errno;
}

static int connect_uring(struct generate *run, int fd)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_CONNECT,
		.fd = fd,
		.addr = (uintptr_t)&run->address,
		.off = run->address_len,
	};

	return uring_run(run->uring, &entry);
}

static int connect_uring_fastopen(struct generate *run, int fd)
{
	struct iovec data = {.iov_base = "x", .iov_len = 1};
	struct msghdr message = {
		.msg_name = &run->address,
		.msg_namelen = run->address_len,
		.msg_iov = &data,
		.msg_iovlen = 1,
	};
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_SENDMSG,
		.fd = fd,
		.addr = (uintptr_t)&message,
		.len = 1,
		.msg_flags = MSG_FASTOPEN,
	};
	int sent = uring_run(run->uring, &entry);

	/* io_uring does not wait: without a cookie the byte stays here while the SYN is under way.
	 */
	return sent == 1 || sent == -EINPROGRESS ? 0 : sent < 0 ? sent : -EIO;
}

static int connect_int80(struct generate *run, int fd)
{
	static void *low;

	if (!low)
		low = ia32_memory(sizeof(run->address));
	if (!low)
		return -ENOSYS;
	memcpy(low, &run->address, run->address_len);
	return ia32_call(
		IA32_CONNECT, (void *)(uintptr_t)fd, low, (void *)(uintptr_t)run->address_len);
}

static int make_one(
	struct generate *run, int type, int protocol, int (*step)(struct generate *run, int fd))
{
	/* Closing resets: thousands of connections must not use the ports up in TIME_WAIT. */
	const struct linger reset = {.l_onoff = 1};
	int fd, accepted, err;

	fd = socket(run->address.sin6_family, type | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -errno;
	err = step(run, fd);
	if (err || (type & SOCK_DGRAM))
		goto out;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	accepted = accept4(run->listener, NULL, NULL, SOCK_CLOEXEC);
	if (accepted < 0)
		err = -errno;
	else
		close(accepted);
out:
	close(fd);
	return err;
}

static int make(
	struct generate *run, int type, int protocol, int (*step)(struct generate *run, int fd))
{
	int err = make_one(run, type, protocol, step);

	return err ? err : move_on(run, type & ~SOCK_NONBLOCK);
}

static int make_repeat(struct generate *run)
{
	return make_one(run, SOCK_STREAM, 0, connect_plain);
}

static int make_repeat_udp(struct generate *run)
{
	return make_one(run, SOCK_DGRAM, 0, connect_plain);
}

#define MAKE(way, type, protocol)                                \
	static int make_##way(struct generate *run)              \
	{                                                        \
		return make(run, type, protocol, connect_##way); \
	}

MAKE(plain, SOCK_STREAM, 0)
MAKE(nonblocking, SOCK_STREAM | SOCK_NONBLOCK, 0)
MAKE(fastopen, SOCK_STREAM, 0)
MAKE(uring, SOCK_STREAM, 0)
MAKE(uring_fastopen, SOCK_STREAM, 0)

static int make_mptcp(struct generate *run)
{
	return make(run, SOCK_STREAM, IPPROTO_MPTCP, connect_plain);
}

static int make_udp(struct generate *run)
{
	return make(run, SOCK_DGRAM, 0, connect_plain);
}

static int probe_int80(struct generate *run)
{
	/* -EBADF is the gate's answer; a machine without the gate kills the child. */
	return connect_int80(run, -1) == -EBADF ? 0 : -ENOSYS;
}

static int begin_int80(struct generate *run)
{
	int err = generate_begin_v4(run);

	return err ? err : generate_in_child(run, probe_int80);
}

MAKE(int80, SOCK_STREAM, 0)

const struct way connect_ways[] = {
	{"v4", generate_begin_v4, make_plain},
	{"v6", generate_begin_v6, make_plain},
	{"mapped", generate_begin_mapped, make_plain},
	{"nonblocking", generate_begin_v4, make_nonblocking},
	{"fastopen", generate_begin_v4, make_fastopen},
	{"io_uring", generate_begin_uring, make_uring},
	{"sqpoll", generate_begin_sqpoll, make_uring},
	{"io_uring_fastopen", generate_begin_uring, make_uring_fastopen},
	{"int80", begin_int80, make_int80},
	{"mptcp", generate_begin_v4, make_mptcp},
	{"udp4", begin_udp4, make_udp},
	{"udp6", begin_udp6, make_udp},
	{"repeat", generate_begin_v4, make_repeat},
	{"repeat_udp", begin_udp6, make_repeat_udp},
	{NULL, NULL, NULL},
};

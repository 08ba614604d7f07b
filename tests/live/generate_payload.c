/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to say something on a connection to a loopback listener of our own, and to be answered. */
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "generate.h"

/* A miner's words and a pool's; nobody's wallet. test_payload.sh has the same. */
static const char question[] =
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"generate\","
	"\"pass\":\"x\",\"agent\":\"XMRig/6.21.0\",\"algo\":[\"rx/0\"]}}\n";
static const char answer[] =
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"id\":\"1\",\"job\":{\"blob\":"
	"\"0e0e\",\"job_id\":\"1\",\"target\":\"b88d0600\",\"algo\":\"rx/"
	"0\"},\"status\":\"OK\"}}\n";
static const char secret_json[] =
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"note\":\"payload-secret-json\"}\n";
static const char secret[] = "payload-secret-other, which no reader knows\n";

/* One way: what is said, in how many pieces, and by which call. */
struct words {
	const char *question, *answer;
	unsigned pieces;
	int (*send)(struct generate *run, int fd, const char *bytes, size_t len);
};

static int send_write(struct generate *run, int fd, const char *bytes, size_t len)
{
	(void)run;
	return (size_t)write(fd, bytes, len) == len ? 0 : -EIO;
}

static int send_send(struct generate *run, int fd, const char *bytes, size_t len)
{
	(void)run;
	return (size_t)send(fd, bytes, len, 0) == len ? 0 : -EIO;
}

static int send_sendmsg(struct generate *run, int fd, const char *bytes, size_t len)
{
	struct iovec parts[2] = {
		{(void *)bytes, len / 2}, {(void *)(bytes + len / 2), len - len / 2}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	(void)run;
	return (size_t)sendmsg(fd, &message, 0) == len ? 0 : -EIO;
}

static int send_uring(struct generate *run, int fd, const char *bytes, size_t len)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_SEND,
		.fd = fd,
		.addr = (uintptr_t)bytes,
		.len = (uint32_t)len,
	};
	int sent = uring_run(run->uring, &entry);

	return sent == (int)len ? 0 : sent < 0 ? sent : -EIO;
}

/* In the SYN itself. Connects too, so it comes instead of connect(). */
static int send_fastopen(struct generate *run, int fd, const char *bytes, size_t len)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, &on, sizeof(on)))
		return -errno;
	return sendto(fd, bytes, len, MSG_FASTOPEN, (void *)&run->address, run->address_len) ==
			       (ssize_t)len
		       ? 0
		       : -errno;
}

static int receive(int fd, size_t len)
{
	char bytes[1024];

	while (len) {
		ssize_t n = recv(fd, bytes, len < sizeof(bytes) ? len : sizeof(bytes), 0);

		if (n <= 0)
			return n < 0 ? -errno : -EPIPE;
		len -= (size_t)n;
	}
	return 0;
}

/* Each piece has arrived before the next is sent, so that each is a segment of its own. */
static int say(struct generate *run, const struct words *words, int from, int to, const char *text)
{
	size_t len = strlen(text), said = 0;
	int err = 0;

	for (unsigned i = 1; i <= words->pieces && !err; i++) {
		size_t end = len * i / words->pieces;

		err = words->send(run, from, text + said, end - said);
		if (!err)
			err = receive(to, end - said);
		said = end;
	}
	return err;
}

static int talk(struct generate *run, const struct words *words, int fd)
{
	const struct words plain = {.pieces = words->pieces, .send = send_write};
	bool fastopen = words->send == send_fastopen;
	int peer, err = 0;

	if (fastopen)
		err = send_fastopen(run, fd, words->question, strlen(words->question));
	else if (connect(fd, (void *)&run->address, run->address_len))
		err = -errno;
	if (err)
		return err;
	peer = accept4(run->listener, NULL, NULL, SOCK_CLOEXEC);
	if (peer < 0)
		return -errno;
	err = fastopen ? receive(peer, strlen(words->question))
		       : say(run, words, fd, peer, words->question);
	if (!err)
		err = say(run, &plain, peer, fd, words->answer);
	close(peer);
	return err;
}

static int make(struct generate *run, const struct words *words)
{
	const struct linger reset = {.l_onoff = 1}; /* no TIME_WAIT: the ports last for any count */
	int on = 1, err, fd = socket(run->address.sin6_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	err = talk(run, words, fd);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
	return err;
}

#define MAKE(way, ...)                                    \
	static int make_##way(struct generate *run)       \
	{                                                 \
		const struct words words = {__VA_ARGS__}; \
                                                          \
		return make(run, &words);                 \
	}

MAKE(write, question, answer, 1, send_write)
MAKE(send, question, answer, 1, send_send)
MAKE(sendmsg, question, answer, 1, send_sendmsg)
MAKE(uring, question, answer, 1, send_uring)
MAKE(fastopen, question, answer, 1, send_fastopen)
MAKE(split2, question, answer, 2, send_write)
MAKE(split8, question, answer, 8, send_write)
MAKE(split9, question, answer, 9, send_write)
MAKE(json, secret_json, secret_json, 1, send_write)
MAKE(other, secret, secret, 1, send_write)

const struct way payload_ways[] = {
	{"v4", generate_begin_v4, make_write},
	{"v6", generate_begin_v6, make_write},
	{"mapped", generate_begin_mapped, make_write},
	{"send", generate_begin_v4, make_send},
	{"sendmsg", generate_begin_v6, make_sendmsg},
	{"io_uring", generate_begin_uring, make_uring},
	{"sqpoll", generate_begin_sqpoll, make_uring},
	{"fastopen", generate_begin_v4, make_fastopen},
	{"split2", generate_begin_v4, make_split2},
	{"split8", generate_begin_v6, make_split8},
	{"split9", generate_begin_v4, make_split9},
	{"json", generate_begin_v4, make_json},
	{"other", generate_begin_v6, make_other},
	{NULL, NULL, NULL},
};

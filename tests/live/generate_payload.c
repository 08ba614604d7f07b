/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to say something on a connection to a loopback listener of our own, and to be answered. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
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

static const char page[] = "GET /payload-secret-page HTTP/1.1\r\nHost: a\r\n\r\n";
static const char height[] = "GET /getheight HTTP/1.1\r\nX: payload-secret\r\n\r\n";
static const char page_answer[] = "HTTP/1.1 200 OK\r\n\r\npayload-secret-page\n";

#define LARGE 65536 /* leaves in one packet, where loopback takes packets of any size */

/* One way: what is said, in how many pieces, and by which call. */
struct words {
	const char *question, *answer;
	unsigned pieces;
	int (*send)(struct generate *run, int fd, const char *bytes, size_t len);
	int protocol; /* 0: TCP */
	int (*prepare)(int fd); /* of both ends; NULL: nothing to do */
	unsigned pages; /* web pages are asked for first */
	bool lossy; /* what is sent first is lost, and arrives behind what follows */
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

/* The line, and blanks behind it. */
static int send_large(struct generate *run, int fd, const char *bytes, size_t len)
{
	static char large[LARGE];

	(void)run;
	memset(large, '\n', sizeof(large));
	memcpy(large, bytes, len);
	return write(fd, large, sizeof(large)) == sizeof(large) ? 0 : -EIO;
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

/* A hop-by-hop and a destination header of 8 bytes with nothing but padding. */
static int prepare_extensions(int fd)
{
	static const unsigned char padding[8] = {0, 0, 1, 4};

	return setsockopt(fd, IPPROTO_IPV6, IPV6_HOPOPTS, padding, sizeof(padding)) ||
			       setsockopt(fd, IPPROTO_IPV6, IPV6_DSTOPTS, padding, sizeof(padding))
		       ? -errno
		       : 0;
}

/* Whether fd takes what arrives; else it is as if it had been lost on the way. */
static int set_deaf(int fd, bool deaf)
{
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog filter = {.len = 1, .filter = &none};

	return setsockopt(fd, SOL_SOCKET, deaf ? SO_ATTACH_FILTER : SO_DETACH_FILTER, &filter,
		       sizeof(filter))
		       ? -errno
		       : 0;
}

static bool has_sent_again(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 && info.tcpi_total_retrans;
}

/* Two pieces: the first one is lost and sent again. */
static int say_lossily(
	struct generate *run, const struct words *words, int from, int to, const char *text)
{
	size_t len = strlen(text), half = len / 2;
	int err = set_deaf(to, true);

	if (!err)
		err = words->send(run, from, text, half);
	if (!err)
		err = set_deaf(to, false);
	if (!err)
		err = words->send(run, from, text + half, len - half);
	if (!err)
		err = receive(to, len);
	return err || has_sent_again(from) ? err : -EIO;
}

/* Each piece has arrived before the next is sent, so that each is a segment of its own. */
static int say(struct generate *run, const struct words *words, int from, int to, const char *text)
{
	size_t len = strlen(text), said = 0;
	int err = 0;

	if (words->lossy)
		return say_lossily(run, words, from, to, text);
	for (unsigned i = 1; i <= words->pieces && !err; i++) {
		size_t end = len * i / words->pieces;

		err = words->send(run, from, text + said, end - said);
		if (!err)
			err = receive(to, words->send == send_large ? LARGE : end - said);
		said = end;
	}
	return err;
}

static int talk(struct generate *run, const struct words *words, int fd)
{
	bool fastopen = words->send == send_fastopen;
	struct words back = *words; /* the answer goes the same way, where it can */
	int peer, on = 1, err = 0;

	if (fastopen)
		err = send_fastopen(run, fd, words->question, strlen(words->question));
	else if (connect(fd, (void *)&run->address, run->address_len))
		err = -errno;
	if (err)
		return err;
	peer = accept4(run->listener, NULL, NULL, SOCK_CLOEXEC);
	if (peer < 0)
		return -errno;
	setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (words->send != send_large)
		back.send = send_write;
	if (words->prepare)
		err = words->prepare(peer);
	for (unsigned i = 0; i < words->pages && !err; i++) {
		err = say(run, &back, fd, peer, page);
		if (!err)
			err = say(run, &back, peer, fd, page_answer);
	}
	if (!err)
		err = fastopen ? receive(peer, strlen(words->question))
			       : say(run, words, fd, peer, words->question);
	if (!err)
		err = say(run, &back, peer, fd, words->answer);
	close(peer);
	return err;
}

static int make(struct generate *run, const struct words *words)
{
	const struct linger reset = {.l_onoff = 1}; /* no TIME_WAIT: the ports last for any count */
	int on = 1, err = 0, fd;

	fd = socket(run->address.sin6_family, SOCK_STREAM | SOCK_CLOEXEC, words->protocol);
	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (words->prepare)
		err = words->prepare(fd);
	if (!err)
		err = talk(run, words, fd);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
	return err;
}

#define MAKE(way, question_, answer_, pieces_, send_, ...)         \
	static int make_##way(struct generate *run)                \
	{                                                          \
		const struct words words = {.question = question_, \
			.answer = answer_,                         \
			.pieces = pieces_,                         \
			.send = send_,                             \
			##__VA_ARGS__};                            \
                                                                   \
		return make(run, &words);                          \
	}

MAKE(write, question, answer, 1, send_write)
MAKE(send, question, answer, 1, send_send)
MAKE(sendmsg, question, answer, 1, send_sendmsg)
MAKE(uring, question, answer, 1, send_uring)
MAKE(fastopen, question, answer, 1, send_fastopen)
MAKE(split2, question, answer, 2, send_write)
MAKE(split8, question, answer, 8, send_write)
MAKE(split9, question, answer, 9, send_write)
MAKE(large, question, answer, 1, send_large)
MAKE(extensions, question, answer, 2, send_write, .prepare = prepare_extensions)
MAKE(lossy, question, answer, 2, send_write, .lossy = true)
MAKE(mptcp, question, answer, 1, send_write, .protocol = IPPROTO_MPTCP)
MAKE(json, secret_json, secret_json, 1, send_write)
MAKE(page, page, page_answer, 1, send_write)
MAKE(behind, question, answer, 1, send_write, .pages = 5)
MAKE(height, height, page_answer, 1, send_write)
MAKE(other, secret, secret, 1, send_write)

static int begin_mptcp(struct generate *run)
{
	return generate_listen(run, "127.0.0.1", SOCK_STREAM, IPPROTO_MPTCP);
}

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
	{"large4", generate_begin_v4, make_large},
	{"large6", generate_begin_v6, make_large},
	{"extensions", generate_begin_v6, make_extensions},
	{"lossy", generate_begin_v4, make_lossy},
	{"mptcp", begin_mptcp, make_mptcp},
	{"json", generate_begin_v4, make_json},
	{"page", generate_begin_v4, make_page},
	{"behind", generate_begin_v4, make_behind},
	{"height", generate_begin_v4, make_height},
	{"other", generate_begin_v6, make_other},
	{NULL, NULL, NULL},
};

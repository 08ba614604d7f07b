/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at a socket that another process came to in a given way, and at what it says from then on.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event.h"
#include "sources/live.h"
#include "sources/payload.h"

#define EXIT_SKIP 77
#define WAIT_MS 2000
#define POLL_MS 10

/* One a round. The last round is the one after a reading is full: only the next scan goes on. */
#define ROUNDS (EVENT_PAYLOAD_SEGMENTS + 1)

static const char said[] = "{\"id\":2,\"method\":\"keepalived\",\"params\":{\"id\":\"1\"}}\n";
#define SAID_LEN (sizeof(said) - 1)

_Static_assert(SAID_LEN *EVENT_PAYLOAD_SEGMENTS <= EVENT_PAYLOAD_MAX, "all of it is read");

/* What came of it. */
struct seen {
	unsigned sockets; /* records about the holder */
	struct event_socket socket;
	unsigned payloads[2]; /* of the length and with the flags awaited, each direction */
	unsigned lines; /* awaited: what was said so often since reading began */
	bool armed;
};

/* The holder and what it works with. */
struct scene {
	pid_t holder;
	int ours; /* our end of the connection */
	int control; /* a byte makes the holder say the next line, and read one */
};

static int fail(const char *why)
{
	fprintf(stderr, "%s\n", why);
	return 1;
}

static int listener_open(struct sockaddr_in *ret_address)
{
	socklen_t len = sizeof(*ret_address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret_address = (struct sockaddr_in){.sin_family = AF_INET};
	ret_address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (void *)ret_address, len) || listen(fd, 2) ||
		getsockname(fd, (void *)ret_address, &len))
		return -1;
	return fd;
}

static int connect_to(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, (const void *)address, sizeof(*address)) ? -1 : fd;
}

static int fd_send(int control, int fd)
{
	char byte = 0, space[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = space,
		.msg_controllen = sizeof(space)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	*head = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(control, &message, 0) == 1 ? 0 : -1;
}

static int fd_receive(int control)
{
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec data = {&byte, 1};
	struct msghdr message = {.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = space,
		.msg_controllen = sizeof(space)};
	int fd = -1;

	if (recvmsg(control, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* Holds it twice: that is one socket all the same. */
static void hold(int control, int fd)
{
	char byte, line[512];

	(void)!dup(fd);
	for (unsigned i = 0; i < ROUNDS; i++)
		if (write(control, "h", 1) != 1 || read(control, &byte, 1) != 1 ||
			write(fd, said, SAID_LEN) < 0 || read(fd, line, sizeof(line)) < 0)
			break;
	(void)!write(control, "h", 1);
	pause();
}

static int scene_make(const char *way, struct scene *ret_scene)
{
	struct sockaddr_in address;
	int pair[2], listener = listener_open(&address), theirs = -1;
	bool inherited = !strcmp(way, "inherited"), passed = !strcmp(way, "passed");
	bool accepted = !strcmp(way, "accepted");

	if (listener < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -1;
	if (inherited || passed)
		theirs = connect_to(&address);
	ret_scene->control = pair[0];
	ret_scene->holder = fork();
	if (ret_scene->holder == 0) {
		close(pair[0]);
		if (passed)
			close(theirs); /* it comes again */
		theirs = passed	     ? fd_receive(pair[1])
			 : accepted  ? accept(listener, NULL, NULL)
			 : inherited ? theirs
				     : connect_to(&address);
		hold(pair[1], theirs);
		_exit(0);
	}
	if (passed && fd_send(pair[0], theirs))
		return -1;
	ret_scene->ours = accepted ? connect_to(&address) : accept(listener, NULL, NULL);
	close(theirs);
	close(listener);
	close(pair[1]);
	return ret_scene->ours < 0 ? -1 : 0;
}

static struct scene scene;

static bool is_awaited(const struct seen *seen, const struct event_payload *payload)
{
	const char *data = (const char *)(payload + 1);
	bool armed = payload->payload_flags & PAYLOAD_ARMED;

	if (payload->socket != seen->socket.socket || payload->data_len != seen->lines * SAID_LEN ||
		payload->header.pid != (__u32)scene.holder || armed != seen->armed)
		return false;
	for (unsigned i = 0; i < seen->lines; i++)
		if (memcmp(data + i * SAID_LEN, said, SAID_LEN))
			return false;
	return true;
}

static int see(void *context, void *record, size_t len)
{
	const struct event_payload *payload = record;
	struct seen *seen = context;

	(void)len;
	if (payload->header.type == EVENT_SOCKET && payload->header.pid == (__u32)scene.holder) {
		seen->sockets++;
		memcpy(&seen->socket, record, sizeof(seen->socket));
	}
	if (payload->header.type == EVENT_PAYLOAD && is_awaited(seen, payload))
		seen->payloads[payload->direction]++;
	return 0;
}

static void on_degraded(void *context, const char *what, const char *why)
{
	(void)context;
	(void)what;
	(void)why;
}

/* One scan, then the holder says its line and is told the same. */
static int round_of(struct live *live, struct seen *seen, bool connected, unsigned round)
{
	uint32_t pid = (uint32_t)scene.holder, flags = SOCKET_ARMED;
	char back[512];
	int err;

	flags |= connected ? SOCKET_CONNECTED : 0;
	/* A scan leaves a reading alone until that is full, and then begins another. */
	*seen = (struct seen){.lines = round % EVENT_PAYLOAD_SEGMENTS + 1,
		.armed = !connected || round >= EVENT_PAYLOAD_SEGMENTS};
	err = live_sockets(live, &pid, 1);
	if (err == -ENOTSUP)
		return EXIT_SKIP;
	if (err || seen->sockets != 1)
		return fail("not exactly one socket");
	if (seen->socket.socket_flags != flags || seen->socket.owner_pid != pid ||
		!seen->socket.opened_ns == connected)
		return fail("another owner or other flags");
	if (write(scene.control, "x", 1) != 1 ||
		read(scene.ours, back, sizeof(back)) != (ssize_t)SAID_LEN ||
		write(scene.ours, said, SAID_LEN) < 0 || read(scene.control, back, 1) != 1)
		return fail("the holder is gone");
	for (unsigned ms = 0; ms < WAIT_MS; ms += POLL_MS) {
		if (live_consume(live) < 0)
			return fail("consume");
		if (seen->payloads[0] && seen->payloads[1])
			break;
		usleep(POLL_MS * 1000);
	}
	if (seen->payloads[0] != 1 || seen->payloads[1] != 1)
		return fail("what was said after it was armed did not come exactly once");
	return 0;
}

static int try_way(const char *way)
{
	struct seen seen = {0};
	struct payload *payload = payload_new(&(struct record_out){.feed = see, .context = &seen});
	struct live_config config = {
		.out = {.feed = payload_feed, .context = payload},
		.pins = -1,
		.degraded = on_degraded,
	};
	bool connected = !strcmp(way, "connected");
	struct live *live;
	char byte;
	int code = 0;

	/* All but the last were there before anybody watched. */
	if (!connected && (scene_make(way, &scene) || read(scene.control, &byte, 1) != 1))
		return fail("no scene");
	if (live_open(&config, &live) < 0)
		return fail("nothing can be loaded");
	if (connected && (scene_make(way, &scene) || read(scene.control, &byte, 1) != 1))
		return fail("no scene");
	for (unsigned i = 0; i < ROUNDS && !code; i++)
		code = round_of(live, &seen, connected, i);
	live_free(live);
	payload_free(payload);
	return code;
}

int main(int argc, char **argv)
{
	int code;

	if (argc != 2)
		return fail("usage: socket-scan inherited|passed|accepted|connected");
	code = try_way(argv[1]);
	if (scene.holder > 0) {
		kill(scene.holder, SIGKILL);
		waitpid(scene.holder, NULL, 0);
	}
	return code;
}

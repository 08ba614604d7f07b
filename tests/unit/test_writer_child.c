/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the process that writes to one sink: what it calls written, and when it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core_fixture.h"
#include "privileges.h"
#include "seccomp_filter.h"
#include "sinks/line_queue.h"
#include "sinks/writer.h"
#include "socket_fixture.h"

#define WAIT_MS 20000 /* guards against hanging alone */
#define QUIET_MS 100 /* for what must not come */

struct child {
	pid_t pid;
	int fd;
};

static struct child start(const char *target)
{
	pid_t parent = getpid();
	struct child child;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	child.fd = ends[0];
	child.pid = fork();
	if (child.pid == 0) {
		if (privileges_die_with_parent(parent))
			writer_child(ends[1], target);
		_exit(0);
	}
	close(ends[1]);
	return child;
}

static void give(const struct child *child, uint64_t number, const char *text, bool again)
{
	struct {
		struct writer_head head;
		char bytes[SINK_LINE_MAX];
	} packet = {.head = {.number = number, .severity = SEVERITY_HIGH, .again = again}};
	size_t len = strlen(text);

	memcpy(packet.bytes, text, len);
	assert_true(send(child->fd, &packet, sizeof(packet.head) + len, MSG_NOSIGNAL) > 0);
}

/* The next answer within wait_ms. False: none, or the writer has ended. */
static bool hear(const struct child *child, int wait_ms, struct writer_answer *ret_answer)
{
	struct pollfd ready = {.fd = child->fd, .events = POLLIN};

	return poll(&ready, 1, wait_ms) == 1 &&
	       recv(child->fd, ret_answer, sizeof(*ret_answer), 0) == sizeof(*ret_answer);
}

static void expect(const struct child *child, uint64_t number, int error)
{
	struct writer_answer answer = {0};

	if (!hear(child, WAIT_MS, &answer))
		fail_msg("no answer of %d", (int)number);
	if (answer.number != number || answer.error != error)
		fail_msg(
			"%d: %d, not %d: %d", (int)answer.number, answer.error, (int)number, error);
}

static void expect_quiet(const struct child *child)
{
	struct writer_answer answer;

	assert_false(hear(child, QUIET_MS, &answer));
}

static void expect_end(const struct child *child)
{
	struct pollfd ready = {.fd = child->fd, .events = POLLIN};
	char byte;

	assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
	assert_true(recv(child->fd, &byte, 1, 0) <= 0);
	assert_int_equal(waitpid(child->pid, NULL, 0), child->pid);
	close(child->fd);
}

static void stop(const struct child *child)
{
	shutdown(child->fd, SHUT_WR);
	expect_end(child);
}

static int listen_at(const char *path, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 5), 0);
	return fd;
}

static void reads(int fd, const char *expected)
{
	char text[256] = "";
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	size_t len = 0;
	ssize_t got;

	while (len < strlen(expected) && poll(&ready, 1, WAIT_MS) == 1 &&
		(got = read(fd, text + len, sizeof(text) - len - 1)) > 0)
		len += (size_t)got;
	assert_string_equal(text, expected);
}

static const char *target_of(const char *kind, const struct place *place)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s%s", kind, place->path);
	return text;
}

/* Of the capabilities, at most these. */
static void has_at_most(const struct child *child, uint64_t capabilities, bool filtered)
{
	bool no_new_privs = false, has_filter = !filtered || seccomp_absent_why() != NULL;
	char line[256], name[64];
	FILE *status;

	snprintf(name, sizeof(name), "/proc/%d/status", child->pid);
	status = fopen(name, "re");
	assert_non_null(status);
	while (fgets(line, sizeof(line), status)) {
		if (strncmp(line, "CapPrm:", 7) == 0 || strncmp(line, "CapEff:", 7) == 0)
			assert_int_equal(strtoull(line + 7, NULL, 16) & ~capabilities, 0);
		no_new_privs |= strcmp(line, "NoNewPrivs:\t1\n") == 0;
		has_filter |= strcmp(line, "Seccomp:\t2\n") == 0;
	}
	fclose(status);
	assert_true(no_new_privs);
	assert_true(has_filter);
}

struct stream {
	struct child child;
	int listener, peer;
};

/* A writer and the server it has come to. */
static struct stream stream_open(const char *kind, const struct place *place)
{
	struct stream stream = {.listener = listen_at(place->path, SOCK_STREAM)};

	stream.child = start(target_of(kind, place));
	stream.peer = accept(stream.listener, NULL, NULL);
	return stream;
}

static void stream_close(const struct stream *stream, const struct place *place)
{
	close(stream->peer);
	close(stream->listener);
	unlink(place->path);
}

/* Once open, it has no privilege; what it was given before it was told to end is written. */
static void file(void **state)
{
	struct place *place = *state;
	struct child child = start(place->path);
	int fd;

	give(&child, 1, "a\n", false);
	expect(&child, 1, 0);
	has_at_most(&child, 0, true);
	for (unsigned i = 2; i < 10; i++)
		give(&child, i, "b\n", false);
	shutdown(child.fd, SHUT_WR);
	for (unsigned i = 2; i < 10; i++)
		expect(&child, i, 0);
	expect_end(&child);
	fd = open(place->path, O_RDONLY | O_CLOEXEC);
	reads(fd, "a\nb\nb\nb\nb\nb\nb\nb\nb\n");
	close(fd);
	unlink(place->path);
}

/* What everybody is told at once is not for it. */
static void signals(void **state)
{
	struct place *place = *state;
	struct child child = start(place->path);

	give(&child, 1, "a\n", false);
	expect(&child, 1, 0);
	kill(child.pid, SIGTERM);
	kill(child.pid, SIGINT);
	kill(child.pid, SIGHUP);
	kill(child.pid, SIGUSR1);
	give(&child, 2, "b\n", false);
	expect(&child, 2, 0);
	stop(&child);
	unlink(place->path);
}

/* No room: it says so once, tries on, and does not end; told to end, it does. */
static void full(void **state)
{
	struct rlimit none = {4, RLIM_INFINITY}, any = {RLIM_INFINITY, RLIM_INFINITY};
	struct place *place = *state;
	struct child child;

	signal(SIGXFSZ, SIG_IGN);
	child = start(place->path);
	assert_int_equal(prlimit(child.pid, RLIMIT_FSIZE, &none, NULL), 0);
	give(&child, 1, "abcdef\n", false);
	give(&child, 2, "2\n", false);
	expect(&child, 0, -EFBIG);
	expect_quiet(&child);
	assert_int_equal(prlimit(child.pid, RLIMIT_FSIZE, &any, NULL), 0);
	expect(&child, 1, 0);
	expect(&child, 2, 0);
	assert_int_equal(prlimit(child.pid, RLIMIT_FSIZE, &none, NULL), 0);
	give(&child, 3, "3\n", false);
	give(&child, 4, "4\n", false);
	expect(&child, 0, -EFBIG);
	shutdown(child.fd, SHUT_WR);
	assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
	close(child.fd);
	unlink(place->path);
}

/* Opening is tried until it works, without privileges: that may be for ever. */
static void comes_later(void **state)
{
	struct place *place = *state;
	struct child child = start(target_of("unix:", place));
	int listener, peer;

	give(&child, 1, "a\n", false);
	expect(&child, 0, -ENOENT);
	has_at_most(&child, 0, true);
	listener = listen_at(place->path, SOCK_STREAM);
	peer = accept(listener, NULL, NULL);
	reads(peer, "a\n");
	expect(&child, 1, 0);
	stop(&child);
	close(peer);
	close(listener);
	unlink(place->path);
}

/* A file's directory, too; meanwhile it could open files of others, and nothing else. */
static void directory_comes_later(void **state)
{
	struct place *place = *state;
	char path[128];
	struct child child;

	snprintf(path, sizeof(path), "%s/file", place->path);
	child = start(path);
	give(&child, 1, "a\n", false);
	expect(&child, 0, -ENOENT);
	has_at_most(&child, PRIVILEGE(CAP_DAC_OVERRIDE) | PRIVILEGE(CAP_DAC_READ_SEARCH), false);
	assert_int_equal(mkdir(place->path, 0700), 0);
	expect(&child, 1, 0);
	has_at_most(&child, 0, true);
	stop(&child);
	unlink(path);
	rmdir(place->path);
}

/* Written is what the other end has read; what it leaves unread is not. */
static void read_or_not(void **state)
{
	struct place *place = *state;
	struct stream stream = stream_open("unix:", place);

	give(&stream.child, 1, "a\n", false);
	expect_quiet(&stream.child);
	reads(stream.peer, "a\n");
	expect(&stream.child, 1, 0);
	give(&stream.child, 2, "b\n", false);
	expect_quiet(&stream.child);
	close(stream.peer);
	expect(&stream.child, 0, -ECONNRESET);
	expect_end(&stream.child);
	close(stream.listener);
	unlink(place->path);
}

/* At the end the other one still can read: it is his. */
static void left_to_be_read(void **state)
{
	struct place *place = *state;
	struct stream stream = stream_open("unix:", place);

	give(&stream.child, 1, "a\n", false);
	expect_quiet(&stream.child);
	shutdown(stream.child.fd, SHUT_WR);
	expect(&stream.child, 1, 0);
	expect_end(&stream.child);
	reads(stream.peer, "a\n");
	stream_close(&stream, place);
}

/* A full window, and nobody reads: it still hears that it is to end. */
static void full_window(void **state)
{
	struct place *place = *state;
	struct stream stream = stream_open("unix:", place);

	for (unsigned i = 1; i <= LINE_QUEUE_WINDOW; i++)
		give(&stream.child, i, "a\n", false);
	expect_quiet(&stream.child);
	shutdown(stream.child.fd, SHUT_WR);
	for (unsigned i = 1; i <= LINE_QUEUE_WINDOW; i++)
		expect(&stream.child, i, 0);
	expect_end(&stream.child);
	stream_close(&stream, place);
}

static void syslog_message_of(char text[static 128])
{
	snprintf(text, 128, "<27>1 1970-01-01T00:00:00.000000Z - minerwatch %d alert - a",
		(int)getpid());
}

static void syslog_datagram(void **state)
{
	struct place *place = *state;
	int server = listen_at(place->path, SOCK_DGRAM);
	struct child child = start(target_of("syslog:unix:", place));
	char text[128];

	syslog_message_of(text);
	give(&child, 1, "a\n", false);
	expect(&child, 1, 0);
	reads(server, text);
	close(server);
	give(&child, 2, "b\n", false);
	expect(&child, 0, -ECONNREFUSED);
	expect_end(&child);
	unlink(place->path);
}

static void syslog_stream(void **state)
{
	struct place *place = *state;
	struct stream stream = stream_open("syslog:unix:", place);
	char text[128];

	syslog_message_of(text);
	strcat(text, "\n");
	give(&stream.child, 1, "a\n", false);
	reads(stream.peer, text);
	expect(&stream.child, 1, 0);
	stop(&stream.child);
	stream_close(&stream, place);
}

/* Over TCP, to an address of either kind; a server that says it goes has read what was sent. */
static void syslog_tcp(const char *target, struct sockaddr *address, socklen_t len, in_port_t *port)
{
	int listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), peer;
	struct child child;
	char name[64], message[128], text[256];

	if (bind(listener, address, len) < 0 && errno == EADDRNOTAVAIL) {
		close(listener);
		return; /* no IPv6 here */
	}
	assert_int_equal(listen(listener, 5), 0);
	assert_int_equal(getsockname(listener, address, &len), 0);
	snprintf(name, sizeof(name), target, ntohs(*port));
	child = start(name);
	peer = accept(listener, NULL, NULL);
	syslog_message_of(message);
	snprintf(text, sizeof(text), "%zu %s", strlen(message), message);
	give(&child, 1, "a\n", false);
	reads(peer, text);
	expect(&child, 1, 0);
	shutdown(peer, SHUT_WR);
	expect(&child, 0, -ECONNRESET);
	expect_end(&child);
	close(peer);
	close(listener);
}

static void syslog_tcp_addresses(void **state)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

	(void)state;
	syslog_tcp("syslog:tcp:127.0.0.1:%u", (struct sockaddr *)&v4, sizeof(v4), &v4.sin_port);
	syslog_tcp("syslog:tcp:[::1]:%u", (struct sockaddr *)&v6, sizeof(v6), &v6.sin6_port);
}

/* What is lost for good is said of its line, and the next one goes its way. */
static void too_long(void **state)
{
	struct place *place = *state;
	int server = listen_at(place->path, SOCK_DGRAM), few = 1, pidfd, fd;
	struct child child = start(target_of("syslog:unix:", place));
	static char longest[SINK_LINE_MAX];
	char text[128];

	memset(longest, 'x', sizeof(longest) - 2);
	longest[sizeof(longest) - 2] = '\n';
	give(&child, 1, "a\n", false);
	expect(&child, 1, 0);
	pidfd = (int)syscall(SYS_pidfd_open, child.pid, 0);
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, STDERR_FILENO + 1, 0);
	if (fd < 0) { /* only root may reach into what has given up its privileges */
		kill(child.pid, SIGKILL);
		skip();
	}
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &few, sizeof(few)), 0);
	close(fd);
	close(pidfd);
	give(&child, 2, longest, false);
	expect(&child, 2, -EMSGSIZE);
	give(&child, 3, "a\n", false);
	expect(&child, 3, 0);
	syslog_message_of(text);
	reads(server, text);
	stop(&child);
	close(server);
	unlink(place->path);
}

/* stdout's reader is gone and cannot come back. */
static void closed_stdout(void **state)
{
	int ends[2], own = dup(STDOUT_FILENO);
	struct child child;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	fflush(stdout);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	dup2(ends[1], STDOUT_FILENO);
	child = start("-");
	dup2(own, STDOUT_FILENO);
	close(own);
	close(ends[1]);
	give(&child, 1, "a\n", false);
	expect(&child, 1, 0);
	reads(ends[0], "a\n");
	close(ends[0]);
	give(&child, 2, "b\n", false);
	expect(&child, 2, -EPIPE);
	stop(&child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(file),
		WITH_PLACE(signals),
		WITH_PLACE(full),
		WITH_PLACE(comes_later),
		WITH_PLACE(directory_comes_later),
		WITH_PLACE(read_or_not),
		WITH_PLACE(left_to_be_read),
		WITH_PLACE(full_window),
		WITH_PLACE(syslog_datagram),
		WITH_PLACE(syslog_stream),
		cmocka_unit_test(syslog_tcp_addresses),
		WITH_PLACE(too_long),
		cmocka_unit_test(closed_stdout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

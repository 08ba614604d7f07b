/* SPDX-License-Identifier: Apache-2.0 */
/* Times one kind of event: prints nanoseconds for each, so that two runs can be compared as a
 * ratio. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in address = {.sin_family = AF_INET};
static char *self;

static void wait_for(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void one_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	wait_for(pid);
}

static void one_exec(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl(self, self, (char *)NULL);
		_exit(127);
	}
	wait_for(pid);
}

/*
 * Waits until the server has hung up: one that is behind would fill its backlog, whose next SYN is
 * dropped and comes again a second later.
 */
static void one_connect(void)
{
	struct linger reset = {.l_onoff = 1}; /* no TIME_WAIT: the ports last for any count */
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char byte;

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		recv(fd, &byte, sizeof(byte), 0) != 0)
		exit(1);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static void one_getppid(void)
{
	for (unsigned i = 0; i < 100; i++)
		(void)getppid();
}

static int connection = -1; /* to a server that stays */

/* As much as goes out at once. */
static void one_transfer(void)
{
	static char bytes[65536];

	if (send(connection, bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		exit(1);
}

/* A small packet there, another back. */
static void one_roundtrip(void)
{
	char bytes[100] = {0};

	if (send(connection, bytes, sizeof(bytes), 0) < 0 ||
		recv(connection, bytes, sizeof(bytes), MSG_WAITALL) != (ssize_t)sizeof(bytes))
		exit(1);
}

static void drop(int fd)
{
	close(fd);
}

static void drain(int fd)
{
	static char bytes[1 << 18];

	while (recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
}

static void echo(int fd)
{
	char bytes[100];

	while (recv(fd, bytes, sizeof(bytes), MSG_WAITALL) > 0)
		if (send(fd, bytes, sizeof(bytes), 0) < 0)
			break;
}

/* Does that with whatever is brought to it. */
static pid_t server_start(void (*serve)(int fd))
{
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(listener, 64) < 0 ||
		getsockname(listener, (struct sockaddr *)&address, &len) < 0)
		exit(1);
	pid = fork();
	if (pid == 0)
		for (;;)
			serve(accept(listener, NULL, NULL));
	close(listener);
	return pid;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		void (*one)(void);
		void (*serve)(int fd); /* NULL: no server */
	} kinds[] = {{"fork", one_fork, NULL}, {"exec", one_exec, NULL},
		{"connect", one_connect, drop}, {"getppid100", one_getppid, NULL},
		{"transfer", one_transfer, drain}, {"roundtrip", one_roundtrip, echo}};
	unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	pid_t server = 0;

	if (argc == 1)
		return 0; /* what one_exec executes */
	self = argv[0];
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && count; i++) {
		uint64_t start;

		if (strcmp(argv[1], kinds[i].name) != 0)
			continue;
		if (kinds[i].serve)
			server = server_start(kinds[i].serve);
		if (server && kinds[i].serve != drop) {
			connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
			connect(connection, (struct sockaddr *)&address, sizeof(address));
		}
		start = now_ns();
		for (unsigned long n = 0; n < count; n++)
			kinds[i].one();
		printf("%llu\n", (unsigned long long)((now_ns() - start) / count));
		if (server > 0) {
			kill(server, SIGKILL);
			wait_for(server);
		}
		return 0;
	}
	fprintf(stderr, "usage: events fork|exec|connect|getppid100|transfer|roundtrip COUNT\n");
	return 2;
}

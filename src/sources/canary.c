/* SPDX-License-Identifier: Apache-2.0 */
/* Plays one harmless event for each hook, to see that it is delivered. */
#include "sources/canary.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sources/host.h"

static const char *const hook_names[CANARY_HOOKS] = {
	[CANARY_EXEC] = "exec",
	[CANARY_FORK] = "fork",
	[CANARY_EXIT] = "exit",
	[CANARY_CONNECT_TCP] = "connect_tcp",
	[CANARY_CONNECT_UDP] = "connect_udp",
	[CANARY_PAYLOAD] = "payload",
	[CANARY_CGROUP] = "cgroup",
	[CANARY_TASKS] = "tasks",
};

static const char word[] = "canary";

const char *canary_hook_name(enum canary_hook hook)
{
	return hook_names[hook];
}

const char *canary_untried_why(enum canary_hook hook)
{
	return hook == CANARY_CGROUP ? "attached, not yet seen: cgroups are not writable here"
				     : "attached, not yet seen: no loopback to connect to";
}

/* A socket on a free loopback port. -1: no loopback here. */
static int listener_open(int type, in_port_t *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		(type == SOCK_STREAM && listen(fd, 1) < 0) ||
		getsockname(fd, (struct sockaddr *)&address, &len) < 0) {
		close(fd);
		return -1;
	}
	*ret_port = ntohs(address.sin_port);
	return fd;
}

/* The first words of JSON, so that the kernel does not pass over them. */
static void connect_to(int type, const char *port_text, const char *words)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	unsigned long port = strtoul(port_text, NULL, 10);
	int fd;

	if (port == 0 || port > UINT16_MAX)
		return;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((in_port_t)port);
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* What is not sent is not seen: that is the answer. */
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && words[0])
		(void)!write(fd, words, strlen(words));
	close(fd);
}

bool canary_child(int argc, char *const argv[])
{
	if (argc != 4 || strcmp(argv[1], word) != 0)
		return false;
	connect_to(SOCK_STREAM, argv[2], "{}");
	connect_to(SOCK_DGRAM, argv[3], "");
	return true;
}

static void play_process(struct canary *canary, in_port_t tcp, in_port_t udp)
{
	char tcp_text[8], udp_text[8];
	pid_t pid;

	snprintf(tcp_text, sizeof(tcp_text), "%u", tcp);
	snprintf(udp_text, sizeof(udp_text), "%u", udp);
	pid = fork();
	if (pid == 0) {
		execl("/proc/self/exe", "minerwatch", word, tcp_text, udp_text, (char *)NULL);
		_exit(127);
	}
	if (pid < 0)
		return;
	canary->pid = pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void play_cgroup(struct canary *canary, const char *mount)
{
	char path[1200];
	struct stat stat;

	snprintf(path, sizeof(path), "%s/minerwatch-canary-%d", mount, (int)getpid());
	if (!mount[0] || mkdir(path, 0700) < 0) {
		canary->untried |= 1u << CANARY_CGROUP;
		return;
	}
	if (lstat(path, &stat) == 0)
		canary->cgroup_ino = stat.st_ino;
	rmdir(path);
}

void canary_play(struct canary *canary, unsigned attached, const char *cgroup_mount)
{
	in_port_t tcp = 0, udp = 0;
	int tcp_fd = listener_open(SOCK_STREAM, &tcp), udp_fd = listener_open(SOCK_DGRAM, &udp);

	*canary = (struct canary){.since_ns = host_now_ns()};
	if (tcp_fd < 0)
		canary->untried |= 1u << CANARY_CONNECT_TCP | 1u << CANARY_PAYLOAD;
	if (udp_fd < 0)
		canary->untried |= 1u << CANARY_CONNECT_UDP;
	play_process(canary, tcp, udp);
	play_cgroup(canary, cgroup_mount);
	canary->untried &= attached;
	canary->expected = attached & ~canary->untried;
	if (tcp_fd >= 0)
		close(tcp_fd);
	if (udp_fd >= 0)
		close(udp_fd);
}

/* The hook that makes records of this kind; CANARY_HOOKS: none of them. */
static enum canary_hook hook_of(const struct event_header *header, size_t len)
{
	const struct event_connect *connect = (const void *)header;

	switch (header->type) {
	case EVENT_EXEC:
		return CANARY_EXEC;
	case EVENT_FORK:
		return CANARY_FORK;
	case EVENT_EXIT:
		return CANARY_EXIT;
	case EVENT_CGROUP_MKDIR:
		return CANARY_CGROUP;
	case EVENT_TASK:
		return CANARY_TASKS;
	case EVENT_SEGMENT:
		return CANARY_PAYLOAD;
	case EVENT_CONNECT:
		if (len < sizeof(*connect))
			return CANARY_HOOKS;
		return connect->protocol == IPPROTO_TCP ? CANARY_CONNECT_TCP : CANARY_CONNECT_UDP;
	default:
		return CANARY_HOOKS;
	}
}

static bool is_played(
	const struct canary *canary, enum canary_hook hook, const struct event_header *header)
{
	if (hook == CANARY_CGROUP)
		return canary->cgroup_ino && header->cgroup_id == canary->cgroup_ino;
	return hook == CANARY_TASKS || (canary->pid && header->pid == (__u32)canary->pid);
}

void canary_watch(struct canary *canary, const void *record, size_t len)
{
	const struct event_header *header = record;
	enum canary_hook hook;

	if (len < sizeof(*header) || header->time_ns < canary->since_ns)
		return;
	hook = hook_of(header, len);
	if (hook == CANARY_HOOKS)
		return;
	if (canary->untried & (1u << hook) || is_played(canary, hook, header))
		canary->seen |= 1u << hook;
}

bool canary_complete(const struct canary *canary)
{
	return (canary->expected & ~canary->seen) == 0;
}

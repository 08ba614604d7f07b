/* SPDX-License-Identifier: Apache-2.0 */
/* Plays one harmless event for each program in the kernel. */
#include "sources/canary_play.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privileges.h"
#include "sources/canary.h"

#define PLAY_WITHIN_S 2
#define PORT_DISCARD 9

/* Exit code of the played process: what it could not do. */
enum {
	NO_TCP4 = 1,
	NO_TCP6 = 2,
	NO_UDP4 = 4,
	NO_UDP6 = 8,
	NO_ATTACH = 16,
	NOT_EXECUTED = 127,
};

#define CGROUP_LINKS                                                             \
	(LINK_BIT(LINK_MKDIR) | LINK_BIT(LINK_RELEASE) | LINK_BIT(LINK_RENAME) | \
		LINK_BIT(LINK_ATTACH))
#define NETWORK_LINKS                                                                           \
	(LINK_BIT(LINK_TCP) | LINK_BIT(LINK_UDP4) | LINK_BIT(LINK_UDP6) | LINK_BIT(LINK_SENT) | \
		LINK_BIT(LINK_RECEIVED) | LINK_BIT(LINK_MARK4) | LINK_BIT(LINK_MARK6))

static const char word[] = "canary";

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
	socklen_t len;
};

/* In a socket of IPv6 as ::ffff:127.x.y.z: that is there even where IPv6 is switched off. */
static struct address address_of(int family, uint32_t ip4, in_port_t port)
{
	struct address address = {
		.in = {.sin_family = AF_INET, .sin_port = htons(port)}, .len = sizeof(address.in)};
	uint32_t network = htonl(ip4);

	address.in.sin_addr.s_addr = network;
	if (family == AF_INET)
		return address;
	address = (struct address){.in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)},
		.len = sizeof(address.in6)};
	address.in6.sin6_addr.s6_addr[10] = address.in6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&address.in6.sin6_addr.s6_addr[12], &network, sizeof(network));
	return address;
}

/* None blocks for longer than half a second; none leaves a connection in TIME_WAIT. */
static int socket_open(int family, int type)
{
	const struct timeval limit = {.tv_usec = 500000};
	const struct linger reset = {.l_onoff = 1};
	int fd = socket(family, type | SOCK_CLOEXEC, 0), no = 0;

	if (fd < 0)
		return -1;
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	return fd;
}

/* The first words of JSON, so that the kernel does not pass over them. */
static bool say(int from, int to)
{
	char heard[2];

	return write(from, "{}", 2) == 2 && read(to, heard, sizeof(heard)) == sizeof(heard);
}

static bool play_tcp(int family, uint32_t ip4)
{
	int listener = socket_open(family, SOCK_STREAM), client = socket_open(family, SOCK_STREAM);
	struct address address = address_of(family, ip4, 0);
	int server = -1;
	bool done = listener >= 0 && client >= 0 &&
		    bind(listener, &address.any, address.len) == 0 && listen(listener, 1) == 0 &&
		    getsockname(listener, &address.any, &address.len) == 0 &&
		    connect(client, &address.any, address.len) == 0;

	if (done)
		server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	/* What came is read, so that it has passed the hook before the socket is gone. */
	done = server >= 0 && say(client, server) && say(server, client);
	if (client >= 0)
		close(client);
	if (server >= 0)
		close(server);
	if (listener >= 0)
		close(listener);
	return done;
}

static int udp_open(int family, uint32_t ip4)
{
	struct address address = address_of(family, ip4, PORT_DISCARD);
	int fd = socket_open(family, SOCK_DGRAM);

	if (fd >= 0 && connect(fd, &address.any, address.len) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool play_udp(int family, uint32_t ip4)
{
	int fd = udp_open(family, ip4);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

int canary_socket_open(void)
{
	return udp_open(AF_INET, INADDR_LOOPBACK);
}

/*
 * The last thing it does: what a process uses is charged to its cgroup, and a cgroup that something
 * is charged to is not released when it is removed.
 */
static bool enter(const char *cgroup)
{
	char path[CANARY_CGROUP_MAX + sizeof("/cgroup.procs")];
	bool done;
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	done = write(fd, "0", 1) == 1;
	close(fd);
	return done;
}

int canary_child(int argc, char *const argv[])
{
	unsigned long ip4;
	int code = 0;

	if (argc != 4 || strcmp(argv[1], word) != 0)
		return -1;
	ip4 = strtoul(argv[2], NULL, 10);
	if (ip4 >> 24 != INADDR_LOOPBACK >> 24)
		return -1;
	code |= play_tcp(AF_INET, (uint32_t)ip4) ? 0 : NO_TCP4;
	code |= play_tcp(AF_INET6, canary_address6((uint32_t)ip4)) ? 0 : NO_TCP6;
	code |= play_udp(AF_INET, (uint32_t)ip4) ? 0 : NO_UDP4;
	code |= play_udp(AF_INET6, canary_address6((uint32_t)ip4)) ? 0 : NO_UDP6;
	return code | (argv[3][0] && enter(argv[3]) ? 0 : NO_ATTACH);
}

int canary_play_start(struct canary_player *player, uint32_t address, const char *cgroup_mount)
{
	pid_t parent = getpid();
	char text[16];
	int err = 0;

	snprintf(text, sizeof(text), "%u", address);
	canary_cgroup_make(cgroup_mount, player->cgroup);
	player->pid = fork();
	if (player->pid == 0) {
		alarm(PLAY_WITHIN_S);
		if (privileges_die_with_parent(parent))
			execl("/proc/self/exe", "minerwatch", word, text, player->cgroup,
				(char *)NULL);
		_exit(NOT_EXECUTED);
	}
	if (player->pid > 0)
		return 0;
	err = -errno;
	player->pid = 0;
	if (player->cgroup[0])
		canary_cgroup_end(player->cgroup);
	return err;
}

/* From what it could not do. */
static unsigned untried_by(int code)
{
	unsigned links = 0;

	if (code & NO_TCP4)
		links |= LINK_BIT(LINK_MARK4);
	if (code & NO_TCP6)
		links |= LINK_BIT(LINK_MARK6);
	if (code & NO_TCP4 && code & NO_TCP6)
		links |= LINK_BIT(LINK_TCP) | LINK_BIT(LINK_SENT) | LINK_BIT(LINK_RECEIVED);
	if (code & NO_UDP4)
		links |= LINK_BIT(LINK_UDP4);
	if (code & NO_UDP6)
		links |= LINK_BIT(LINK_UDP6);
	if (code & NO_ATTACH)
		links |= LINK_BIT(LINK_ATTACH);
	return links;
}

unsigned canary_play_end(struct canary_player *player, int status)
{
	unsigned untried;

	player->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) < NOT_EXECUTED)
		untried = untried_by(WEXITSTATUS(status));
	else
		untried = LINK_BIT(LINK_EXEC) | NETWORK_LINKS | LINK_BIT(LINK_ATTACH);
	if (!player->cgroup[0])
		return untried | CGROUP_LINKS;
	return untried | canary_cgroup_end(player->cgroup);
}

void canary_play_stop(struct canary_player *player)
{
	int status = 0;

	if (!player->pid)
		return;
	kill(player->pid, SIGKILL);
	while (waitpid(player->pid, &status, 0) < 0 && errno == EINTR)
		;
	canary_play_end(player, status);
}

unsigned canary_play(uint32_t address, const char *cgroup_mount)
{
	struct canary_player player;
	int status = 0;

	if (canary_play_start(&player, address, cgroup_mount) < 0)
		return CANARY_PLAYED_LINKS;
	while (waitpid(player.pid, &status, 0) < 0 && errno == EINTR)
		;
	return canary_play_end(&player, status);
}

const char *canary_untried_why(unsigned links)
{
	if (links & CGROUP_LINKS)
		return "attached, not seen lately: cgroups are not writable here";
	return links & NETWORK_LINKS ? "attached, not seen lately: no loopback to connect to"
				     : "attached, not seen lately: its canary could not be played";
}

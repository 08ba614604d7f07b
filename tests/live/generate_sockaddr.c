/* SPDX-License-Identifier: Apache-2.0 */
/* Connects whose sockaddr lies: rewritten while the kernel reads it, or on a page not there yet. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "generate.h"

/* One a process, shared with the thread that rewrites its port. */
static struct {
	volatile struct sockaddr_in address;
	in_port_t ports[2]; /* network order, of the listeners */
	int listeners[2];
	unsigned number; /* of the connects so far */
	FILE *truth; /* "ADDRESS PORT" a line: where the kernel went */
} flip;

static int open_listener(in_addr_t host, int *ret_listener, in_port_t *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(host)}};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (bind(fd, (void *)&address, len) || listen(fd, 8) ||
		getsockname(fd, (void *)&address, &len)) {
		close(fd);
		return -errno;
	}
	*ret_listener = fd;
	*ret_port = address.sin_port;
	return 0;
}

static void *rewrite(void *unused)
{
	(void)unused;
	for (unsigned turn = 0;; turn++)
		flip.address.sin_port = flip.ports[turn % 2];
	return NULL;
}

/* Listens at every address: only in a network namespace of a test's own. */
static int begin_flip(struct generate *run)
{
	pthread_t thread;
	int err;

	flip.truth = run->place ? fopen(run->place, "we") : NULL;
	if (!flip.truth)
		return -EINVAL;
	flip.address.sin_family = AF_INET;
	for (unsigned i = 0; i < 2; i++) {
		err = open_listener(INADDR_ANY, &flip.listeners[i], &flip.ports[i]);
		if (err)
			return err;
	}
	flip.address.sin_port = flip.ports[0]; /* the thread may be late */
	return -pthread_create(&thread, NULL, rewrite, NULL);
}

/* Closing resets: thousands of connections must not use the ports up in TIME_WAIT. */
static void end_connection(int fd, int listener)
{
	const struct linger reset = {.l_onoff = 1};
	int accepted;

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	close(fd);
	if (accepted >= 0)
		close(accepted);
}

/* Each to an address of its own, because connects to the same one are counted, not reported. */
static int make_flip(struct generate *run)
{
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	char text[INET_ADDRSTRLEN];
	int fd;

	(void)run;
	flip.address.sin_addr.s_addr = htonl((127u << 24) + (1u << 16) + flip.number++);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const void *)&flip.address, sizeof(flip.address)) ||
		getpeername(fd, (void *)&peer, &len)) {
		close(fd);
		return -errno;
	}
	inet_ntop(AF_INET, &peer.sin_addr, text, sizeof(text));
	fprintf(flip.truth, "%s %u\n", text, ntohs(peer.sin_port));
	end_connection(fd, flip.listeners[peer.sin_port == flip.ports[1]]);
	return 0;
}

static int begin_absent(struct generate *run)
{
	struct sockaddr_in *address = (struct sockaddr_in *)&run->address;

	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	run->address_len = sizeof(*address);
	return open_listener(INADDR_LOOPBACK, &run->listener, &address->sin_port);
}

/* The page is in the file's cache, and not in ours before the kernel itself reads it. */
static int make_absent(struct generate *run)
{
	int fd = -1, file = memfd_create("sockaddr", MFD_CLOEXEC), err = 0;
	void *absent = MAP_FAILED;

	if (file < 0 || write(file, &run->address, run->address_len) != (ssize_t)run->address_len) {
		err = -EIO;
		goto out;
	}
	absent = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (absent == MAP_FAILED || fd < 0 || connect(fd, absent, run->address_len)) {
		err = -errno;
		goto out;
	}
	end_connection(fd, run->listener);
	fd = -1;
out:
	if (absent != MAP_FAILED)
		munmap(absent, 4096);
	if (fd >= 0)
		close(fd);
	if (file >= 0)
		close(file);
	return err;
}

const struct way sockaddr_ways[] = {
	{"flip", begin_flip, make_flip},
	{"absent", begin_absent, make_absent},
	{NULL, NULL, NULL},
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of events tests/live/generate makes, one maker a way of making them. */
#ifndef GENERATE_H
#define GENERATE_H

#include <limits.h>
#include <netinet/in.h>
#include <stddef.h>

#include "ia32.h"
#include "uring.h"

/* What one run works with. Makers return 0 or -errno. */
struct generate {
	char marker[40]; /* an argument of every program executed, part of every cgroup's name */
	const char *place; /* cgroup: the directory to make them in; sockaddr: the file of truth */
	char program[PATH_MAX]; /* a copy of ourselves in directory */
	char directory[PATH_MAX / 2]; /* temporary; empty: none was made */
	int listener; /* connect: what to connect to; -1: none */
	struct sockaddr_in6 address; /* of the listener, as the client uses it (may hold IPv4) */
	socklen_t address_len;
	struct uring *uring;
};

struct way {
	const char *name;
	int (*begin)(struct generate *run); /* NULL: nothing to prepare */
	int (*make)(struct generate *run); /* exactly one event */
};

struct kind {
	const char *name;
	const struct way *ways;
};

extern const struct way exec_ways[], fork_ways[], connect_ways[], cgroup_ways[], sockaddr_ways[],
	payload_ways[];

/* Runs start in a child and waits for it. -errno: what the child returned; -ENOSYS: a signal. */
int generate_in_child(struct generate *run, int (*start)(struct generate *run));

/*
 * Sets listener, address and address_len: a listener (or, by its type, a socket for datagrams) at
 * the address and a free port.
 */
int generate_listen(struct generate *run, const char *address, int type, int protocol);
/* TCP on loopback, by family; and with a ring of io_uring. */
int generate_begin_v4(struct generate *run);
int generate_begin_v6(struct generate *run);
int generate_begin_mapped(struct generate *run);
int generate_begin_uring(struct generate *run);
int generate_begin_sqpoll(struct generate *run);

/* Removes what exec's begin made. */
void exec_clean(struct generate *run);

#endif

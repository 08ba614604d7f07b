/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of events tests/live/generate makes, one maker a way of making them. */
#ifndef GENERATE_H
#define GENERATE_H

#include <limits.h>
#include <netinet/in.h>
#include <stddef.h>

/* What one run works with. Makers return 0 or -errno. */
struct generate {
	char marker[40]; /* an argument of every program executed, part of every cgroup's name */
	const char *place; /* cgroup: the directory to make them in */
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

extern const struct way exec_ways[], fork_ways[], connect_ways[], cgroup_ways[];

/* Runs start in a child and waits for it. -errno: what the child returned; -ENOSYS: a signal. */
int generate_in_child(struct generate *run, int (*start)(struct generate *run));

/* Removes what exec's begin made. */
void exec_clean(struct generate *run);

/* A ring of our own making; user memory the kernel shares with us. */
struct uring;
struct io_uring_sqe;
int uring_open(unsigned flags, struct uring **ret_uring);
void uring_close(struct uring *uring); /* NULL is legal */
/* Hands one entry in and waits for its end: the operation's result, or -errno. */
int uring_run(struct uring *uring, const struct io_uring_sqe *entry);

/* System calls through the ia32 gate; -ENOSYS where the machine has none. */
#define IA32_EXECVE 11
#define IA32_CONNECT 362
/* Memory the gate's 32-bit pointers reach. */
void *ia32_memory(size_t size);
long ia32_call(long number, const void *first, const void *second, const void *third);

#endif

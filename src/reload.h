/* SPDX-License-Identifier: Apache-2.0 */
/* Other rules for a running sensor: a process of its own reads and checks them, the sensor opens
 * what that has made. */
#ifndef MINERWATCH_RELOAD_H
#define MINERWATCH_RELOAD_H

#include <stdbool.h>
#include <stdint.h>

#define RELOAD_PATH_MAX 4096
#define RELOAD_WITHIN_NS UINT64_C(60000000000) /* a child that needs longer hangs */

/* What the child is told; each one is answered, and in between each change where it watches. */
struct reload_request {
	uint32_t watch; /* look for changes by itself */
	uint32_t now; /* read at once; 0: where it watches, when the files stand still */
	char directory[RELOAD_PATH_MAX]; /* "" embedded rules alone */
};

/* A bundle's descriptor (rules.h) travels with an answer whose error is 0. */
struct reload_answer {
	int32_t error; /* -errno; -EINVAL: problems were printed on stderr */
	uint32_t asked; /* 1: to a request, 0: it saw a change */
};

/* The child's life (reload_child.c); fd: its end of the pair. */
void reload_child(int fd);

struct rules;

/* The sensor's end. */
struct reload {
	int fd; /* of the pair; -1: none */
	bool watch;
	const char *directory; /* NULL: embedded rules alone */
	bool answered; /* what was taken last was asked for */
	uint64_t asked_ns; /* a request, sent or not, that is not answered; 0: none */
	uint64_t swaps, refused; /* how often rules were exchanged, and were not fit to be */
};

/* Tells a new child what to do. now: read at once. 0 or -errno. */
int reload_ask(struct reload *reload, bool now, uint64_t now_ns);
/*
 * Takes the next answer. Returns 0 and rules the caller frees, with the bundle's descriptor;
 * -EAGAIN: there is none; -EINVAL: the rules were refused and the old ones stay; -EPIPE: the child
 * is gone.
 */
int reload_take(struct reload *reload, struct rules **ret_rules, int *ret_fd);
/* True when the child has died or hangs: another is wanted. */
bool reload_late(const struct reload *reload, uint64_t now_ns);

#endif

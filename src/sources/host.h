/* SPDX-License-Identifier: Apache-2.0 */
/* Source of the records about host and clock: HOST, WALL. */
#ifndef MINERWATCH_HOST_H
#define MINERWATCH_HOST_H

#include <stddef.h>

#include "event.h"

/* CLOCK_BOOTTIME in nanoseconds. */
__u64 host_now_ns(void);
/* A record's header of this type and size, time now, about no process. */
struct event_header host_header(unsigned type, size_t size);

/* Names the kernel does not know. NULL: not told. */
struct host_names {
	const char *node; /* instead of the kernel's host name, which in a pod is the pod's */
	const char *cluster;
};

/* Changes with each boot; with NUL, zeros behind it. */
void host_boot_id(char ret_id[static 40]);
/* First record of a run. rules_digest: 32 bytes. cgroup_version: 1, 2, 0. */
void host_facts(const __u8 *rules_digest, unsigned cgroup_version, const struct host_names *names,
	struct event_host *ret_host);
/* Wall clock against boot clock, as of now. */
void host_wall(struct event_wall *ret_wall);

#endif

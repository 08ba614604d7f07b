/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc/PID says, read through one descriptor of that directory. */
#ifndef MINERWATCH_PROC_READ_H
#define MINERWATCH_PROC_READ_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "event.h"
#include "process.h"

/* proc(5), /proc/PID/stat */
struct proc_stat {
	uint32_t ppid, session;
	uint32_t flags; /* PF_* of the kernel */
	uint64_t start_ticks; /* since boot, in clock ticks */
	char comm[EVENT_COMM_SIZE];
};

/* proc(5), /proc/PID/status */
struct proc_status {
	uint32_t uid[4]; /* real, effective, saved, file system; in our user namespace */
	bool no_seccomp; /* it says so */
};

/* proc: a descriptor of /proc. The caller closes the result; -errno where there is no process. */
int proc_open(int proc, uint32_t pid);
/* Text of a file in it, cut at size and NUL-terminated. Its length, or -1. */
ssize_t proc_read_text(int dir, const char *name, char *text, size_t size);
bool proc_read_stat(int dir, struct proc_stat *ret_stat);
bool proc_read_status(int dir, struct proc_status *ret_status);
/* The process that key means, not another with its pid. */
bool proc_is(const struct proc_stat *stat, const struct process_key *key);

/* Both are in one namespace; name: "mnt", "pid", ... False where that cannot be told. */
bool proc_same_namespace(int dir, int other, const char *name);
/*
 * A process that is in the host's own namespaces whoever we are (we may run in a pod): kthreadd,
 * else process 1, which some hosts let nobody look into. -errno where neither can be read.
 */
int proc_open_host(int proc);

#endif

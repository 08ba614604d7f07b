/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one process. Filled by src/state/process_table.c alone. */
#ifndef MINERWATCH_PROCESS_H
#define MINERWATCH_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"
#include "event.h"

/* A pid can be used again; pid and start time together cannot. */
struct process_key {
	uint64_t start_ns; /* CLOCK_BOOTTIME */
	uint32_t pid; /* initial pid namespace */
	uint32_t pad;
};

enum workload_type { WORKLOAD_CGROUP = 1, WORKLOAD_SESSION = 2, WORKLOAD_CONTAINER = 3 };

/* What an incident is about. Compared as bytes and hashed into the alert's id. */
struct workload_key {
	uint32_t type; /* enum workload_type; 0 none */
	uint32_t session; /* setsid id; 0 for the others */
	uint64_t id; /* cgroup id, the session's own time, or the container's key */
};

/* The program a process runs; shared by processes that forked without exec. Immutable. */
struct image {
	unsigned references;
	unsigned flags; /* EVENT_CUT_*, EVENT_NO_* of the record it came from */
	size_t size, *total; /* its bytes; the sum of all, which they are part of */
	uint64_t time_ns; /* of the exec; of the first sight where that was not seen */
	struct event_file file;
	struct span name; /* dentry name */
	struct span exe; /* absolute path as the kernel walks it, else the name given to execve */
	struct span args; /* NUL-separated */
	char bytes[]; /* what the spans point to */
};

struct cpu_window;

struct process {
	struct process_key key;
	struct process_key parent; /* who forked it, even after that one's end */
	uint64_t cgroup_id;
	uint64_t session_ns; /* with session: the session's key (session_table.h) */
	uint64_t workload_session_ns;
	uint32_t session; /* setsid id now; 0 unknown */
	uint32_t workload_session; /* the session its evidence counts for: outlives a setsid */
	uint32_t uid;
	uint32_t cpus_allowed; /* 0 unknown */
	uint32_t threads;
	unsigned findings; /* findings that name it: keeps it in the table */
	struct workload_key workload; /* the incident its findings stand in */
	struct image *image; /* NULL: nothing known yet */
	struct cpu_window *cpu; /* NULL: used none that mattered */
	uint64_t cpu_ns; /* CPU time seen */
	uint64_t exit_ns; /* 0: alive */
	uint64_t seen_ns; /* last record that proved it alive */
	uint64_t exe_inode; /* what the kernel last said it runs; 0 unknown */
	uint32_t exe_dev;
	bool suspect; /* a finding named it or the process that forked it */
	bool exe_doubted; /* the last pass saw another file than the one known */
	bool exe_replaced; /* passes see another, and no exec can have been lost */
	uint64_t execs_lost; /* state.execs_lost when exe_inode was learnt */
	uint64_t examined_ns; /* when a PROCESS record was asked for; 0: not */
	uint64_t argv_ns; /* when a suspect's PROCESS record was asked for; 0: not */
	uint64_t memory_ns; /* when a MEMORY record was asked for; 0: not */
	uint64_t content_ns; /* when CONTENT of what it has mapped was asked for; 0: not */
	uint64_t sockets_ns; /* when SOCKET records were asked for; 0: not */
	char comm[EVENT_COMM_SIZE]; /* NUL-terminated */
};

static inline bool process_alive(const struct process *process)
{
	return process->exit_ns == 0;
}

#endif

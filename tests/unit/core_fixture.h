/* SPDX-License-Identifier: Apache-2.0 */
/* Records made by hand, and a pipeline that remembers the alerts they lead to. */
#ifndef MINERWATCH_CORE_FIXTURE_H
#define MINERWATCH_CORE_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert.h"
#include "decode.h"
#include "event.h"
#include "pipeline.h"
#include "rules.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SECONDS(n) ((uint64_t)(n)*UINT64_C(1000000000))
#define CORE_ALERTS_MAX 2048
#define CORE_ASKED_MAX 256
#define CORE_RECORD (EVENT_RECORD_MAX / sizeof(__u64))

/* What records say of a process. Unset members are zero: no session, no cgroup. */
struct core_process {
	uint32_t pid;
	uint64_t start_ns;
	uint32_t ppid;
	uint64_t parent_start_ns;
	uint32_t session;
	uint64_t cgroup_id;
};

/* What an exec says of the program. Arguments are separated by '|'. */
struct core_program {
	const char *path; /* absolute; the name is its last component */
	const char *args;
	uint32_t nlink;
	uint64_t inode;
	uint64_t fs_magic;
	uint16_t flags;
};

/* What stays of an alert after the call. */
struct core_alert {
	enum alert_action action;
	enum severity severity;
	unsigned score;
	uint64_t time_ns, since_ns, duration_ns, cpu_ns, cgroup_id, count, dropped;
	uint8_t id[8];
	uint32_t seq, pid;
	unsigned findings, ancestors, pending;
	const struct detector *lead;
	size_t exe_len;
	char exe[ALERT_EXE_MAX];
	char summary[ALERT_SUMMARY_MAX];
	char container[128]; /* its id; "": none */
	bool verified;
	const char *entered;
};

struct core {
	struct rules *rules;
	struct pipeline *pipeline;
	uint64_t now_ns; /* of the next record */
	struct core_alert alerts[CORE_ALERTS_MAX];
	unsigned alerts_count;
	unsigned opened, suppressed; /* of alerts_count */
	struct process_key asked[CORE_ASKED_MAX];
	unsigned asked_count; /* for a PROCESS record */
	unsigned asked_containers;
	struct process_key asked_sockets[CORE_ASKED_MAX];
	unsigned asked_sockets_count;
	const struct redactor *redactor; /* of the lines */
	struct examine_job asked_content[CORE_ASKED_MAX];
	unsigned asked_content_count;
	char line[ALERT_LINE_MAX]; /* of the last alert */
	size_t line_len;
	int alert_result; /* what the alert callback returns */
	unsigned teed;
	int tee_result;
};

/* One record each into record (CORE_RECORD words); returns its length. */
size_t core_make_exec(__u64 *record, unsigned type, uint64_t time_ns,
	const struct core_process *process, const struct core_program *program);
size_t core_make_kin(
	__u64 *record, unsigned type, uint64_t time_ns, const struct core_process *process);
size_t core_make_exit(
	__u64 *record, uint64_t time_ns, const struct core_process *process, uint64_t cpu_ns);
size_t core_make_thread(__u64 *record, uint64_t time_ns, const struct core_process *process,
	uint64_t run_ns, uint64_t wait_ns);
/* address: four bytes of IPv4 */
size_t core_make_connect(__u64 *record, uint64_t time_ns, const struct core_process *process,
	const uint8_t address[4], uint16_t port, uint16_t protocol);
size_t core_make_cgroup(__u64 *record, unsigned type, uint64_t time_ns,
	const struct core_process *process, uint64_t id, const char *path);
/* names: of patterns, separated by '|'; NULL: none were found. */
size_t core_make_content(__u64 *record, uint64_t time_ns, const struct core_process *process,
	const struct event_content *says, const char *path, const char *names);
/* Any record that is its structure only: zeros behind the header. */
void *core_make_plain(__u64 *record, unsigned type, uint64_t time_ns, size_t size);
/*
 * event_decode on exactly len bytes behind an allocation of their own, so that a sanitizer sees any
 * read beyond. What ret_event points at is gone afterwards.
 */
int core_decode_alone(const void *record, size_t len, struct event *ret_event);

void core_open(struct core *core); /* at event time 1000 s */
void core_close(struct core *core);
int core_feed(struct core *core, void *record, size_t len);

/* The same, fed at core->now_ns. */
void core_exec(
	struct core *core, const struct core_process *process, const struct core_program *program);
void core_answer(struct core *core, const struct core_process *process,
	const struct core_program *program); /* a PROCESS record */
/* What the runtime says of the container of this cgroup, whose id this is; NULL: it is none. */
void core_container(
	struct core *core, const struct core_process *process, uint64_t cgroup_id, const char *id);
void core_fork(struct core *core, const struct core_process *child);
void core_exit(struct core *core, const struct core_process *process, uint64_t cpu_ns);
void core_connect(struct core *core, const struct core_process *process, uint16_t port);
void core_connect_pool(struct core *core, const struct core_process *process); /* a listed one */
void core_cgroup(struct core *core, uint64_t id, const char *path);
/* A TASK record that names the file with this inode; 0: EVENT_NO_FILE. */
void core_task(struct core *core, const struct core_process *process, uint64_t inode);
void core_thread(
	struct core *core, const struct core_process *process, uint64_t run_ns, uint64_t wait_ns);
void core_tick(struct core *core, bool pass); /* pass: it began one millisecond ago */
void core_end(struct core *core);
/* seconds times: one second passes, the process used that much (ms), pass and TICK. */
void core_run(struct core *core, const struct core_process *process, unsigned seconds,
	uint64_t run_ms, uint64_t wait_ms);

/* The actions so far from the given alert on, as letters: o r u e R(eopened) s. */
const char *core_actions(const struct core *core, unsigned from);
const struct core_alert *core_last(const struct core *core);

extern const struct core_program core_miner; /* one strong command line: 85 */
extern const struct core_program core_shell; /* nothing to say against it */

#endif

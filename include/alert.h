/* SPDX-License-Identifier: Apache-2.0 */
/* One alert, complete: everything alert_json.c writes and nothing it has to look up. */
#ifndef MINERWATCH_ALERT_H
#define MINERWATCH_ALERT_H

#include "decode.h"
#include "detector.h"
#include "score.h"

#define ALERT_LINE_MAX 16384 /* bytes with the newline: containerd cuts stdout lines there */
#define ALERT_FINDINGS_MAX 12
#define ALERT_ANCESTORS_MAX 8
#define ALERT_TEXT_MAX 128 /* bytes before escaping, unless said otherwise */
#define ALERT_ARGS_MAX 1024 /* all arguments of one process together */
#define ALERT_EXE_MAX 512
#define ALERT_CGROUP_MAX 512
#define ALERT_SUMMARY_MAX 512 /* made of parts that are already cut */

struct container;
struct redactor;

enum alert_action {
	ALERT_OPENED,
	ALERT_RAISED,
	ALERT_UPDATED,
	ALERT_ENDED,
	ALERT_REOPENED,
	ALERT_SUPPRESSED, /* carries only: schema time id seq action severity summary host sensor
			     truncated count */
	ALERT_TAMPER, /* the same, with hook instead of count */
};

struct alert_process {
	struct process_key key;
	uint32_t ppid;
	uint32_t session;
	uint32_t uid;
	struct span comm;
	struct span exe; /* len 0: unknown */
	struct span args; /* NUL-separated; secrets not yet masked */
	bool exe_cut, args_cut; /* already cut by the kernel side */
	bool unlinked; /* its file has no name any more, or never had one */
};

struct alert_finding {
	const struct finding *finding;
	uint32_t weight_ppm; /* as it counts now */
	const char *allowed; /* why the allow-list lowers it; NULL: it does not */
};

struct alert {
	enum alert_action action;
	enum severity severity;
	unsigned score;
	uint64_t time_ns; /* all times: CLOCK_BOOTTIME; + wall_offset_ns = UTC */
	uint64_t since_ns; /* first evidence */
	int64_t wall_offset_ns;
	uint8_t id[8];
	uint32_t seq;
	const char *summary; /* NUL-terminated, raw bytes */
	const char *redacted_summary; /* the same, but quotes no finding */
	const struct event_host *host;
	const struct alert_process *process; /* NULL: none */
	const struct alert_process *ancestors; /* parent first */
	unsigned ancestors_count;
	bool ancestors_cut; /* there were more */
	uint64_t cgroup_id; /* 0: unknown, no cgroup object */
	struct span cgroup_path; /* len 0: unknown */
	const struct container *container; /* NULL: none */
	const char *entered; /* how the process came into it: "start", "exec"; NULL unknown */
	const struct alert_finding *findings; /* strongest first */
	unsigned findings_count;
	bool findings_cut; /* there were more */
	const uint8_t *rules_digest; /* 32 bytes: the rules in force */
	uint64_t dropped; /* records lost so far, all classes */
	const char *const *degraded; /* the "what" words */
	unsigned degraded_count;
	const char *const *pending; /* answers still awaited */
	unsigned pending_count;
	uint64_t duration_ns; /* ENDED: since first evidence */
	uint64_t cpu_ns; /* ENDED: CPU time of the workload's evidence processes */
	uint64_t count; /* SUPPRESSED */
	const char *hook; /* TAMPER: which one is dead */
};

/*
 * Writes the alert as one line with its newline. Returns its length (at most ALERT_LINE_MAX).
 * Never fails: what does not fit is cut in the fixed order and named in truncated[].
 *
 * With a redactor (NULL: none) each argument, each string of the evidence and each indicator but
 * sha256 and image is its keyed hash, taken over all that stands there without one; a finding's
 * summary is its detector's meaning.
 */
size_t alert_json(const struct alert *alert, const struct redactor *redactor,
	char line[static ALERT_LINE_MAX]);

const char *alert_action_name(enum alert_action action);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that write one alert as JSON: alert_json.c, alert_process.c,
 * alert_container.c, alert_findings.c, alert_redact.c. */
#ifndef MINERWATCH_ALERT_WRITER_H
#define MINERWATCH_ALERT_WRITER_H

#include "alert_cut.h"
#include "util/json_writer.h"
#include "util/redact.h"

/* One attempt at a line. Every function adds one member to the open object. */
struct alert_writer {
	struct json_writer json;
	const struct alert *alert;
	const struct redactor *redactor; /* NULL: nothing is hidden */
	const struct alert_limits *limits;
	struct span args; /* of the process, masked or redacted; each ended by NUL */
	bool args_cut;
	struct cut_list cuts;
};

/*
 * Text from outside, at most max bytes of it, under name in truncated[] unless all of it is there;
 * cut_before: it was not whole when it came.
 */
void alert_write_text(struct alert_writer *writer, const char *key, struct span text, size_t max,
	bool cut_before, struct cut_name name);
void alert_write_time(struct alert_writer *writer, const char *key, uint64_t boot_ns);

/*
 * What follows is all that a redactor changes (alert_redact.c); without one the text goes out as it
 * is.
 */
/* As alert_write_text, for a text that must not leave when there is a redactor. */
void alert_write_secret(struct alert_writer *writer, const char *key, struct span text, size_t max,
	bool cut_before, struct cut_name name);
/* A hash for each of the masked arguments, as many as fit; sets writer->args and args_cut. */
void alert_redact_args(struct alert_writer *writer, char buffer[static ALERT_ARGS_MAX]);
/* The beginning of the arguments that fits into the limit, without half a hash at its end. */
struct span alert_args_shown(const struct alert_writer *writer);
struct span alert_finding_summary(const struct alert_writer *writer, const struct finding *finding);
struct span alert_summary(const struct alert_writer *writer);

/* "process" */
void alert_write_process(struct alert_writer *writer);
/* "ancestors": as process, without args */
void alert_write_ancestors(struct alert_writer *writer);
/* "cgroup" */
void alert_write_cgroup(struct alert_writer *writer);

/* "container": alert->container must be there */
void alert_write_container(struct alert_writer *writer);
/* "kubernetes": nothing where no pod is known */
void alert_write_kubernetes(struct alert_writer *writer);

/* "findings" */
void alert_write_findings(struct alert_writer *writer);
/* "indicators": what somebody else can search for; detectors offer it as evidence of these names */
void alert_write_indicators(struct alert_writer *writer);
/* "attack": the techniques of the findings shown, each once */
void alert_write_attack(struct alert_writer *writer);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that have a file of their own, and what of them the offline build lacks. */
#ifndef MINERWATCH_COMMANDS_H
#define MINERWATCH_COMMANDS_H

#include <stdbool.h>

#include "options.h"

struct redactor;
struct rules;

enum exit_code command_replay(const struct options *options);

/* Loads the rules; problems and failures are said on stderr. */
bool rules_load_or_say(const char *directory, struct rules **ret_rules);
struct pipeline;

/* One line on stderr for each row of the allow-list that kept an incident from being reported. */
void allow_report(const struct rules *rules, const struct pipeline *pipeline);
/* What need not be mended but known, as of now. */
void rules_remark(const struct rules *rules, FILE *out);
/* Of what ran out since it was called last; *since_ns is 0 before that. */
void rules_remark_over(const struct rules *rules, uint64_t *since_ns, FILE *out);
/* The same of rules_bundle; its 0 or -errno. */
int rules_bundle_or_say(const char *directory, int *ret_fd);
/* The key of --redact-key, else a random one; what is wrong is said on stderr. */
bool redactor_load_or_say(const struct options *options, struct redactor *ret_redactor);

#define RUN_DETAIL                                                                                \
	"Alerts are JSON lines; everything else goes to stderr, where the line `ready` says "     \
	"that\n"                                                                                  \
	"every hook has been seen to work. Needs root, or CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN,\n" \
	"CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH. It observes; it never kills a process."

#ifdef OFFLINE
#define COMMAND_RUN NULL
#define COMMAND_RECORD NULL
#define COMMAND_DETACH NULL
#define COMMAND_DOCTOR NULL
#define COMMAND_SCAN NULL
#define COMMAND_STATUS NULL
#define COMMAND_CONFIG NULL
#define COMMAND_CANARY(argc, argv) ((void)(argc), (void)(argv), -1)
#else
#include "config.h"
#include "sources/canary_play.h"

/*
 * The directory of pins, locked; with make made where it is not there, without it *ret_directory
 * stays as it is then. Else what is wrong is said on stderr.
 */
enum exit_code take_pins_or_say(const char *path, bool make, int *ret_directory);

/* A line on stdout where there is something to say. */
void doctor_pins(const char *path);

enum exit_code command_detach(const struct options *options);
enum exit_code command_run(const struct options *options);
enum exit_code command_record(const struct options *options);
enum exit_code command_scan(const struct options *options);
enum exit_code command_doctor(const struct options *options);
enum exit_code command_status(const struct options *options);
#define COMMAND_RUN command_run
#define COMMAND_RECORD command_record
#define COMMAND_DETACH command_detach
#define COMMAND_DOCTOR command_doctor
#define COMMAND_SCAN command_scan
#define COMMAND_STATUS command_status
#define COMMAND_CONFIG config_load
#define COMMAND_CANARY(argc, argv) canary_child(argc, argv)
#endif

#endif

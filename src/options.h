/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one table of commands, one of options; --help is printed from the same rows. */
#ifndef MINERWATCH_OPTIONS_H
#define MINERWATCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "score.h"
#include "sink.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_RUNTIME = 1, /* failed while running; stdout gone too */
	EXIT_USAGE = 2, /* usage, configuration or damaged input */
	EXIT_ENVIRONMENT = 3, /* this host or these privileges cannot run it */
	EXIT_FOUND = 4, /* --fail-on, and nothing else was wrong */
};

/*
 * What a start ends with that could not open what an option names (0 or -errno). EXIT_ENVIRONMENT:
 * no other words would help, another time may; whoever supervises tries again.
 */
enum exit_code exit_code_of(int err);

#define OPTION_ROWS 26
#define STATUS_PATH "/run/minerwatch/status.sock" /* where `minerwatch status` asks */
#define PIN_PATH_SIZE 1024 /* with NUL */
#define STATUS_PATH_SIZE 108 /* sizeof(sun_path), with its NUL */

/* What `minerwatch status` is to do with the answer. */
enum status_question { STATUS_READABLE, STATUS_JSON, STATUS_LIVE, STATUS_READY };

struct options {
	const char *config; /* --config; NULL: none */
	const char *rules; /* --rules; NULL: the embedded set */
	uint32_t explain; /* --explain; 0: not given */
	const char *compare; /* --compare; NULL: none */
	struct alert_targets {
		const char *at[SINKS_MAX];
		unsigned count; /* 0: none was given */
	} alerts; /* --alerts */
	struct alert_targets listed; /* those of the configuration file */
	const char *record; /* --record, -o; NULL: none */
	uint64_t record_max; /* --record-max, bytes */
	uint64_t ring; /* --ring, bytes; 0: as it comes */
	const char *metrics; /* --metrics; NULL: none */
	uint64_t for_s; /* --for; 0: until a signal */
	enum severity fail_on; /* --fail-on; SEVERITY_NONE: never */
	bool redact; /* --redact, --redact-key */
	const char *redact_key; /* --redact-key; NULL: a random key */
	const char *cluster; /* --cluster; NULL: none */
	const char *node; /* --node; NULL: the kernel's host name */
	const char *status; /* --status; NULL: no socket */
	const char *pin; /* --pin; NULL: not given */
	const char *state; /* --state; NULL: none */
	enum status_question question; /* --live, --ready, --json */
	bool requirements; /* --requirements */
	bool privileges; /* --privileges */
	bool reload_watch; /* --reload auto */
	uint64_t heartbeat_s; /* --heartbeat; 0: none */
	uint32_t given; /* bit a row: on the command line */
	uint32_t configured; /* bit a row: in the configuration file */
	char *own[OPTION_ROWS + SINKS_MAX]; /* copies of the file's values */
	unsigned own_count;
	char *const *operands; /* what follows the options */
	unsigned operands_count;
};

struct command {
	const char *name;
	const char *operands; /* for the usage line: "TRACE..." */
	const char *summary; /* one line */
	const char *detail; /* for `minerwatch COMMAND --help`; may be NULL */
	unsigned min_operands, max_operands;
	enum exit_code (*run)(const struct options *options); /* NULL: not in this build */
};

/* Ends with name NULL; in main.c. */
extern const struct command commands[];

/*
 * Reads the arguments after the command's name. Returns 0 with *ret_options, 1 when help was asked
 * for and printed, -EINVAL when something is wrong and said on stderr.
 */
int options_parse(
	const struct command *command, int argc, char *const argv[], struct options *ret_options);
/*
 * Sets an option of `run` as a configuration file has it; what the command line has set stays.
 * key: its name without dashes; more: not the first value of its list. Returns 0, -ENOENT: there is
 * no such option, -EEXIST: the file has it twice, -EINVAL: *ret_expected says what a good value is,
 * -ENOMEM.
 */
int options_set(struct options *options, const char *key, const char *value, bool more,
	const char **ret_expected);
bool options_is_list(const char *key); /* in a configuration file it may be a list of values */
/* Sets from the environment what neither command line nor file has set. -EINVAL: wrong, and said.
 */
int options_environment(const struct command *command, struct options *options);
void options_done(struct options *options);
void options_help(FILE *out); /* all commands */

#endif

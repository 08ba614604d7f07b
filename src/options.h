/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one table of commands, one of options; --help is printed from the same rows. */
#ifndef MINERWATCH_OPTIONS_H
#define MINERWATCH_OPTIONS_H

#include <stdint.h>
#include <stdio.h>

#include "score.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_RUNTIME = 1, /* failed while running; stdout gone too */
	EXIT_USAGE = 2, /* usage, configuration or damaged input */
	EXIT_ENVIRONMENT = 3, /* this host or these privileges cannot run it */
	EXIT_FOUND = 4, /* --fail-on, and nothing else was wrong */
};

struct options {
	const char *rules; /* --rules; NULL: the embedded set */
	const char *alerts; /* --alerts; "-" is stdout */
	const char *record; /* --record, -o; NULL: none */
	uint64_t record_max; /* --record-max, bytes */
	uint64_t for_s; /* --for; 0: until a signal */
	enum severity fail_on; /* --fail-on; SEVERITY_NONE: never */
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
void options_help(FILE *out); /* all commands */

#endif

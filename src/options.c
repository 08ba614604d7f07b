/* SPDX-License-Identifier: Apache-2.0 */
/* Reads options, from wherever they come, and explains them. */
#include "options.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "option_rows.h"
#include "sources/record.h"

static bool row_is_for(const struct option_row *row, const struct command *command)
{
	const char *at = strstr(row->commands, command->name);

	return at && at[-1] == ' ' && at[strlen(command->name)] == ' ';
}

/* argument is "--name", "--name=value" or "-o". */
static const struct option_row *find_row(
	const struct command *command, const char *argument, const char **ret_value)
{
	for (unsigned i = 0; i < OPTION_ROWS; i++) {
		size_t len = strlen(option_rows[i].name);

		if (!row_is_for(&option_rows[i], command) ||
			strncmp(argument, option_rows[i].name, len) != 0)
			continue;
		if (argument[len] == '\0' || argument[len] == '=') {
			*ret_value = argument[len] ? argument + len + 1 : NULL;
			return &option_rows[i];
		}
	}
	return NULL;
}

static uint32_t row_bit(const struct option_row *row)
{
	return UINT32_C(1) << (row - option_rows);
}

static void print_indented(FILE *out, const char *text)
{
	for (; *text; text++) {
		fputc(*text, out);
		if (*text == '\n')
			fprintf(out, "%26s", "");
	}
	fputc('\n', out);
}

static void print_options(const struct command *command, FILE *out)
{
	for (unsigned i = 0; i < OPTION_ROWS; i++) {
		char left[32];

		if (!row_is_for(&option_rows[i], command))
			continue;
		snprintf(left, sizeof(left), "%s %s", option_rows[i].name,
			option_rows[i].argument ? option_rows[i].argument : "");
		fprintf(out, "  %-24s", left);
		print_indented(out, option_rows[i].help);
	}
}

static void command_help(const struct command *command, FILE *out)
{
	fprintf(out, "usage: minerwatch %s [options]%s%s\n\n%s\n", command->name,
		command->operands[0] ? " " : "", command->operands, command->summary);
	if (command->detail)
		fprintf(out, "\n%s\n", command->detail);
	fprintf(out, "\noptions:\n");
	print_options(command, out);
	fprintf(out, "  %-24sthis text\n", "--help");
}

void options_help(FILE *out)
{
	fprintf(out,
		"minerwatch watches a Linux host for cryptocurrency miners and reports them.\n\n"
		"usage: minerwatch COMMAND [options]\n\ncommands:\n");
	for (const struct command *command = commands; command->name; command++)
		if (command->run)
			fprintf(out, "  %-14s%s\n", command->name, command->summary);
	fprintf(out,
		"\n`minerwatch COMMAND --help` explains a command and its options.\n\n"
		"exit codes: 0 all well; 1 failed while running; 2 wrong usage, configuration,\n"
		"rules or trace; 3 this host cannot run it (doctor says why) or not now (a full\n"
		"disk), no answer to status, or somebody else has the pins, the state file, the\n"
		"socket or the port of --metrics; 4 an alert reached --fail-on, or scan found a\n"
		"suspect\n");
}

static int wrong(const struct command *command, const char *what, const char *argument)
{
	log_error("%s: %s; see minerwatch %s --help", argument, what, command->name);
	return -EINVAL;
}

static int parse_one(const struct command *command, int argc, char *const argv[], int *at,
	struct options *options)
{
	const char *value, *argument = argv[*at];
	const struct option_row *row = find_row(command, argument, &value);

	if (!row)
		return wrong(command, "no such option of this command", argument);
	if (!row->argument && value)
		return wrong(command, "takes no value", argument);
	if (!row->argument) {
		value = "true";
	} else if (!value) {
		if (*at + 1 >= argc)
			return wrong(command, "needs a value", argument);
		value = argv[++*at];
	}
	if (!row->set(value, options)) {
		log_error(
			"%s %s: expected %s", row->name, row->argument ? value : "", row->expected);
		return -EINVAL;
	}
	options->given |= row_bit(row);
	return 0;
}

int options_parse(
	const struct command *command, int argc, char *const argv[], struct options *ret_options)
{
	int at = 0;

	*ret_options = (struct options){.record_max = RECORD_MAX_DEFAULT};
	for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
		if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
			command_help(command, stdout);
			return 1;
		}
		if (strcmp(argv[at], "--") == 0) {
			at++;
			break;
		}
		if (parse_one(command, argc, argv, &at, ret_options) < 0)
			return -EINVAL;
	}
	ret_options->operands = argv + at;
	ret_options->operands_count = (unsigned)(argc - at);
	if (ret_options->operands_count < command->min_operands)
		return wrong(command, "is missing", command->operands);
	if (ret_options->operands_count > command->max_operands)
		return wrong(
			command, "is one argument too many", argv[at + (int)command->max_operands]);
	return 0;
}

/* The option of `run` that a configuration file may set by this name; NULL: none. */
static const struct option_row *find_key(const char *key)
{
	for (unsigned i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_rows[i];

		if (strstr(row->commands, " run ") && strncmp(row->name, "--", 2) == 0 &&
			strcmp(row->name + 2, key) == 0)
			return strcmp(key, "config") == 0 ? NULL : row;
	}
	return NULL;
}

/* On the command line, be it by another name: -o of `record` is --record. */
static bool is_given(const struct options *options, const struct option_row *row)
{
	for (unsigned i = 0; i < OPTION_ROWS; i++)
		if (option_rows[i].set == row->set && options->given & row_bit(&option_rows[i]))
			return true;
	return false;
}

bool options_is_list(const char *key)
{
	const struct option_row *row = find_key(key);

	return row && option_row_is_list(row);
}

int options_set(struct options *options, const char *key, const char *value, bool more,
	const char **ret_expected)
{
	const struct option_row *row = find_key(key);
	struct options unused = *options;
	char *own;

	if (!row)
		return -ENOENT;
	if (!more && options->configured & row_bit(row))
		return -EEXIST;
	own = strdup(value);
	if (!own)
		return -ENOMEM;
	/* What the command line overrules must be right all the same. */
	unused.alerts = options->listed;
	if (!row->set(own, &unused)) {
		free(own);
		*ret_expected = row->expected;
		return -EINVAL;
	}
	options->own[options->own_count++] = own;
	options->listed = unused.alerts;
	options->configured |= row_bit(row);
	if (!is_given(options, row))
		row->set(own, options);
	return 0;
}

int options_environment(const struct command *command, struct options *options)
{
	for (unsigned i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_rows[i];
		const char *value = row->environment && row_is_for(row, command)
					    ? getenv(row->environment)
					    : NULL;

		if (!value || !*value || (options->given | options->configured) & row_bit(row))
			continue;
		if (!row->set(value, options)) {
			log_error("%s in the environment: expected %s", row->environment,
				row->expected);
			return -EINVAL;
		}
	}
	return 0;
}

void options_done(struct options *options)
{
	for (unsigned i = 0; i < options->own_count; i++)
		free(options->own[i]);
}

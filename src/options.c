/* SPDX-License-Identifier: Apache-2.0 */
/* The table of options, and what is done with it: reading them and explaining them. */
#include "options.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sources/record.h"

#define FOR_LARGEST_S (UINT64_C(366) * 24 * 3600)

static bool set_text(const char *text, const char **ret_text)
{
	*ret_text = text;
	return *text != '\0';
}

static bool set_rules(const char *text, struct options *options)
{
	return set_text(text, &options->rules);
}

static bool set_alerts(const char *text, struct options *options)
{
	return set_text(text, &options->alerts);
}

static bool set_record(const char *text, struct options *options)
{
	return set_text(text, &options->record);
}

/* Digits only, then at most one of the units' letters. */
static bool read_number(const char *text, uint64_t *ret_number, const char **ret_rest)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*ret_number = strtoull(text, &end, 10);
	*ret_rest = end;
	return errno == 0;
}

static bool set_record_max(const char *text, struct options *options)
{
	static const struct {
		const char *name;
		unsigned shift;
	} units[] = {
		{"", 0}, {"K", 10}, {"M", 20}, {"G", 30}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
	const char *unit;
	uint64_t number;

	if (!read_number(text, &number, &unit) || number > RECORD_MAX_LARGEST)
		return false;
	for (unsigned i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i].name) != 0)
			continue;
		options->record_max = number << units[i].shift;
		return options->record_max >= RECORD_MAX_SMALLEST &&
		       options->record_max <= RECORD_MAX_LARGEST;
	}
	return false;
}

static bool set_for(const char *text, struct options *options)
{
	const char *rest;

	return read_number(text, &options->for_s, &rest) && *rest == '\0' && options->for_s > 0 &&
	       options->for_s <= FOR_LARGEST_S;
}

static bool set_fail_on(const char *text, struct options *options)
{
	options->fail_on = severity_number(text);
	return options->fail_on != SEVERITY_NONE;
}

static const struct option_row {
	const char *name;
	const char *argument;
	const char *commands; /* blank-separated */
	const char *expected; /* what a good value is */
	const char *help;
	bool (*set)(const char *text, struct options *options);
} option_rows[] = {
	{"--rules", "DIR", " run record replay check-config ", "a directory",
		"rules of your own: a file named like an embedded one (pools.list,\n"
		"weights.conf) replaces it, NAME.add.list extends NAME.list\n"
		"(pool addresses: pools.add.list); any other name is an error",
		set_rules},
	{"--alerts", "-|FILE", " run ", "- or a file's name",
		"where alerts go, a JSON line each: - is stdout (default);\n"
		"a file is appended to, mode 0600",
		set_alerts},
	{"--record", "TRACE", " run ", "a file's name",
		"also write every record to TRACE, for replay", set_record},
	{"-o", "TRACE", " record ", "a file's name", "the trace to write (required)", set_record},
	{"--record-max", "SIZE", " run record ", "a size from 1M to 4G, such as 256M",
		"largest size of the trace; past it the oldest part is dropped\n"
		"and counted (default 256M)",
		set_record_max},
	{"--for", "SECONDS", " run record ", "whole seconds, at least 1",
		"stop that long after `ready` (default: until SIGTERM or SIGINT)", set_for},
	{"--fail-on", "SEVERITY", " run replay ", "medium, high or critical",
		"exit 4 at the end when an alert reached it", set_fail_on},
};

#define OPTION_ROWS (sizeof(option_rows) / sizeof(option_rows[0]))

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
		snprintf(left, sizeof(left), "%s %s", option_rows[i].name, option_rows[i].argument);
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
		"exit codes: 0 all well; 1 failed while running; 2 wrong usage, rules or trace;\n"
		"3 this host cannot run it (doctor says why); 4 an alert reached --fail-on\n");
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
	if (!value) {
		if (*at + 1 >= argc)
			return wrong(command, "needs a value", argument);
		value = argv[++*at];
	}
	if (!row->set(value, options)) {
		log_error("%s %s: expected %s", row->name, value, row->expected);
		return -EINVAL;
	}
	return 0;
}

int options_parse(
	const struct command *command, int argc, char *const argv[], struct options *ret_options)
{
	int at = 0;

	*ret_options = (struct options){.alerts = "-", .record_max = RECORD_MAX_DEFAULT};
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

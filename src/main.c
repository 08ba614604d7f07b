/* SPDX-License-Identifier: Apache-2.0 */
/* Entry: the table of commands, and the three short ones. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "log.h"
#include "options.h"
#include "rules.h"
#include "schema.h"
#include "util/redact.h"
#include "version.h"

static enum exit_code flushed(enum exit_code code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	log_error("stdout: %s", strerror(errno));
	return EXIT_RUNTIME;
}

static enum exit_code check_config(const struct options *options)
{
	struct redactor redactor;
	struct rules *rules;

	if (options->redact && !redactor_load_or_say(options, &redactor))
		return EXIT_USAGE;
	if (!rules_load_or_say(options->rules, &rules))
		return EXIT_USAGE;
	rules_describe(rules, stdout);
	rules_remark(rules, stdout);
	printf("rules ");
	for (unsigned i = 0; i < RULES_DIGEST_SIZE; i++)
		printf("%02x", rules_digest(rules)[i]);
	printf("\n");
	rules_free(rules);
	return flushed(EXIT_OK);
}

static enum exit_code print_schema(const struct options *options)
{
	(void)options;
	if (schema_print(stdout) < 0)
		return EXIT_RUNTIME;
	return flushed(EXIT_OK);
}

static enum exit_code print_help(const struct options *options)
{
	(void)options;
	options_help(stdout);
	return flushed(EXIT_OK);
}

const struct command commands[] = {
	{"run", "", "watch this host and report miners", RUN_DETAIL, 0, 0, COMMAND_RUN},
	{"record", "", "watch this host and only record what is seen, for replay",
		"The same as run --record with the alerts thrown away.", 0, 0, COMMAND_RECORD},
	{"replay", "TRACE...", "run recorded traces through the same pipeline, offline",
		"Needs no root, no BPF and not the host the trace comes from. Each trace is a run "
		"of its\n"
		"own, in the order given; alerts go to stdout, byte for byte those of the recorded "
		"run when\n"
		"binary and rules are the same. A damaged trace: its sound part is replayed, exit "
		"code 2.",
		1, 1024, command_replay},
	{"scan", "", "look at what runs now, and say in words whether it mines",
		"Looks for 13 s and prints each suspect with the reasons in the order they "
		"came, "
		"and the\n"
		"score they add up to. Needs root, and no daemon. Exit code 4 when a suspect "
		"reaches "
		"medium.",
		0, 0, COMMAND_SCAN},
	{"check-config", "", "check configuration and rules; say where each list comes from",
		"Takes what run takes, checks it the same way, and opens nothing but file and "
		"rules.",
		0, 0, check_config},
	{"doctor", "",
		"what this kernel and these privileges allow, what is missing, what it costs",
		"Loads and attaches everything for a moment. Exit code 0 when run would start, 3 "
		"when not.",
		0, 0, COMMAND_DOCTOR},
	{"status", "", "ask a running sensor how it is",
		"Lines of `key: value`, or what --live, --ready, --json say. Exit code 3, and one "
		"line\n"
		"why, when no sensor answers within 2 s. Only root, and the user the sensor runs "
		"as,\n"
		"may ask.",
		0, 0, COMMAND_STATUS},
	{"detach", "", "end what a sensor with --pin has left at work in the kernel",
		"Removes the pins; for good, so what happens until the next start is not seen. "
		"Exit code 3\n"
		"when a sensor works with them.",
		0, 0, COMMAND_DETACH},
	{"schema", "", "print the JSON Schema of the alerts", NULL, 0, 0, print_schema},
	{"help", "", "this text", NULL, 0, 0, print_help},
	{0},
};

static const struct command *find_command(const char *name)
{
	for (const struct command *command = commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

/* The command line is read; then the file it names, then the environment. */
static bool complete(const struct command *command, struct options *options)
{
	int (*const load)(struct options * options) = COMMAND_CONFIG;

	if (options->config && !load) {
		log_error("--config: not in this build, which only replays");
		return false;
	}
	if (options->config && load(options) < 0)
		return false;
	return options_environment(command, options) == 0;
}

int main(int argc, char *argv[])
{
	const struct command *command;
	enum exit_code code = EXIT_USAGE;
	struct options options;
	int err, played;

	if (argc < 2) {
		options_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("minerwatch %s\n", MINERWATCH_VERSION);
		return (int)flushed(EXIT_OK);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return (int)print_help(NULL);
	played = COMMAND_CANARY(argc, argv);
	if (played >= 0)
		return played;
	command = find_command(argv[1]);
	if (!command) {
		log_error("%s: no such command; see minerwatch help", argv[1]);
		return EXIT_USAGE;
	}
	if (!command->run) {
		log_error("%s: not in this build, which only replays; use minerwatch itself",
			argv[1]);
		return EXIT_USAGE;
	}
	err = options_parse(command, argc - 2, argv + 2, &options);
	if (err > 0)
		return (int)flushed(EXIT_OK);
	if (err == 0 && complete(command, &options))
		code = command->run(&options);
	options_done(&options);
	return (int)code;
}

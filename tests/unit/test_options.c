/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which command lines are understood, and that help names every option. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"
#include "options.h"

static enum exit_code nothing(const struct options *options)
{
	(void)options;
	return EXIT_OK;
}

/* main.c's table is not linked here. */
const struct command commands[] = {
	{"run", "", "watch", NULL, 0, 0, nothing},
	{"record", "", "write", "More of it.", 0, 0, nothing},
	{"replay", "TRACE...", "play", NULL, 1, 2, nothing},
	{"check-config", "", "check", NULL, 0, 0, nothing},
	{"status", "", "ask", NULL, 0, 0, nothing},
	{"doctor", "", "not in this build", NULL, 0, 0, NULL},
	{0},
};

static const struct command *command_named(const char *name)
{
	for (const struct command *command = commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

/* Arguments separated by blanks; the first is the command. */
static int parse(const char *line, struct options *ret_options)
{
	static char copy[256], *words[16];
	int count = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		words[count++] = strcmp(word, "EMPTY") == 0 ? "" : word;
	words[count] = NULL;
	return options_parse(command_named(words[0]), count - 1, words + 1, ret_options);
}

static const struct {
	const char *line;
	int result;
} rows[] = {
	{"run", 0},
	{"run --rules d --alerts f --record t --for 5 --fail-on high", 0},
	{"run --rules=d --for=5", 0},
	{"run --rules", -EINVAL},
	{"run --rules EMPTY", -EINVAL},
	{"run --rules= x", -EINVAL},
	{"run --rule d", -EINVAL},
	{"run --rulesx d", -EINVAL},
	{"run -o t", -EINVAL},
	{"run --", 0},
	{"run extra", -EINVAL},
	{"run -", -EINVAL},
	{"record -o t --for 1", 0},
	{"record --record t", -EINVAL},
	{"record --fail-on high", -EINVAL},
	{"replay", -EINVAL},
	{"replay a", 0},
	{"replay a b", 0},
	{"replay a b c", -EINVAL},
	{"replay --fail-on medium a", 0},
	{"replay a --fail-on", 0}, /* after the operands nothing is an option */
	{"replay -- --fail-on", 0},
	{"replay -", 0},
	{"replay --for 5 a", -EINVAL},
	{"check-config --rules d", 0},
	{"check-config --rules d --alerts f --record t --record-max 2M --for 5 --fail-on high", 0},
	{"check-config --config f --cluster c --node n --status /s/s", 0},
	{"check-config -o t", -EINVAL},
	{"check-config --fail-on none", -EINVAL},
	{"run --fail-on High", -EINVAL},
	{"run --ring 64K", 0},
	{"record -o t --ring 64MiB", 0},
	{"run --ring 32K", -EINVAL},
	{"run --ring 128M", -EINVAL},
	{"run --ring 96K", -EINVAL},
	{"run --ring 65537", -EINVAL},
	{"replay --ring 64K t", -EINVAL},
	{"run --metrics 127.0.0.1:9440", 0},
	{"run --metrics 0.0.0.0:9440", -EINVAL},
	{"replay --metrics 127.0.0.1:9440 t", -EINVAL},
	{"run --fail-on none", -EINVAL},
	{"run --help", 1},
	{"run -h --nonsense", 1},
	{"run --nonsense --help", -EINVAL},
	{"run --config f --cluster c --node n --status /s/s", 0},
	{"check-config --config f", 0},
	{"record --config f -o t", 0},
	{"run --cluster EMPTY", -EINVAL},
	{"run --node a\tb", -EINVAL},
	{"run --status s", -EINVAL},
	{"run --pin /sys/fs/bpf/m", 0},
	{"run --pin m", -EINVAL},
	{"replay --pin /sys/fs/bpf/m t", -EINVAL},
	{"run --live", -EINVAL},
	{"run --state f", 0},
	{"run --state EMPTY", -EINVAL},
	{"check-config --state f", 0},
	{"record --state f -o t", -EINVAL},
	{"replay --state f a", -EINVAL},
	{"run --redact --redact-key k", 0},
	{"run --alerts - --alerts f --alerts syslog:unix:/dev/log", 0},
	{"run --alerts a --alerts b --alerts a", -EINVAL},
	{"run --alerts - --alerts=-", -EINVAL},
	{"run --alerts EMPTY", -EINVAL},
	{"run --alerts syslog:/dev/log", -EINVAL},
	{"run --alerts 1 --alerts 2 --alerts 3 --alerts 4 --alerts 5 --alerts 6 --alerts 7", 0},
	{"run --redact-key", -EINVAL},
	{"run --redact=k", -EINVAL},
	{"replay --redact a", 0},
	{"replay --redact-key k a", 0},
	{"check-config --redact-key=k", 0},
	{"record --redact -o t", -EINVAL},
	{"run --heartbeat 60", 0},
	{"run --heartbeat 0", 0},
	{"run --heartbeat 1s", -EINVAL},
	{"run --heartbeat -1", -EINVAL},
	{"run --heartbeat 99999999999", -EINVAL},
	{"check-config --heartbeat=60", 0},
	{"record --heartbeat 60 -o t", -EINVAL},
	{"status", 0},
	{"status --status /s/s --live", 0},
	{"status --ready", 0},
	{"status --json", 0},
	{"status --live --ready", -EINVAL},
	{"status --live=true", -EINVAL},
	{"status --live true", -EINVAL},
	{"status --config f", -EINVAL},
};

static void lines(void **state)
{
	struct options options;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (parse(rows[i].line, &options) != rows[i].result)
			fail_msg("%s", rows[i].line);
}

static void numbers(void **state)
{
	static const struct {
		const char *line;
		uint64_t value; /* 0: refused */
	} numbers[] = {
		{"run --for 1", 1},
		{"run --for 31622400", 31622400},
		{"run --for 31622401", 0},
		{"run --for 0", 0},
		{"run --for -1", 0},
		{"run --for +1", 0},
		{"run --for 1s", 0},
		{"run --for 0x10", 0},
		{"run --for 18446744073709551617", 0},
		{"run --record-max 1048576", 1048576},
		{"run --record-max 1048575", 0},
		{"run --record-max 1024K", 1048576},
		{"run --record-max 1M", 1048576},
		{"run --record-max 1MiB", 1048576},
		{"run --record-max 4G", UINT64_C(4) << 30},
		{"run --record-max 4GiB", UINT64_C(4) << 30},
		{"run --record-max 5G", 0},
		{"run --record-max 4294967297", 0},
		{"run --record-max 17179869185G", 0}, /* 1 GiB, shifted out of 64 bits */
		{"run --record-max 1T", 0},
		{"run --record-max 1m", 0},
		{"run --record-max M", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct options options;
		int err = parse(numbers[i].line, &options);
		uint64_t got = options.for_s ? options.for_s : options.record_max;

		if ((err == 0) != (numbers[i].value != 0) || (err == 0 && got != numbers[i].value))
			fail_msg("%s: %d", numbers[i].line, err);
	}
}

static void values(void **state)
{
	struct options options;

	(void)state;
	assert_int_equal(parse("run", &options), 0);
	assert_null(options.rules);
	assert_null(options.record);
	assert_int_equal(options.alerts.count, 0);
	assert_int_equal(options.record_max, UINT64_C(256) << 20);
	assert_int_equal(options.for_s, 0);
	assert_int_equal(options.fail_on, SEVERITY_NONE);
	assert_int_equal(parse("run --rules d --alerts f --record t --fail-on high", &options), 0);
	assert_string_equal(options.rules, "d");
	assert_int_equal(options.alerts.count, 1);
	assert_string_equal(options.alerts.at[0], "f");
	assert_string_equal(options.record, "t");
	assert_int_equal(options.fail_on, SEVERITY_HIGH);
	assert_int_equal(parse("record -o t", &options), 0);
	assert_string_equal(options.record, "t");
	assert_int_equal(parse("replay --rules=a=b x -- y", &options), -EINVAL);
	assert_int_equal(parse("replay --rules=a=b -- x", &options), 0);
	assert_string_equal(options.rules, "a=b");
	assert_int_equal(options.operands_count, 1);
	assert_string_equal(options.operands[0], "x");
	assert_int_equal(parse("run", &options), 0);
	assert_false(options.redact);
	assert_int_equal(parse("run --redact", &options), 0);
	assert_true(options.redact);
	assert_null(options.redact_key);
	assert_int_equal(parse("replay --redact-key k x", &options), 0);
	assert_true(options.redact);
	assert_string_equal(options.redact_key, "k");
	assert_int_equal(parse("status --ready", &options), 0);
	assert_int_equal(options.question, STATUS_READY);
	assert_null(options.status);
}

static void help_names_the_commands(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	options_help(out);
	fclose(out);
	assert_non_null(strstr(text, "\n  check-config"));
	assert_null(strstr(text, "\n  doctor")); /* not in this build */
	assert_non_null(strstr(text, "exit codes:"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(numbers),
		cmocka_unit_test(values),
		cmocka_unit_test(help_names_the_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

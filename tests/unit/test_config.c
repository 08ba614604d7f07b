/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what a configuration file may say, what is refused, and what goes before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "core_fixture.h"

static enum exit_code nothing(const struct options *options)
{
	(void)options;
	return EXIT_OK;
}

/* main.c's table is not linked here. */
const struct command commands[] = {
	{"run", "", "watch", NULL, 0, 0, nothing},
	{"replay", "TRACE...", "play", NULL, 1, 2, nothing},
	{"record", "", "write", NULL, 0, 0, nothing},
	{0},
};

#define FIFTY "123456789-123456789-123456789-123456789-123456789-"
#define LONG_NAME FIFTY FIFTY FIFTY FIFTY FIFTY "123" /* 253: the longest */

/* Text that is refused: where and why, as it is said. */
static const struct {
	const char *text;
	size_t len; /* 0: strlen */
	unsigned line;
	const char *reason; /* the whole of it, or its beginning */
} refused[] = {
	{"nonsense: 1", 0, 1, "nonsense: no such option of run"},
	{"# rules\n\nfor: 5\nrule: /etc\n", 0, 4, "rule: no such option of run"},
	{"--for: 5", 0, 1, "--for: no such option of run"},
	{"o: trace", 0, 1, "o: no such option of run"},
	{"config: other.yaml", 0, 1, "config: no such option of run"},
	{"live: true", 0, 1, "live: no such option of run"},
	{"redact: yes", 0, 1, "redact: expected the option alone, in a file: true"},
	{"redact-key: ''", 0, 1, "redact-key: expected a file's name"},
	{"For: 5", 0, 1, "For: no such option of run"},
	{"<<: 5", 0, 1, "<<: no such option of run"},
	{"? for\n: 5\n? for\n: 5", 0, 4, "for: is there twice"},
	{"for: 5\ncluster: a\nfor: 5\n", 0, 3, "for: is there twice"},
	{"\"for\": 5\nfor: 6\n", 0, 2, "for: is there twice"},
	{"for: soon", 0, 1, "for: expected whole seconds"},
	{"for: 5.0", 0, 1, "for: expected whole seconds"},
	{"for: -5", 0, 1, "for: expected whole seconds"},
	{"for: 1_000", 0, 1, "for: expected whole seconds"},
	{"for: 0o17", 0, 1, "for: expected whole seconds"},
	{"for: true", 0, 1, "for: expected whole seconds"},
	{"record-max: 5T", 0, 1, "record-max: expected a size"},
	{"fail-on: High", 0, 1, "fail-on: expected medium, high or critical"},
	{"status: run/status.sock", 0, 1, "status: expected an absolute path"},
	{"cluster: " LONG_NAME "4", 0, 1, "cluster: expected a name"},
	{"node: \"a\\u202eb\"", 0, 1, "node: expected a name"},
	{"for:", 0, 1, "for: has no value"},
	{"cluster:\nfor: 5\n", 0, 1, "cluster: has no value"},
	{"cluster: ~", 0, 1, "cluster: has no value"},
	{"cluster: null", 0, 1, "cluster: has no value"},
	{"cluster: ''", 0, 1, "cluster: expected a name"},
	{"alerts: []", 0, 1, "alerts: has no value"},
	{"alerts: [a, [b]]", 0, 1, "a value must be a word or a number, not a list or a mapping"},
	{"alerts:\n  - a\n  - b: c\n", 0, 3, "a value must be a word or a number, not a list"},
	{"alerts:\n  - a\n  -\n", 0, 3, "alerts: has no value"},
	{"alerts:\n  - a\n  - a\n", 0, 3, "alerts: expected -, FILE"},
	{"alerts:\n  - a\n  - syslog:tcp:host:514\n", 0, 3, "alerts: expected -, FILE"},
	{"alerts: [1, 2, 3, 4, 5, 6, 7, 8, 9]", 0, 1, "alerts: expected -, FILE"},
	{"alerts: [a]\nalerts: b\n", 0, 2, "alerts: is there twice"},
	{"alerts: a\nalerts: [b]\n", 0, 2, "alerts: is there twice"},
	{"alerts: &x [a]", 0, 1, "anchors are not allowed"},
	{"alerts: !!seq [a]", 0, 1, "tags are not allowed"},
	{"alerts: [*a]", 0, 1, "aliases are not allowed"},
	{"rules: [a, b]", 0, 1, "a value must be a word or a number, not a list or a mapping"},
	{"rules:\n  - a\n", 0, 2, "a value must be a word or a number, not a list or a mapping"},
	{"rules:\n  for: 5\n", 0, 2, "a value must be a word or a number, not a list"},
	{"rules: {for: 5}", 0, 1, "a value must be a word or a number, not a list"},
	{"[for]: 5", 0, 1, "a name must be a word or a number, not a list"},
	{"? {for: 5}\n: 5", 0, 1, "a name must be a word or a number, not a list"},
	{"- for: 5", 0, 1, "expected lines of `name: value`"},
	{"for", 0, 1, "expected lines of `name: value`"},
	{"---\n", 0, 2, "expected lines of `name: value`"},
	{"for: 5\n---\nfor: 6\n", 0, 2, "a second document is not allowed"},
	{"for: 5\n...\n---\n", 0, 3, "a second document is not allowed"},
	{"%YAML 1.1\n---\nfor: 5\n", 0, 1, "directives are not allowed"},
	{"%TAG ! tag:a,2026:\n---\nfor: 5\n", 0, 1, "directives are not allowed"},
	{"&a for: 5", 0, 1, "anchors are not allowed"},
	{"for: &a 5", 0, 1, "anchors are not allowed"},
	{"&a\nfor: 5", 0, 1, "anchors are not allowed"},
	{"for: *a", 0, 1, "aliases are not allowed"},
	{"*a : 5", 0, 1, "aliases are not allowed"},
	{"for: !!int 5", 0, 1, "tags are not allowed"},
	{"for: ! 5", 0, 1, "tags are not allowed"},
	{"!!str for: 5", 0, 1, "tags are not allowed"},
	{"!!map\nfor: 5", 0, 1, "tags are not allowed"},
	{"cluster: \"a\\0b\"", 0, 1, "a value must not hold line breaks or control characters"},
	{"\"for\\0\": 5", 0, 1, "a name must not hold line breaks or control characters"},
	{"rules: \"a\\nb\"", 0, 1, "a value must not hold line breaks"},
	{"rules: |\n  /etc\n", 0, 1, "a value must not hold line breaks"},
	{"rules: \"\\x7f\"", 0, 1, "a value must not hold line breaks"},
	{"for: 5\nrules: a\0b\n", 19, 2, "not YAML: control characters are not allowed"},
	{"for: 5\nrules: \xff\n", 0, 2, "not YAML: "},
	{"\xff\xfe"
	 "f\0o\0r\0",
		8, 1, "not YAML: "}, /* UTF-16 */
	{"for: 5\n\tcluster: a\n", 0, 2, "not YAML: "},
	{"for: 5\ncluster: \"a\n", 0, 3, "not YAML: "},
	{"for 5\ncluster: a\n", 0, 1, "expected lines of `name: value`"},
	{"for: 5: 6\n", 0, 1, "not YAML: "},
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		size_t len = refused[i].len ? refused[i].len : strlen(refused[i].text);
		struct config_problem problem = {0};
		struct options options = {0};
		int err = config_parse(refused[i].text, len, &options, &problem);

		if (err != -EINVAL || problem.line != refused[i].line ||
			strncmp(problem.reason, refused[i].reason, strlen(refused[i].reason)) != 0)
			fail_msg("%s: %d, line %u: %s", refused[i].text, err, problem.line,
				problem.reason);
		options_done(&options);
	}
}

/* A text that is taken, with this value for cluster (NULL: not set). */
static const struct {
	const char *text;
	const char *cluster;
} taken[] = {
	{"", NULL},
	{"# nothing but this\n", NULL},
	{"{}", NULL},
	{"cluster: prod", "prod"},
	{"---\ncluster: prod\n...\n", "prod"},
	{"\xef\xbb\xbf"
	 "cluster: prod\n",
		"prod"}, /* byte order mark */
	{"cluster: prod\r\n", "prod"},
	{"cluster: 'prod'", "prod"},
	{"cluster: \"prod\"  # ours", "prod"},
	{"{cluster: prod}", "prod"},
	{"\"cluster\": prod", "prod"},
	/* The text as it stands: YAML's guesses at types change nothing. */
	{"cluster: no", "no"},
	{"cluster: 007", "007"},
	{"cluster: \"null\"", "null"},
	{"cluster: \"\xc3\xa9\"", "\xc3\xa9"},
	{"cluster: " LONG_NAME, LONG_NAME},
};

static void takes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(taken); i++) {
		struct config_problem problem = {0};
		struct options options = {0};
		int err = config_parse(taken[i].text, strlen(taken[i].text), &options, &problem);

		if (err != 0)
			fail_msg("%s: line %u: %s", taken[i].text, problem.line, problem.reason);
		if (!options.cluster != !taken[i].cluster ||
			(options.cluster && strcmp(options.cluster, taken[i].cluster) != 0))
			fail_msg("%s: %s", taken[i].text, options.cluster);
		options_done(&options);
	}
}

static void sets_all(void **state)
{
	static const char text[] = "rules: /r\nalerts: /a\nrecord: /t\nrecord-max: 2M\nfor: 7\n"
				   "fail-on: high\ncluster: c\nnode: n\nstatus: /s/s\n";
	struct config_problem problem;
	struct options options = {0};

	(void)state;
	assert_int_equal(config_parse(text, strlen(text), &options, &problem), 0);
	assert_string_equal(options.rules, "/r");
	assert_int_equal(options.alerts.count, 1);
	assert_string_equal(options.alerts.at[0], "/a");
	assert_string_equal(options.record, "/t");
	assert_int_equal(options.record_max, 2 << 20);
	assert_int_equal(options.for_s, 7);
	assert_int_equal(options.fail_on, SEVERITY_HIGH);
	assert_string_equal(options.cluster, "c");
	assert_string_equal(options.node, "n");
	assert_string_equal(options.status, "/s/s");
	options_done(&options);
}

/* Command line over file over environment. */
static void precedence(void **state)
{
	static const struct {
		const char *line, *file, *environment;
		const char *node; /* NULL: wrong, and said */
	} rows[] = {
		{NULL, NULL, "env", "env"}, {NULL, "file", "env", "file"},
		{"line", NULL, "env", "line"}, {"line", "file", "env", "line"},
		{"line", "file", NULL, "line"},
		{"line", "\"a\\u202eb\"", NULL, NULL}, /* overruled, and still wrong */
		{"line", NULL, LONG_NAME "4", "line"}, {NULL, NULL, LONG_NAME, LONG_NAME},
		{LONG_NAME, NULL, NULL, LONG_NAME}, {LONG_NAME "4", NULL, NULL, NULL},
		{NULL, NULL, LONG_NAME "4", NULL}, /* cut, it would name another node */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *arguments[] = {(char *)"--node", (char *)rows[i].line, NULL};
		struct config_problem problem;
		struct options options;
		char text[512] = "";
		int err;

		unsetenv("NODE_NAME");
		if (rows[i].environment)
			setenv("NODE_NAME", rows[i].environment, 1);
		if (rows[i].file)
			snprintf(text, sizeof(text), "node: %s", rows[i].file);
		err = options_parse(&commands[0], rows[i].line ? 2 : 0, arguments, &options);
		if (err == 0)
			err = config_parse(text, strlen(text), &options, &problem);
		if (err == 0)
			err = options_environment(&commands[0], &options);
		if ((err == 0) != (rows[i].node != NULL) ||
			(err == 0 && strcmp(options.node, rows[i].node) != 0))
			fail_msg("row %zu: %d, %s", i, err, options.node);
		options_done(&options);
	}
	unsetenv("NODE_NAME");
}

/* The file is one of run's; record's -o goes before what it says of the trace. */
static void a_trace_given_twice(void **state)
{
	static const struct {
		const char *command_line, *record;
	} rows[] = {{"mine", "mine"}, {NULL, "file"}};
	static const char text[] = "record: file\nalerts: a\nfail-on: high\n";

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *arguments[] = {(char *)"-o", (char *)rows[i].command_line, NULL};
		struct config_problem problem;
		struct options options;

		assert_int_equal(options_parse(&commands[2], rows[i].command_line ? 2 : 0,
					 arguments, &options),
			0);
		assert_int_equal(config_parse(text, strlen(text), &options, &problem), 0);
		assert_string_equal(options.record, rows[i].record);
		options_done(&options);
	}
}

/* A list of sinks; the command line's goes before it, and it must be right all the same. */
static void lists(void **state)
{
	static const struct {
		const char *command_line, *text;
		const char *alerts; /* all, with a blank behind each; NULL: refused */
	} rows[] = {
		{NULL, "alerts: a", "a "},
		{NULL, "alerts: [a, '-', \"unix:/s\"]", "a - unix:/s "},
		{NULL, "alerts:\n  - syslog:tcp:[::1]:514\n  - fifo:x\n",
			"syslog:tcp:[::1]:514 fifo:x "},
		{NULL, "alerts: [1, 2, 3, 4, 5, 6, 7, 8]", "1 2 3 4 5 6 7 8 "},
		{"mine", "alerts: [a, mine, b]", "mine "},
		{"mine", "alerts: [1, 2, 3, 4, 5, 6, 7, 8]", "mine "},
		{"mine", "alerts: [a, a]", NULL},
		{"mine", "alerts: [1, 2, 3, 4, 5, 6, 7, 8, 9]", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *arguments[] = {(char *)"--alerts", (char *)rows[i].command_line, NULL};
		struct config_problem problem;
		struct options options;
		char got[256] = "";
		int err;

		assert_int_equal(options_parse(&commands[0], rows[i].command_line ? 2 : 0,
					 arguments, &options),
			0);
		err = config_parse(rows[i].text, strlen(rows[i].text), &options, &problem);
		for (unsigned at = 0; at < options.alerts.count; at++) {
			strcat(got, options.alerts.at[at]);
			strcat(got, " ");
		}
		if ((err == 0) != (rows[i].alerts != NULL) ||
			(err == 0 && strcmp(got, rows[i].alerts) != 0))
			fail_msg("%s: %d, %s", rows[i].text, err, got);
		options_done(&options);
	}
}

static void environment_of_other_commands(void **state)
{
	struct options options = {0};

	(void)state;
	setenv("NODE_NAME", "node", 1);
	assert_int_equal(options_environment(&commands[1], &options), 0);
	assert_null(options.node);
	setenv("NODE_NAME", "", 1);
	assert_int_equal(options_environment(&commands[0], &options), 0);
	assert_null(options.node);
	unsetenv("NODE_NAME");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(takes),
		cmocka_unit_test(sets_all),
		cmocka_unit_test(precedence),
		cmocka_unit_test(a_trace_given_twice),
		cmocka_unit_test(lists),
		cmocka_unit_test(environment_of_other_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Shows a trace as JSON lines, makes one from them, or keeps one cgroup's part of it. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cgroup_keep.h"
#include "record_json.h"
#include "sources/record.h"
#include "sources/trace.h"

enum { EXIT_OK, EXIT_RUNTIME, EXIT_DAMAGED_OR_USAGE }; /* minerwatch's own */

#define LINE_MAX_BYTES                                                            \
	(256 * 1024) /* a record of 8 KiB, each byte escaped twice over, and room \
		      */

static const char help[] =
	"usage: tracecat TRACE                  write TRACE to stdout, one JSON object a record\n"
	"       tracecat --from-json OUT        make the trace OUT of such lines from stdin\n"
	"       tracecat --cgroup ID TRACE OUT  copy the records of cgroup ID, and those that "
	"belong\n"
	"                                       to no cgroup (host, wall, tick, counters, "
	"degraded,\n"
	"                                       end), into the trace OUT\n"
	"       tracecat --help                 this text\n"
	"\n"
	"Made back from its lines, a record is the same byte for byte. Where text is not clean "
	"UTF-8,\n"
	"NAME_hex stands beside NAME and counts. A record that does not follow the layout of its\n"
	"type, or is of no known type, is {\"type\":TYPE,\"hex\":BYTES}. Numbers above 2^63-1 are\n"
	"decimal strings; size is computed; a field left out is 0 or empty. An existing OUT is\n"
	"overwritten only where it is a trace of yours.\n"
	"\n"
	"Exit: 0 done; 1 reading or writing failed; 2 usage, damaged trace (its sound part is "
	"done\n"
	"all the same), or a line that is no record.\n";

static int error_code(int err)
{
	return err ? EXIT_RUNTIME : EXIT_OK;
}

static int complain(const char *path, int err)
{
	fprintf(stderr, "tracecat: %s: %s\n", path, strerror(-err));
	return EXIT_RUNTIME;
}

static int print_record(void *context, void *data, size_t len)
{
	json_t *object = record_to_json(data, len);
	int err;

	(void)context;
	if (!object)
		return -ENOMEM;
	err = json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(object);
	return err || putchar('\n') == EOF ? -EIO : 0;
}

struct cgroup_copy {
	uint64_t cgroup_id;
	struct record *out;
};

static int copy_record(void *context, void *data, size_t len)
{
	const struct cgroup_copy *copy = context;

	if (!cgroup_keeps(copy->cgroup_id, data, len))
		return 0;
	return record_write(copy->out, data, len);
}

/* Feeds the whole trace to out and says what is wrong with it. */
static int read_trace(const char *path, const struct record_out *out)
{
	const struct trace_problem *problem;
	struct trace *trace;
	int err = trace_open(path, &trace);
	int code = EXIT_OK;

	if (err)
		return complain(path, err);
	if (trace_partial(trace))
		fprintf(stderr, "tracecat: %s: partial: its first %" PRIu64 " blocks are lost\n",
			path, trace_blocks_lost(trace));
	err = trace_feed(trace, out);
	problem = trace_problem(trace);
	if (problem) {
		fprintf(stderr, "tracecat: %s: at byte %" PRIu64 ": %s\n", path, problem->offset,
			problem->reason);
		code = EXIT_DAMAGED_OR_USAGE;
	}
	if (err && err != -EBADMSG)
		code = complain(path, err);
	trace_free(trace);
	return code;
}

static int show(char **arguments)
{
	struct record_out out = {.feed = print_record};
	int code = read_trace(arguments[0], &out);

	return fflush(stdout) == EOF && code == EXIT_OK ? complain("stdout", -errno) : code;
}

/* Opening OUT empties it: it must not be the trace that is still to be read. */
static bool same_file(const char *path, const char *other)
{
	struct stat a, b;

	return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static int keep_cgroup(char **arguments)
{
	struct cgroup_copy copy;
	struct record_out out = {.feed = copy_record, .context = &copy};
	int code, err;
	char *end;

	errno = 0;
	copy.cgroup_id = strtoull(arguments[0], &end, 10);
	if (errno || *end || *arguments[0] < '0' || *arguments[0] > '9') {
		fprintf(stderr, "tracecat: %s: not a cgroup id\n", arguments[0]);
		return EXIT_DAMAGED_OR_USAGE;
	}
	if (same_file(arguments[1], arguments[2])) {
		fprintf(stderr, "tracecat: %s: is TRACE itself\n", arguments[2]);
		return EXIT_DAMAGED_OR_USAGE;
	}
	err = record_open(arguments[2], RECORD_MAX_LARGEST, &copy.out);
	if (err)
		return complain(arguments[2], err);
	code = read_trace(arguments[1], &out);
	err = record_close(copy.out);
	if (err)
		complain(arguments[2], err);
	return code ? code : error_code(err);
}

/* One line of JSON -> one record into the trace. */
static int convert_line(const char *line, unsigned long number, struct record *out)
{
	char data[EVENT_RECORD_MAX];
	const char *key = NULL;
	json_error_t problem;
	json_t *object;
	size_t len;
	int err;

	object = json_loads(line, JSON_REJECT_DUPLICATES, &problem);
	if (!json_is_object(object)) {
		fprintf(stderr, "tracecat: line %lu: %s\n", number,
			object ? "not an object" : problem.text);
		json_decref(object);
		return EXIT_DAMAGED_OR_USAGE;
	}
	err = record_from_json(object, data, &len, &key);
	if (err)
		fprintf(stderr, "tracecat: line %lu: %s: unknown, or not what it can be\n", number,
			key);
	json_decref(object);
	if (err)
		return EXIT_DAMAGED_OR_USAGE;
	err = record_write(out, data, len);
	return err ? complain("writing the trace", err) : EXIT_OK;
}

static int convert_lines(struct record *out)
{
	static char line[LINE_MAX_BYTES];
	unsigned long number = 0;
	int code = EXIT_OK;

	while (!code && fgets(line, sizeof(line), stdin)) {
		number++;
		if (!strchr(line, '\n') && strlen(line) + 1 == sizeof(line)) {
			fprintf(stderr, "tracecat: line %lu: too long\n", number);
			return EXIT_DAMAGED_OR_USAGE;
		}
		code = convert_line(line, number, out);
	}
	return !code && ferror(stdin) ? complain("stdin", -errno) : code;
}

static int from_json(char **arguments)
{
	struct record *out;
	int code, err = record_open(arguments[0], RECORD_MAX_LARGEST, &out);

	if (err)
		return complain(arguments[0], err);
	code = convert_lines(out);
	err = record_close(out);
	if (err)
		complain(arguments[0], err);
	return code ? code : error_code(err);
}

static int show_help(char **arguments)
{
	(void)arguments;
	fputs(help, stdout);
	return fflush(stdout) == EOF ? EXIT_RUNTIME : EXIT_OK;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *option;
		int operands;
		int (*run)(char **arguments);
	} modes[] = {
		{"--help", 0, show_help},
		{"--from-json", 1, from_json},
		{"--cgroup", 3, keep_cgroup},
	};

	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!strcmp(argv[1], modes[i].option) && argc == 2 + modes[i].operands)
			return modes[i].run(argv + 2);
	}
	if (argc == 2 && argv[1][0] != '-')
		return show(argv + 1);
	fputs(help, stderr);
	return EXIT_DAMAGED_OR_USAGE;
}

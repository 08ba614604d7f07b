/* SPDX-License-Identifier: Apache-2.0 */
/* `minerwatch status`: asks a running sensor how it is, for people and for probes. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "log.h"
#include "status.h"
#include "status_socket.h"

#define ANSWER_WITHIN_MS 2000

static void say_why(const char *path, int err)
{
	switch (err) {
	case -ENOENT:
	case -ECONNREFUSED:
		log_error("%s: no sensor listens there; start it with --status %s", path, path);
		break;
	case -EACCES:
		log_error("%s: only root, and the user the sensor runs as, may ask", path);
		break;
	case -EPERM:
		log_error("%s: whoever listens there is neither root nor you", path);
		break;
	case -ETIME:
		log_error("%s: no answer within %d s", path, ANSWER_WITHIN_MS / 1000);
		break;
	case -EPROTO:
		log_error("%s: the answer is no status of a sensor", path);
		break;
	default:
		log_error("%s: %s", path, strerror(-err));
	}
}

static void print_value(const char *name, const char *member, const json_t *value)
{
	printf("%s%s%s: ", name, member ? "." : "", member ? member : "");
	if (json_is_string(value))
		puts(json_string_value(value));
	else if (json_is_boolean(value))
		puts(json_is_true(value) ? "yes" : "no");
	else
		printf("%" JSON_INTEGER_FORMAT "\n", json_integer_value(value));
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "?";
}

/* What is missing, a line each. */
static void print_degraded(const char *name, const json_t *rows)
{
	const json_t *row;
	size_t i;

	if (json_array_size(rows) == 0)
		printf("%s: nothing\n", name);
	json_array_foreach(rows, i, row)
		printf("%s: %s: %s\n", name, text_of(row, "what"), text_of(row, "why"));
}

static long long count_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* Where alerts go, a line each. */
static void print_sinks(const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		printf("sink %s: queued %lld, written %lld, lost %lld\n", text_of(row, "name"),
			count_of(row, "queued"), count_of(row, "written"), count_of(row, "lost"));
}

/* "key: value" lines; what is inside an object as "key.member: value". */
static void print_readable(json_t *status)
{
	const char *key, *member;
	json_t *value, *inner;

	json_object_foreach(status, key, value)
	{
		if (json_is_object(value)) {
			json_object_foreach(value, member, inner) print_value(key, member, inner);
		} else if (strcmp(key, "sinks") == 0) {
			print_sinks(value);
		} else if (json_is_array(value)) {
			print_degraded(key, value);
		} else {
			print_value(key, NULL, value);
		}
	}
}

/* NULL when it is none. */
static json_t *parse(const char *line, size_t len)
{
	json_t *status = json_loadb(line, len, 0, NULL);
	const char *schema = json_string_value(json_object_get(status, "schema"));

	if (schema && strcmp(schema, STATUS_SCHEMA) == 0)
		return status;
	json_decref(status);
	return NULL;
}

static enum exit_code report(
	json_t *status, const char *line, size_t len, enum status_question question)
{
	if (question == STATUS_READY && !json_is_true(json_object_get(status, "ready"))) {
		log_error("the sensor runs, but is not ready yet");
		return EXIT_ENVIRONMENT;
	}
	if (question == STATUS_JSON)
		fwrite(line, 1, len, stdout);
	if (question == STATUS_READABLE)
		print_readable(status);
	if (fflush(stdout) == 0)
		return EXIT_OK;
	log_error("stdout: %s", strerror(errno));
	return EXIT_RUNTIME;
}

enum exit_code command_status(const struct options *options)
{
	const char *path = options->status ? options->status : STATUS_PATH;
	char line[STATUS_LINE_MAX];
	int len = status_socket_ask(path, ANSWER_WITHIN_MS, line, sizeof(line));
	json_t *status = len < 0 ? NULL : parse(line, (size_t)len);
	enum exit_code code;

	if (!status) {
		say_why(path, len < 0 ? len : -EPROTO);
		return EXIT_ENVIRONMENT;
	}
	code = report(status, line, (size_t)len, options->question);
	json_decref(status);
	return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file: options of `run`, one `name: value` a line, in a small part of YAML. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "log.h"
#include "util/trusted_file.h"

#define KEY_SHOWN 64 /* of a name nobody knows */

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the last one taken */
	struct options *options;
	struct config_problem *problem;
	const char *text;
	size_t len;
};

static int problem(struct reader *reader, size_t line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int problem(struct reader *reader, size_t line, const char *format, ...)
{
	va_list args;

	reader->problem->line = (unsigned)line;
	va_start(args, format);
	vsnprintf(reader->problem->reason, sizeof(reader->problem->reason), format, args);
	va_end(args);
	return -EINVAL;
}

static size_t line_of_byte(const struct reader *reader, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset && i < reader->len; i++)
		line += reader->text[i] == '\n';
	return line;
}

static size_t line_of_event(const struct reader *reader)
{
	return reader->event.start_mark.line + 1;
}

/* Takes the next event; the one before is gone. */
static int next(struct reader *reader)
{
	yaml_parser_t *parser = &reader->parser;

	yaml_event_delete(&reader->event);
	if (yaml_parser_parse(parser, &reader->event))
		return 0;
	memset(&reader->event, 0, sizeof(reader->event));
	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	return problem(reader,
		parser->error == YAML_READER_ERROR ? line_of_byte(reader, parser->problem_offset)
						   : parser->problem_mark.line + 1,
		"not YAML: %s", parser->problem ? parser->problem : "unknown reason");
}

/* Anchors, aliases and tags let a short file say much; nothing here needs them. */
static int check_plain(struct reader *reader, const unsigned char *anchor, const unsigned char *tag)
{
	if (anchor)
		return problem(reader, line_of_event(reader), "anchors are not allowed");
	if (tag)
		return problem(reader, line_of_event(reader), "tags are not allowed");
	return 0;
}

/* The event must be a scalar of ordinary characters. what: "a name", "a value". */
static int check_scalar(struct reader *reader, const char *what)
{
	const yaml_event_t *event = &reader->event;
	int err;

	if (event->type == YAML_ALIAS_EVENT)
		return problem(reader, line_of_event(reader), "aliases are not allowed");
	if (event->type != YAML_SCALAR_EVENT)
		return problem(reader, line_of_event(reader),
			"%s must be a word or a number, not a list or a mapping", what);
	err = check_plain(reader, event->data.scalar.anchor, event->data.scalar.tag);
	for (size_t i = 0; err == 0 && i < event->data.scalar.length; i++)
		if (event->data.scalar.value[i] < ' ' || event->data.scalar.value[i] == 0x7f)
			err = problem(reader, line_of_event(reader),
				"%s must not hold line breaks or control characters", what);
	return err;
}

/* `name:` alone, or one of YAML's words for nothing, not quoted. */
static bool is_null(const yaml_event_t *event)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};

	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp((const char *)event->data.scalar.value, words[i]) == 0)
			return true;
	return false;
}

/* The value's event is at hand. more: not the first of a list. */
static int set(struct reader *reader, const char *key, bool more)
{
	const char *value = (const char *)reader->event.data.scalar.value, *expected = NULL;
	size_t line = line_of_event(reader);
	int err;

	if (is_null(&reader->event))
		return problem(reader, line, "%.*s: has no value", KEY_SHOWN, key);
	err = options_set(reader->options, key, value, more, &expected);
	if (err == -ENOENT)
		return problem(reader, line, "%.*s: no such option of run", KEY_SHOWN, key);
	if (err == -EEXIST)
		return problem(reader, line, "%s: is there twice", key);
	if (err == -EINVAL)
		return problem(reader, line, "%s: expected %s", key, expected);
	return err;
}

/* The list's beginning is at hand. */
static int read_list(struct reader *reader, const char *key)
{
	const yaml_event_t *event = &reader->event;
	size_t line = line_of_event(reader);
	unsigned count = 0;
	int err = check_plain(
		reader, event->data.sequence_start.anchor, event->data.sequence_start.tag);

	if (err == 0)
		err = next(reader);
	while (err == 0 && event->type != YAML_SEQUENCE_END_EVENT) {
		err = check_scalar(reader, "a value");
		if (err == 0)
			err = set(reader, key, count++ > 0);
		if (err == 0)
			err = next(reader);
	}
	if (err == 0 && count == 0)
		err = problem(reader, line, "%s: has no value", key);
	return err;
}

static int read_value(struct reader *reader, const char *key)
{
	int err = next(reader);

	if (err == 0 && reader->event.type == YAML_SEQUENCE_START_EVENT && options_is_list(key))
		return read_list(reader, key);
	if (err == 0)
		err = check_scalar(reader, "a value");
	return err == 0 ? set(reader, key, false) : err;
}

/* One name and its value. *ret_end: the mapping has ended instead. */
static int read_pair(struct reader *reader, bool *ret_end)
{
	char *key;
	int err = next(reader);

	*ret_end = err == 0 && reader->event.type == YAML_MAPPING_END_EVENT;
	if (err < 0 || *ret_end)
		return err;
	err = check_scalar(reader, "a name");
	if (err < 0)
		return err;
	key = strdup((const char *)reader->event.data.scalar.value);
	if (!key)
		return -ENOMEM;
	err = read_value(reader, key);
	free(key);
	return err;
}

static int read_mapping(struct reader *reader)
{
	const yaml_event_t *event = &reader->event;
	bool end = false;
	int err = next(reader);

	if (err == 0 && event->type != YAML_MAPPING_START_EVENT)
		return problem(reader, line_of_event(reader), "expected lines of `name: value`");
	if (err == 0)
		err = check_plain(
			reader, event->data.mapping_start.anchor, event->data.mapping_start.tag);
	while (err == 0 && !end)
		err = read_pair(reader, &end);
	return err;
}

static int read_stream(struct reader *reader)
{
	const yaml_event_t *event = &reader->event;
	int err = next(reader); /* STREAM-START */

	if (err == 0)
		err = next(reader);
	if (err < 0 || event->type == YAML_STREAM_END_EVENT)
		return err; /* nothing but comments sets nothing */
	if (event->data.document_start.version_directive ||
		event->data.document_start.tag_directives.start !=
			event->data.document_start.tag_directives.end)
		return problem(reader, line_of_event(reader), "directives are not allowed");
	err = read_mapping(reader);
	if (err == 0)
		err = next(reader); /* DOCUMENT-END */
	if (err == 0)
		err = next(reader);
	if (err == 0 && event->type != YAML_STREAM_END_EVENT)
		return problem(reader, line_of_event(reader), "a second document is not allowed");
	return err;
}

int config_parse(
	const char *text, size_t len, struct options *options, struct config_problem *ret_problem)
{
	struct reader reader = {
		.options = options, .problem = ret_problem, .text = text, .len = len};
	int err;

	if (!yaml_parser_initialize(&reader.parser))
		return -ENOMEM;
	/* Without this a byte order mark would choose UTF-16. */
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, len);
	err = read_stream(&reader);
	yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	return err;
}

int config_load(struct options *options)
{
	struct config_problem problem = {0};
	const char *path = options->config, *refusal;
	char *text = NULL;
	size_t len;
	int err = trusted_file_read(path, CONFIG_FILE_MAX, &text, &len, &refusal);

	if (err < 0) {
		log_error("%s: %s", path, refusal ? refusal : strerror(-err));
		return err;
	}
	err = config_parse(text, len, options, &problem);
	if (err == -EINVAL)
		log_error("%s:%u: %s", path, problem.line, problem.reason);
	else if (err < 0)
		log_error("%s: %s", path, strerror(-err));
	free(text);
	return err;
}

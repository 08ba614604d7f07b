// SPDX-License-Identifier: Apache-2.0
/* Cuts the bytes of a rules file into rows of fields and tells what is wrong with them. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "rules_private.h"

#define BLANKS " \t"

void rules_text_print(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(*text >= 0x20 && *text < 0x7f ? *text : '?', out);
}

void rules_problem(const struct rules_place *place, const char *format, ...)
{
	FILE *out = place->problems->out;
	char text[512];
	va_list arguments;

	if (++place->problems->count > RULES_PROBLEMS_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	rules_text_print(out, place->file->directory ? place->file->directory : "embedded");
	if (place->file->name) {
		fputc('/', out);
		rules_text_print(out, place->file->name);
	}
	if (place->line)
		fprintf(out, ":%u", place->line);
	fputs(": ", out);
	rules_text_print(out, text);
	fputc('\n', out);
}

int rules_refuse(const struct rules_place *place, const char *what, const char *word)
{
	rules_problem(place, "%s: %.64s", what, word);
	return -EINVAL;
}

bool rules_number(const char *text, uint64_t highest, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t len = strspn(text, "0123456789");

	/* 18 digits cannot overflow. */
	if (len == 0 || len > 18 || text[len])
		return false;
	for (; *text; text++)
		number = number * 10 + (uint64_t)(*text - '0');
	if (number > highest)
		return false;
	*ret_number = number;
	return true;
}

/* No byte that could end a string early or steer a terminal gets past here. */
static bool bytes_ok(const struct rules_place *place, const char *line, size_t len)
{
	if (len > RULES_LINE_MAX) {
		rules_problem(place, "line is longer than %d bytes", RULES_LINE_MAX);
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)line[i];

		if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
			rules_problem(place, "control character 0x%02x in byte %zu", byte, i + 1);
			return false;
		}
	}
	return true;
}

/* line is a string. Fields end at "#" or at "|", behind which the source stands. */
static int fields_cut(const struct rules_place *place, char *line, struct rules_row *row)
{
	char *rest = line;
	char *field;

	row->count = 0;
	row->source = NULL;
	while ((field = strtok_r(NULL, BLANKS, &rest))) {
		if (*field == '#')
			return 0;
		if (*field == '|')
			break;
		if (row->count == RULES_FIELDS_MAX) {
			rules_problem(place, "more than %d fields", RULES_FIELDS_MAX);
			return -EINVAL;
		}
		row->fields[row->count++] = field;
	}
	if (!field)
		return 0;
	if (field[1] || !rest[strspn(rest, BLANKS)]) {
		rules_problem(place, "\"|\" stands alone and the source follows it");
		return -EINVAL;
	}
	if (row->count == 0) {
		rules_problem(place, "a source without an indicator");
		return -EINVAL;
	}
	row->source = rest + strspn(rest, BLANKS);
	return 0;
}

/* Cuts place->file into strings. Returns 0 with or without problems told, -EINVAL where the lists
 * are too long, or -ENOMEM. */
int rules_read(const struct rules_place *file, const struct rules_kind *kind, size_t *rows)
{
	struct rules_place place = *file;
	struct rules *rules = place.rules;
	char *line = file->file->data;
	char *end = line + file->file->len;
	struct rules_row row;

	rules->list_bytes += file->file->len;
	if (rules->list_bytes > RULES_LISTS_MAX) {
		rules_problem(&place, "more than %u bytes in all lists together", RULES_LISTS_MAX);
		return -EINVAL;
	}
	for (char *next; line < end; line = next) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((stop ? stop : end) - line);

		next = stop ? stop + 1 : end;
		place.line++;
		if (len > 0 && line[len - 1] == '\r')
			len--;
		if (!bytes_ok(&place, line, len))
			continue;
		line[len] = '\0'; /* data has a byte more than len */
		if (fields_cut(&place, line, &row) || row.count == 0)
			continue;
		if (++rules->list_rows > RULES_ROWS_MAX) {
			rules_problem(&place,
				"more than %d rows in all lists together, those of "
				"digests aside",
				RULES_ROWS_MAX);
			return -EINVAL;
		}
		++*rows;
		if (kind->row(&place, &row) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

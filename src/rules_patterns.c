// SPDX-License-Identifier: Apache-2.0
/* Checks, keeps and finds the rows of patterns.list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules_private.h"
#include "util/span.h"

#define NAME_LONGEST 48
#define BYTES_LEAST 6 /* fewer stand in many a file by chance */
#define BYTES_MOST 64

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool hex_byte(const char *text, char *ret_byte)
{
	int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

	if (low < 0)
		return false;
	*ret_byte = (char)(high << 4 | low);
	return true;
}

/* "hex:" and digits, or text with \xHH and \\. Unescapes in place: it only gets shorter. */
static bool unescape(char *text, struct span *ret_bytes)
{
	bool hex = strncmp(text, "hex:", 4) == 0;
	char *from = text + (hex ? 4 : 0), *to = text;

	while (*from) {
		if (hex) {
			if (!hex_byte(from, to++))
				return false;
			from += 2;
		} else if (*from != '\\') {
			*to++ = *from++;
		} else if (from[1] == '\\') {
			*to++ = '\\';
			from += 2;
		} else {
			if (from[1] != 'x' || !hex_byte(from + 2, to++))
				return false;
			from += 4;
		}
	}
	*ret_bytes = (struct span){text, (size_t)(to - text)};
	return ret_bytes->len >= BYTES_LEAST && ret_bytes->len <= BYTES_MOST;
}

int rules_row_pattern(const struct rules_place *place, const struct rules_row *row)
{
	static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	struct rules *rules = place->rules;
	struct rules_pattern pattern = {0}, *patterns;

	if (row->count != 3) {
		rules_problem(place, "not NAME strong|medium|randomx PATTERN");
		return -EINVAL;
	}
	pattern.file = place->file;
	pattern.line = place->line;
	pattern.name = span_of(row->fields[0]);
	if (pattern.name.len > NAME_LONGEST || row->fields[0][strspn(row->fields[0], name_bytes)])
		return rules_refuse(place, "not a name of at most 48 of a-z 0-9 -", row->fields[0]);
	if (strcmp(row->fields[1], "strong") == 0)
		pattern.strength = PATTERN_STRONG;
	else if (strcmp(row->fields[1], "medium") == 0)
		pattern.strength = PATTERN_MEDIUM;
	else if (strcmp(row->fields[1], "randomx") == 0)
		pattern.strength = PATTERN_RANDOMX;
	else
		return rules_refuse(place, "not strong, medium or randomx", row->fields[1]);
	if (!unescape(row->fields[2], &pattern.bytes)) {
		rules_problem(
			place, "not 6 to 64 bytes as text with \\xHH and \\\\, nor hex:DIGITS");
		return -EINVAL;
	}
	patterns = rules_grow(rules->patterns, rules->patterns_count, &rules->patterns_capacity,
		sizeof(*patterns));
	if (!patterns)
		return -ENOMEM;
	rules->patterns = patterns;
	patterns[rules->patterns_count++] = pattern;
	return 0;
}

/* The file and the line too, so that the later of two rows is the one complained about. */
static int pattern_compare(const void *left, const void *right)
{
	const struct rules_pattern *a = left, *b = right;
	int order = strcmp(a->name.data, b->name.data);

	if (!order)
		order = (a->file > b->file) - (a->file < b->file);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* The same row in the list and its extension does no harm. */
void rules_patterns_sort(struct rules *rules, struct rules_problems *problems)
{
	size_t kept = 0;

	if (rules->patterns_count)
		qsort(rules->patterns, rules->patterns_count, sizeof(*rules->patterns),
			pattern_compare);
	for (size_t i = 0; i < rules->patterns_count; i++) {
		const struct rules_pattern *last = kept ? &rules->patterns[kept - 1] : NULL;
		const struct rules_pattern *next = &rules->patterns[i];
		struct rules_place place = {
			.problems = problems, .file = next->file, .line = next->line};

		if (!last || !span_equal(last->name, next->name))
			rules->patterns[kept++] = *next;
		else if (!span_equal(last->bytes, next->bytes) || last->strength != next->strength)
			rules_problem(&place, "%s is another pattern in line %u of %s",
				next->name.data, last->line, last->file->name);
	}
	rules->repeated[KIND_PATTERNS] = rules->patterns_count - kept;
	rules->patterns_count = kept;
}

const struct rules_pattern *rules_patterns(const struct rules *rules, size_t *ret_count)
{
	*ret_count = rules->patterns_count;
	return rules->patterns;
}

enum pattern_strength rules_pattern_strength(const struct rules *rules, struct span name)
{
	size_t low = 0, high = rules->patterns_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct span at = rules->patterns[middle].name;
		size_t len = at.len < name.len ? at.len : name.len;
		int order = len ? memcmp(at.data, name.data, len) : 0;

		if (order == 0 && at.len == name.len)
			return rules->patterns[middle].strength;
		if (order < 0 || (order == 0 && at.len < name.len))
			low = middle + 1;
		else
			high = middle;
	}
	return PATTERN_NONE;
}

// SPDX-License-Identifier: Apache-2.0
/* Checks and keeps the rows of options.list, schemes.list, names.list and ports.list. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules_private.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define ARRAY_FIRST 64
#define OPTION_LONGEST 64

/* Returns items, moved where that was needed, with room for one more, or NULL. */
void *rules_grow(void *items, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : ARRAY_FIRST;
	void *grown;

	if (count < *capacity)
		return items;
	grown = reallocarray(items, wanted, size);
	if (grown)
		*capacity = wanted;
	return grown;
}

int rules_strings_add(struct rules_strings *strings, const char *text)
{
	struct span *items;

	items = rules_grow(strings->items, strings->count, &strings->capacity, sizeof(*items));
	if (!items)
		return -ENOMEM;
	strings->items = items;
	items[strings->count++] = (struct span){text, strlen(text)};
	return 0;
}

static int fields_count(
	const struct rules_place *place, const struct rules_row *row, unsigned count)
{
	if (row->count == count)
		return 0;
	rules_problem(place, "%u fields instead of %u", row->count, count);
	return -EINVAL;
}

static bool option_ok(const char *element)
{
	size_t len = strlen(element);
	size_t dashes = strspn(element, "-");

	return (dashes == 1 || dashes == 2) && len > dashes && len <= OPTION_LONGEST &&
	       !element[strspn(element, LOWER UPPER DIGITS "._-")];
}

static int word_number(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

int rules_row_option(const struct rules_place *place, const struct rules_row *row)
{
	static const char *const classes[] = {"generic", "weak", "medium", "strong", NULL};
	static const char *const arguments[] = {
		"none", "required", "optional", "endpoint", "login", NULL};
	struct rules *rules = place->rules;
	struct rules_option *options;
	int class, argument;

	if (fields_count(place, row, 3))
		return -EINVAL;
	class = word_number(classes, row->fields[1]);
	argument = word_number(arguments, row->fields[2]);
	if (!option_ok(row->fields[0]))
		return rules_refuse(place, "not an option", row->fields[0]);
	if (class < 0)
		return rules_refuse(place, "not generic, weak, medium or strong", row->fields[1]);
	if (argument < 0)
		return rules_refuse(
			place, "not none, required, optional, endpoint or login", row->fields[2]);
	options = rules_grow(
		rules->options, rules->options_count, &rules->options_capacity, sizeof(*options));
	if (!options)
		return -ENOMEM;
	rules->options = options;
	options[rules->options_count++] = (struct rules_option){
		.element = {row->fields[0], strlen(row->fields[0])},
		.class = OPTION_GENERIC + (unsigned)class,
		.takes_value = argument == 1 || argument >= 3,
		.takes_equals = argument != 0,
		.value = argument >= 3 ? OPTION_VALUE_ENDPOINT + (unsigned)argument - 3
				       : OPTION_VALUE_OTHER,
		.line = place->line,
		.file = place->file,
	};
	return 0;
}

int rules_row_scheme(const struct rules_place *place, const struct rules_row *row)
{
	const char *scheme = row->fields[0];
	size_t word = strspn(scheme, LOWER DIGITS "+.-");

	if (fields_count(place, row, 1))
		return -EINVAL;
	if (word == 0 || word > RULES_SCHEME_MAX || strcmp(scheme + word, "://") != 0)
		return rules_refuse(place, "not a scheme in lower case with \"://\"", scheme);
	return rules_strings_add(&place->rules->schemes, scheme);
}

int rules_row_name(const struct rules_place *place, const struct rules_row *row)
{
	char *name = row->fields[0];
	const char *star = strchr(name, '*');

	if (fields_count(place, row, 1))
		return -EINVAL;
	if (strchr(name, '/') || strlen(name) > RULES_NAME_MAX)
		return rules_refuse(place, "not a file name without its directory", name);
	if (star && (star == name || star[-1] != '-' || star[1]))
		return rules_refuse(place, "a * that does not end the name behind a dash", name);
	for (char *letter = name; *letter; letter++)
		*letter = (char)tolower((unsigned char)*letter);
	return rules_strings_add(&place->rules->names, name);
}

int rules_row_port(const struct rules_place *place, const struct rules_row *row)
{
	uint64_t low, high, fresh = 0;
	char *dash;

	if (fields_count(place, row, 1))
		return -EINVAL;
	dash = strchr(row->fields[0], '-');
	if (dash)
		*dash = '\0';
	if (!rules_number(row->fields[0], UINT16_MAX, &low) || low == 0 ||
		!rules_number(dash ? dash + 1 : row->fields[0], UINT16_MAX, &high) || high < low) {
		rules_problem(place, "not a port, 1 to 65535, nor LOW-HIGH");
		return -EINVAL;
	}
	/* Whole words: a list of wide ranges must not hold up the loop that reads it. */
	for (uint64_t word = low / 64; word <= high / 64; word++) {
		uint64_t bits = UINT64_MAX;

		if (word == low / 64)
			bits &= UINT64_MAX << low % 64;
		if (word == high / 64)
			bits &= UINT64_MAX >> (63 - high % 64);
		fresh |= bits & ~place->rules->ports[word];
		place->rules->ports[word] |= bits;
	}
	place->rules->repeated[KIND_PORTS] += !fresh;
	return 0;
}

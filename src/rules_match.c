// SPDX-License-Identifier: Apache-2.0
/* Look-ups in the loaded lists: sorted once, then searched by halves. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "rules_private.h"

static int span_compare(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.data, b.data, len) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int string_compare(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* The file and the line too, so that the later of two rows is the one complained about. */
static int option_compare(const void *left, const void *right)
{
	const struct rules_option *a = left, *b = right;
	int order = span_compare(a->element, b->element);

	if (!order)
		order = (a->file > b->file) - (a->file < b->file);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

static int option_find(const void *key, const void *item)
{
	return span_compare(
		*(const struct span *)key, ((const struct rules_option *)item)->element);
}

static int address_compare(const void *left, const void *right)
{
	const struct rules_address *a = left, *b = right;
	int order = (a->prefix > b->prefix) - (a->prefix < b->prefix);

	if (!order)
		order = memcmp(a->address, b->address, sizeof(a->address));
	return order ? order : (a->port > b->port) - (a->port < b->port);
}

/* Returns how many say what the one before them says. */
static size_t sort(
	void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	const char *item = items;
	size_t repeated = 0;

	if (count)
		qsort(items, count, size, compare);
	for (size_t i = 1; i < count; i++)
		repeated += compare(item + (i - 1) * size, item + i * size) == 0;
	return repeated;
}

static size_t sort_strings(struct rules_strings *strings)
{
	return sort(strings->items, strings->count, sizeof(struct span), string_compare);
}

static void *find(const void *key, void *items, size_t count, size_t size,
	int (*compare)(const void *, const void *))
{
	return count ? bsearch(key, items, count, size, compare) : NULL;
}

void rules_sort(struct rules *rules, struct rules_problems *problems)
{
	rules->repeated[KIND_SCHEMES] = sort_strings(&rules->schemes);
	rules->repeated[KIND_NAMES] = sort_strings(&rules->names);
	rules->repeated[KIND_MINER_IMAGES] = sort_strings(&rules->miner_images);
	rules->repeated[KIND_REGISTRIES] = sort_strings(&rules->registries);
	rules->repeated[KIND_DONATE] = sort_strings(&rules->donate_hosts);
	rules->repeated[KIND_POOLS] = sort_strings(&rules->hosts) +
				      sort(rules->addresses, rules->addresses_count,
					      sizeof(struct rules_address), address_compare);
	sort(rules->options, rules->options_count, sizeof(struct rules_option), option_compare);
	for (size_t i = 1; i < rules->options_count; i++) {
		const struct rules_option *a = &rules->options[i - 1], *b = a + 1;
		struct rules_place place = {.problems = problems, .file = b->file, .line = b->line};

		if (span_compare(a->element, b->element) != 0)
			continue;
		rules->repeated[KIND_OPTIONS]++;
		if (a->class != b->class || a->takes_value != b->takes_value ||
			a->value != b->value || a->takes_equals != b->takes_equals)
			rules_problem(&place, "%s contradicts line %u of %s", b->element.data,
				a->line, a->file->name);
	}
}

const struct span *rules_string_find(const struct rules_strings *strings, struct span text)
{
	return find(&text, strings->items, strings->count, sizeof(struct span), string_compare);
}

enum option_class rules_option(
	const struct rules *rules, struct span element, bool *ret_takes_value)
{
	const struct rules_option *option;
	bool equals = false;

	if (element.len > 2 && memcmp(element.data, "--", 2) == 0) {
		const char *sign = memchr(element.data, '=', element.len);

		equals = sign != NULL;
		if (equals)
			element.len = (size_t)(sign - element.data);
	}
	option = find(&element, rules->options, rules->options_count, sizeof(*option), option_find);
	if (!option || (equals && !option->takes_equals))
		return OPTION_NONE;
	if (ret_takes_value)
		*ret_takes_value = option->takes_value && !equals;
	return option->class;
}

enum option_value rules_option_value(const struct rules *rules, struct span option)
{
	const struct rules_option *found =
		find(&option, rules->options, rules->options_count, sizeof(*found), option_find);

	return found ? found->value : OPTION_VALUE_OTHER;
}

bool rules_scheme(const struct rules *rules, struct span element)
{
	char lower[RULES_SCHEME_MAX + 3];
	size_t len = 0;

	for (; len < element.len && len < sizeof(lower); len++) {
		lower[len] = (char)tolower((unsigned char)element.data[len]);
		if (len >= 2 && memcmp(&lower[len - 2], "://", 3) == 0)
			return rules_string_find(&rules->schemes, (struct span){lower, len + 1});
	}
	return false;
}

bool rules_name(const struct rules *rules, struct span name)
{
	char lower[RULES_NAME_MAX + 1];

	if (name.len == 0 || name.len > RULES_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		lower[i] = (char)tolower((unsigned char)name.data[i]);
	if (rules_string_find(&rules->names, (struct span){lower, name.len}))
		return true;
	/* Builds of one program: a row "cpuminer-*". */
	for (size_t i = name.len; i > 1; i--) {
		char next = lower[i - 1];

		lower[i - 1] = '*';
		if (lower[i - 2] == '-' &&
			rules_string_find(&rules->names, (struct span){lower, i}))
			return true;
		lower[i - 1] = next;
	}
	return false;
}

bool rules_port(const struct rules *rules, uint16_t port)
{
	return rules->ports[port / 64] >> port % 64 & 1;
}

const char *rules_pool_address(const struct rules *rules, const uint8_t address[16], uint16_t port)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	/* A wide IPv6 row (::/8) must not swallow all of IPv4. */
	const unsigned widest = memcmp(address, mapped, sizeof(mapped)) == 0 ? 96 : 1;
	struct rules_address key;
	const struct rules_address *row;

	memcpy(key.address, address, sizeof(key.address));
	/* The narrowest row first, and in it the one that names the port. */
	for (unsigned prefix = 128; prefix >= widest; prefix--) {
		if (prefix < 128)
			key.address[prefix / 8] &= (uint8_t)(0xff00 >> prefix % 8);
		if (!rules->prefix_used[prefix])
			continue;
		key.prefix = (uint8_t)prefix;
		for (unsigned any = 0; any < 2; any++) {
			key.port = any ? 0 : port;
			row = find(&key, rules->addresses, rules->addresses_count, sizeof(key),
				address_compare);
			if (row)
				return row->text;
		}
	}
	return NULL;
}

/* The row that is host, or that host is a sub-domain of. */
static const char *host_find(const struct rules_strings *hosts, struct span host)
{
	char lower[RULES_HOST_MAX];
	const struct span *row;
	struct span rest;

	/* The root's dot says nothing: "supportxmr.com." is the same name. */
	if (host.len > 0 && host.data[host.len - 1] == '.')
		host.len--;
	if (host.len == 0 || host.len > sizeof(lower))
		return NULL;
	for (size_t i = 0; i < host.len; i++)
		lower[i] = (char)tolower((unsigned char)host.data[i]);
	rest = (struct span){lower, host.len};
	for (;;) {
		const char *dot;

		row = rules_string_find(hosts, rest);
		if (row)
			return row->data;
		dot = memchr(rest.data, '.', rest.len);
		if (!dot)
			return NULL;
		rest.len -= (size_t)(dot + 1 - rest.data);
		rest.data = dot + 1;
	}
}

const char *rules_pool_host(const struct rules *rules, struct span host)
{
	return host_find(&rules->hosts, host);
}

const char *rules_donate_host(const struct rules *rules, struct span host)
{
	return host_find(&rules->donate_hosts, host);
}

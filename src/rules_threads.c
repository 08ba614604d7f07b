// SPDX-License-Identifier: Apache-2.0
/* Keeps the rows of kernel_threads.list, and compares names with them. */
#include <errno.h>
#include <string.h>

#include "rules_private.h"

#define NAME_LONGEST 63 /* more than a comm; as ps writes a worker's with its work behind it */

/* A "%" of anything else than a number, or a "*" before the end, would never fit. */
static bool name_ok(const char *name)
{
	size_t len = strlen(name);

	if (len > NAME_LONGEST || name[0] == '*')
		return false;
	for (size_t i = 0; i < len; i++)
		if ((name[i] == '%' && name[i + 1] != 'd') || (name[i] == '*' && i + 1 < len))
			return false;
	return true;
}

int rules_row_thread(const struct rules_place *place, const struct rules_row *row)
{
	struct rules *rules = place->rules;
	struct rules_thread *threads;
	bool plain = row->count == 2 && strcmp(row->fields[1], "plain") == 0;

	if (row->count != 2 || (!plain && strcmp(row->fields[1], "bracket") != 0)) {
		rules_problem(place, "not NAME plain nor NAME bracket");
		return -EINVAL;
	}
	if (!name_ok(row->fields[0]))
		return rules_refuse(place, "not a thread's name", row->fields[0]);
	threads = rules_grow(
		rules->threads, rules->threads_count, &rules->threads_capacity, sizeof(*threads));
	if (!threads)
		return -ENOMEM;
	rules->threads = threads;
	threads[rules->threads_count++] =
		(struct rules_thread){.name = row->fields[0], .plain = plain};
	return 0;
}

static bool fits(const char *name, struct span text)
{
	size_t at = 0;

	for (; *name; name++) {
		size_t from = at;

		if (*name == '*')
			return at < text.len;
		if (*name != '%') {
			if (at == text.len || text.data[at++] != *name)
				return false;
			continue;
		}
		while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9')
			at++;
		if (at == from)
			return false;
		name++; /* the "d" */
	}
	return at == text.len;
}

/* Some 70 rows, and the first character decides nearly all: no order is needed. */
enum thread_name rules_kernel_thread(const struct rules *rules, struct span name)
{
	enum thread_name found = THREAD_NONE;

	for (size_t i = 0; i < rules->threads_count && found != THREAD_PLAIN; i++)
		if (fits(rules->threads[i].name, name))
			found = rules->threads[i].plain ? THREAD_PLAIN : THREAD_BRACKETED;
	return found;
}

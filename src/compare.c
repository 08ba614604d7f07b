// SPDX-License-Identifier: Apache-2.0
/* Two sets of rules on one recorded run: which incidents appear, vanish or change. */
#include "compare.h"

#include "util/hash.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "util/rfc3339.h"
#include "util/span.h"
#include "util/terminal_text.h"

/* An incident as one side saw it: the highest it reached. */
struct seen {
	uint8_t id[8];
	enum severity severity;
	unsigned score;
	uint64_t time_ns;
	int64_t wall_offset_ns;
	char summary[ALERT_SUMMARY_MAX];
};

/*
 * What both sides call the same incident. Its id depends on when the first evidence was seen, which
 * other rules change: so it is the process and the container that are compared.
 */
struct subject {
	struct process_key process; /* zeros: the alert names none */
	uint64_t container;
	uint64_t cgroup_id;
};

struct entry {
	struct subject subject;
	bool there[2];
	struct seen side[2];
	UT_hash_handle hh;
};

struct compare {
	struct entry *entries; /* in the order of their first alerts */
	uint64_t left_out;
};

struct compare *compare_new(void)
{
	return calloc(1, sizeof(struct compare));
}

void compare_free(struct compare *compare)
{
	struct entry *entry, *next;

	if (!compare)
		return;
	HASH_ITER(hh, compare->entries, entry, next)
	{
		HASH_DEL(compare->entries, entry);
		free(entry);
	}
	free(compare);
}

/* In a container evidence of whatever process is about the container; else about its process. */
static struct subject subject_of(const struct alert *alert)
{
	struct subject subject = {0};

	if (alert->container)
		subject.container = alert->container->key;
	else if (alert->process)
		subject.process = alert->process->key;
	else
		subject.cgroup_id = alert->cgroup_id;
	return subject;
}

static struct entry *find_id(
	const struct compare *compare, enum compare_side side, const struct alert *alert)
{
	for (struct entry *entry = compare->entries; entry; entry = entry->hh.next)
		if (entry->there[side] &&
			memcmp(entry->side[side].id, alert->id, sizeof(alert->id)) == 0)
			return entry;
	return NULL;
}

static struct entry *entry_get(
	struct compare *compare, enum compare_side side, const struct alert *alert)
{
	struct subject subject = subject_of(alert);
	struct entry *entry;

	HASH_FIND(hh, compare->entries, &subject, sizeof(subject), entry);
	/* A later alert of an incident may name another process. */
	if (!entry && alert->action != ALERT_OPENED)
		entry = find_id(compare, side, alert);
	if (entry)
		return entry;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return NULL;
	entry->subject = subject;
	HASH_ADD(hh, compare->entries, subject, sizeof(subject), entry);
	return entry;
}

int compare_add(struct compare *compare, enum compare_side side, const struct alert *alert)
{
	struct entry *entry;
	struct seen *seen;

	if (alert->action >= ALERT_SUPPRESSED || alert->action == ALERT_ENDED)
		return 0;
	if (HASH_COUNT(compare->entries) >= COMPARE_INCIDENTS_MAX) {
		compare->left_out++;
		return 0;
	}
	entry = entry_get(compare, side, alert);
	if (!entry)
		return -ENOMEM;
	seen = &entry->side[side];
	if (entry->there[side] && alert->score <= seen->score)
		return 0;
	if (!entry->there[side])
		seen->time_ns = alert->time_ns;
	entry->there[side] = true;
	memcpy(seen->id, alert->id, sizeof(seen->id));
	seen->severity = alert->severity;
	seen->score = alert->score;
	seen->wall_offset_ns = alert->wall_offset_ns;
	snprintf(seen->summary, sizeof(seen->summary), "%s", alert->summary);
	return 0;
}

static void print_entry(const char *word, const struct entry *entry, FILE *out)
{
	const struct seen *old = &entry->side[COMPARE_OLD], *new = &entry->side[COMPARE_NEW];
	const struct seen *shown = entry->there[COMPARE_NEW] ? new : old;
	char time[RFC3339_SIZE];

	rfc3339_format(shown->time_ns, shown->wall_offset_ns, time);
	fprintf(out, "%-9s %s  ", word, time);
	if (entry->there[COMPARE_OLD] && entry->there[COMPARE_NEW])
		fprintf(out, "%s %u -> %s %u", severity_name(old->severity), old->score,
			severity_name(new->severity), new->score);
	else
		fprintf(out, "%s %u", severity_name(shown->severity), shown->score);
	fputs("  ", out);
	terminal_text_print(span_of(shown->summary), out);
	fputc('\n', out);
}

void compare_print(const struct compare *compare, FILE *out)
{
	unsigned appear = 0, vanish = 0, change = 0, same = 0;

	for (const struct entry *entry = compare->entries; entry; entry = entry->hh.next) {
		const struct seen *old = &entry->side[COMPARE_OLD];
		const struct seen *new = &entry->side[COMPARE_NEW];

		if (!entry->there[COMPARE_OLD]) {
			print_entry("appears", entry, out);
			appear++;
		} else if (!entry->there[COMPARE_NEW]) {
			print_entry("vanishes", entry, out);
			vanish++;
		} else if (old->score != new->score || old->severity != new->severity ||
			   strcmp(old->summary, new->summary) != 0) {
			print_entry("changes", entry, out);
			change++;
		} else {
			same++;
		}
	}
	fprintf(out, "%u appear, %u vanish, %u change, %u stay as they are\n", appear, vanish,
		change, same);
	if (compare->left_out)
		fprintf(out, "%llu alerts beyond the first %d incidents were not compared\n",
			(unsigned long long)compare->left_out, COMPARE_INCIDENTS_MAX);
}

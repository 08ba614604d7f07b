// SPDX-License-Identifier: Apache-2.0
/* Checks, keeps and asks the rows of allow.list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules_feed.h"
#include "rules_private.h"
#include "util/span.h"

#define DAY_NS UINT64_C(86400000000000)
#define WHOLE_PPM 1000000
#define FORM                                                                      \
	"not digest SHA256|image IMAGE EXE|cgroup PATH, then silence|lower=0.5, " \
	"[until=YYYY-MM-DD] | REASON"

/* Days since 1970 of a date of the Gregorian calendar, 1970 to 9999. */
static uint64_t days_of(unsigned year, unsigned month, unsigned day)
{
	static const unsigned before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	unsigned leaps = year / 4 - year / 100 + year / 400;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	/* Leap days up to the end of this year; this year's counts from March on. 719527: from year
	 * 0 to 1970 by the same count. */
	return (uint64_t)year * 365 + leaps - (leap && month < 3) + before[month - 1] + day -
	       719527 - 1;
}

static bool date_parse(const char *text, uint64_t *ret_end_ns)
{
	static const unsigned lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	uint64_t year, month, day;
	char parts[3][5] = {{0}};
	bool leap;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	memcpy(parts[0], text, 4);
	memcpy(parts[1], text + 5, 2);
	memcpy(parts[2], text + 8, 2);
	if (!rules_number(parts[0], 9999, &year) || !rules_number(parts[1], 12, &month) ||
		!rules_number(parts[2], 31, &day) || year < 1970 || month < 1 || day < 1)
		return false;
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (day > lengths[month - 1] || (month == 2 && day == 29 && !leap))
		return false;
	*ret_end_ns = (days_of((unsigned)year, (unsigned)month, (unsigned)day) + 1) * DAY_NS;
	return true;
}

/* The fields behind what is allowed, from the index-th on. */
static bool effect_parse(const struct rules_row *row, unsigned index, struct rules_allow *allow)
{
	static const char lower[] = "lower=", until[] = "until=";
	const char *word = index < row->count ? row->fields[index] : "";

	allow->factor_ppm = 0;
	if (strcmp(word, "silence") == 0)
		allow->effect = ALLOW_SILENCE;
	else if (strncmp(word, lower, strlen(lower)) == 0 &&
		 rules_ppm(word + strlen(lower), &allow->factor_ppm) &&
		 allow->factor_ppm < WHOLE_PPM)
		allow->effect = ALLOW_LOWER;
	else
		return false;
	if (index + 1 == row->count)
		return true;
	word = row->fields[index + 1];
	return index + 2 == row->count && strncmp(word, until, strlen(until)) == 0 &&
	       date_parse(word + strlen(until), &allow->until_ns);
}

/* What is allowed; *ret_next: the first field behind it. *row may hold a copy to free. */
static bool subject_parse(
	const struct rules_row *row, struct allow_row *ret_allow, unsigned *ret_next)
{
	const char *subject = row->count > 1 ? row->fields[1] : "";

	*ret_next = 2;
	if (strcmp(row->fields[0], "digest") == 0) {
		ret_allow->by_digest = true;
		return rules_half_parse(subject, strlen(subject), &ret_allow->half);
	}
	if (strcmp(row->fields[0], "cgroup") == 0) {
		ret_allow->cgroup_path = subject;
		/* The root would allow everything. */
		return subject[0] == '/' && subject[1] && subject[strlen(subject) - 1] != '/';
	}
	if (strcmp(row->fields[0], "image") == 0 && row->count > 2) {
		*ret_next = 3;
		if (strcmp(row->fields[2], "*") != 0)
			ret_allow->exe = row->fields[2];
		ret_allow->image = rules_image_full(span_of(subject));
		return ret_allow->image && (!ret_allow->exe || ret_allow->exe[0] == '/');
	}
	return false;
}

int rules_row_allow(const struct rules_place *place, const struct rules_row *row)
{
	struct rules *rules = place->rules;
	struct allow_row allow = {.allow = {.file = place->file->name, .line = place->line}};
	struct allow_row *allows;
	unsigned next;
	int err = -EINVAL;

	if (!subject_parse(row, &allow, &next) || !effect_parse(row, next, &allow.allow)) {
		rules_problem(place, FORM);
		goto out;
	}
	if (!row->source) {
		rules_problem(place, "says no reason, which stands behind \"|\"");
		goto out;
	}
	allow.allow.reason = row->source;
	err = -ENOMEM;
	allows = rules_grow(
		rules->allows, rules->allows_count, &rules->allows_capacity, sizeof(*allows));
	if (!allows)
		goto out;
	rules->allows = allows;
	allows[rules->allows_count++] = allow;
	return 0;
out:
	free((char *)allow.image);
	return err;
}

void rules_allow_free(struct rules *rules)
{
	for (size_t i = 0; i < rules->allows_count; i++)
		free((char *)rules->allows[i].image);
	free(rules->allows);
}

static int text_compare(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int subject_compare(const struct allow_row *a, const struct allow_row *b)
{
	int order = memcmp(a->half.bytes, b->half.bytes, sizeof(a->half.bytes));

	if (!order)
		order = text_compare(a->cgroup_path, b->cgroup_path);
	if (!order)
		order = text_compare(a->image, b->image);
	return order ? order : text_compare(a->exe, b->exe);
}

/* Of one subject in their order. */
static int row_compare(const void *left, const void *right)
{
	const struct allow_row *a = *(struct allow_row *const *)left;
	const struct allow_row *b = *(struct allow_row *const *)right;
	int order = subject_compare(a, b);

	return order ? order : (a > b) - (a < b);
}

/* Is a's time over last? */
static bool outlives(const struct rules_allow *a, const struct rules_allow *b)
{
	return !a->until_ns || (b->until_ns && a->until_ns >= b->until_ns);
}

int rules_allow_sort(struct rules *rules)
{
	size_t count = rules->allows_count;
	struct allow_row **rows = calloc(count + 1, sizeof(*rows)), *last = NULL;

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		rows[i] = &rules->allows[i];
	qsort(rows, count, sizeof(*rows), row_compare);
	for (size_t i = 0; i < count; i++) {
		if (last && subject_compare(last, rows[i]) == 0 &&
			outlives(&last->allow, &rows[i]->allow))
			rows[i]->before = &last->allow;
		else
			last = rows[i];
	}
	free(rows);
	return 0;
}

/* Equal, or beneath it. */
static bool path_beneath(struct span path, const char *above)
{
	size_t len = strlen(above);

	return path.len >= len && memcmp(path.data, above, len) == 0 &&
	       (path.len == len || path.data[len] == '/');
}

static bool covers(const struct allow_row *row, const struct allow_facts *facts)
{
	if (row->by_digest)
		return facts->sha256 &&
		       memcmp(facts->sha256, row->half.bytes, sizeof(row->half.bytes)) == 0;
	if (row->cgroup_path)
		return path_beneath(facts->cgroup_path, row->cgroup_path);
	return facts->image.len && rules_image_is(row->image, facts->image) &&
	       (!row->exe || span_equal(facts->exe, span_of(row->exe)));
}

const struct rules_allow *rules_allowed(const struct rules *rules, const struct allow_facts *facts,
	uint64_t wall_ns, size_t *ret_index)
{
	for (size_t i = 0; i < rules->allows_count; i++) {
		const struct allow_row *row = &rules->allows[i];

		if ((row->allow.until_ns && wall_ns >= row->allow.until_ns) || !covers(row, facts))
			continue;
		*ret_index = i;
		return &row->allow;
	}
	return NULL;
}

size_t rules_allow_count(const struct rules *rules)
{
	return rules->allows_count;
}

const struct rules_allow *rules_allow_row(const struct rules *rules, size_t index)
{
	return &rules->allows[index].allow;
}

void rules_allow_over(const struct rules *rules, uint64_t since_ns, uint64_t wall_ns, FILE *out)
{
	for (size_t i = 0; i < rules->allows_count; i++) {
		const struct rules_allow *allow = &rules->allows[i].allow;

		if (allow->until_ns > since_ns && wall_ns >= allow->until_ns)
			fprintf(out, "%s:%u: its time is over, it allows nothing any more\n",
				allow->file, allow->line);
	}
}

void rules_allow_remark(const struct rules *rules, uint64_t wall_ns, FILE *out)
{
	rules_allow_over(rules, 0, wall_ns, out);
	for (size_t i = 0; i < rules->allows_count; i++) {
		const struct allow_row *row = &rules->allows[i];
		const struct rules_allow *allow = &row->allow;

		if (row->before)
			fprintf(out, "%s:%u: has no effect, line %u of %s goes first\n",
				allow->file, allow->line, row->before->line, row->before->file);
		for (unsigned list = 0; list < 2 && row->by_digest; list++)
			if (rules_halves_find(&rules->digests[list], &row->half))
				fprintf(out,
					"%s:%u: %s lists this digest as a miner's; allowed it is "
					"all the same\n",
					allow->file, allow->line,
					list ? "digests.add.list" : "digests.list");
	}
}

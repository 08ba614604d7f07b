/* SPDX-License-Identifier: Apache-2.0 */
/* The table of files by identity, its bound, and when a file is asked about. */
#include "state/content_table.h"

#include "util/hash.h"
#include <stdlib.h>
#include <string.h>

#define SECOND_NS UINT64_C(1000000000)
#define LOST_S 600 /* an answer that takes longer is none: at the start many files wait */
#define FAILURES_MOST 10 /* 2^10 s between two questions about what cannot be read */

struct identity {
	uint64_t inode, ctime_ns, size, dev;
};

struct row {
	struct identity identity;
	struct content content; /* result 0: not answered */
	bool asked; /* an answer is on its way */
	bool outdated; /* by what was known before files came to be read otherwise */
	bool fresh; /* that was asked for before others */
	unsigned failures;
	uint64_t time_ns; /* when it was asked or answered */
	char *names;
	UT_hash_handle hh;
};

struct content_table {
	struct row *rows; /* known longest first */
};

struct content_table *content_table_new(void)
{
	return memory_zeroed(sizeof(struct content_table));
}

static void remove_one(struct content_table *table, struct row *row)
{
	HASH_DEL(table->rows, row);
	free(row->names);
	free(row);
}

void content_table_free(struct content_table *table)
{
	while (table && table->rows)
		remove_one(table, table->rows);
	free(table);
}

static struct row *find(const struct content_table *table, const struct event_file *file)
{
	const struct identity identity = {file->inode, file->ctime_ns, file->size, file->dev};
	struct row *row;

	HASH_FIND(hh, table->rows, &identity, sizeof(identity), row);
	return row;
}

static struct row *add(struct content_table *table, const struct event_file *file)
{
	struct row *row;

	if (HASH_COUNT(table->rows) >= CONTENT_TABLE_MAX)
		remove_one(table, table->rows);
	row = memory_zeroed(sizeof(*row));
	row->identity = (struct identity){file->inode, file->ctime_ns, file->size, file->dev};
	HASH_ADD(hh, table->rows, identity, sizeof(row->identity), row);
	return row;
}

static bool is_read(unsigned result)
{
	return result == CONTENT_DIGESTED || result == CONTENT_TOO_BIG;
}

const struct content *content_find(const struct content_table *table, const struct event_file *file)
{
	const struct row *row = find(table, file);

	return row && row->content.result ? &row->content : NULL;
}

static bool is_time(const struct row *row, bool fresh, uint64_t now_ns)
{
	/* What waits behind others because it merely ran goes before them when it is executed. */
	if (row->asked)
		return (fresh && !row->fresh) || now_ns >= row->time_ns + LOST_S * SECOND_NS;
	if (is_read(row->content.result) && !row->outdated)
		return false;
	return now_ns >= row->time_ns + (SECOND_NS << row->failures);
}

bool content_ask(
	struct content_table *table, const struct event_file *file, bool fresh, uint64_t now_ns)
{
	struct row *row = find(table, file);

	if (row && !is_time(row, fresh, now_ns))
		return false;
	if (!row && !fresh && HASH_COUNT(table->rows) >= CONTENT_TABLE_MAX)
		return false;
	if (!row)
		row = add(table, file);
	if (!row->asked) /* what is on its way may have been read in the old way */
		row->outdated = false;
	row->asked = true;
	row->fresh = fresh;
	row->time_ns = now_ns;
	return true;
}

static void take(struct row *row, const struct event *event)
{
	const struct event_content *answer = event->content;
	char *names = NULL;

	if (event->patterns.len) {
		names = memory_zeroed(event->patterns.len);
		memcpy(names, event->patterns.data, event->patterns.len);
	}
	free(row->names);
	row->names = names;
	row->content.result = answer->result;
	row->content.patterns = (struct span){names, event->patterns.len};
	memcpy(row->content.sha256, answer->sha256, sizeof(row->content.sha256));
}

void content_answer(struct content_table *table, const struct event *event, uint64_t now_ns)
{
	const struct event_content *answer = event->content;
	struct row *row = find(table, &answer->file);

	if (!row)
		row = add(table, &answer->file);
	if (is_read(answer->result) || !is_read(row->content.result))
		take(row, event);
	else
		row->outdated |= row->asked;
	row->asked = false;
	row->time_ns = now_ns;
	if (is_read(answer->result))
		row->failures = 0;
	else if (row->failures < FAILURES_MOST)
		row->failures++;
}

void content_outdate(struct content_table *table)
{
	for (struct row *row = table->rows; row; row = row->hh.next)
		row->outdated = true;
}

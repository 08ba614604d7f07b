/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the files that processes run, each file looked at once by the same rules. */
#ifndef MINERWATCH_CONTENT_TABLE_H
#define MINERWATCH_CONTENT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"

#define CONTENT_TABLE_MAX 8192 /* files; when full, the one known longest goes */

struct content {
	unsigned result; /* enum content_result */
	uint8_t sha256[32]; /* of CONTENT_DIGESTED */
	struct span patterns; /* names, each with its NUL */
};

struct content_table;

struct content_table *content_table_new(void);
void content_table_free(struct content_table *table);

/* NULL: nothing is known of a file with this device, inode, ctime and size. */
const struct content *content_find(
	const struct content_table *table, const struct event_file *file);
/*
 * True when the file has to be asked about, and then it counts as asked: once, again where no
 * answer came or it could not be read, and that ever more seldom. fresh: it was just executed; one
 * that merely runs does not push another out of a full table.
 */
bool content_ask(
	struct content_table *table, const struct event_file *file, bool fresh, uint64_t now_ns);
/* A CONTENT event about CONTENT_EXE. What was read stays until the file is read again. */
void content_answer(struct content_table *table, const struct event *event, uint64_t now_ns);
/* Files are read otherwise from now on: each has to be asked about once more. */
void content_outdate(struct content_table *table);

#endif

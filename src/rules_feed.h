/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a feed of SHA-256 digests, piece by piece, whatever its size. */
#ifndef MINERWATCH_RULES_FEED_H
#define MINERWATCH_RULES_FEED_H

#include "rules_private.h"

#define FEED_COLUMN_MAX 64 /* bytes of a column's name, with NUL */

/*
 * Three forms of a line: a digest alone, as sha256sum writes it with the file's name behind, and
 * CSV. A feed is CSV when a line before the first digest, "#" or not before it, names its columns
 * (behind "#" two at least), one of them is "sha256", "sha256_hash" or what an earlier line "#
 * column: NAME" says, and the first row has a digest there.
 */
struct rules_feed {
	struct rules_place place; /* of the line at hand */
	int out; /* where digests go, from offset on */
	uint64_t offset;
	size_t count; /* digests so far */
	int error; /* -errno of writing; 0 */
	bool started; /* a digest was read: no more headers */
	int column; /* of the digest; -1: no CSV */
	char column_name[FEED_COLUMN_MAX]; /* asked for by the feed itself; "" none */
	char line[RULES_LINE_MAX + 1];
	size_t line_len; /* more than RULES_LINE_MAX: the line is too long */
	struct rules_half halves[4096];
	unsigned halves_count;
};

void rules_feed_begin(
	struct rules_feed *feed, const struct rules_place *place, int out, uint64_t offset);
void rules_feed_push(struct rules_feed *feed, const char *bytes, size_t len);
/* The rest. Returns 0 (problems were told, or none) or the -errno of writing. */
int rules_feed_end(struct rules_feed *feed);

/* Sorts in place; returns how many stay when repeated ones are taken out. */
size_t rules_halves_sort(struct rules_half *halves, size_t count);
bool rules_halves_find(const struct rules_halves *halves, const struct rules_half *half);
/* 64 hexadecimal digits, either case, at text. */
bool rules_half_parse(const char *text, size_t len, struct rules_half *ret_half);

#endif

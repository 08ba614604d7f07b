/* SPDX-License-Identifier: Apache-2.0 */
/* Traces for the tests of the trace reader and writer: made well, made badly, read back. */
#ifndef MINERWATCH_TRACE_FIXTURE_H
#define MINERWATCH_TRACE_FIXTURE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "sources/record.h"
#include "sources/trace.h"
#include "sources/trace_format.h"

/* Records one after the other, each behind its length: two of these are compared by bytes. */
struct record_list {
	char *bytes;
	size_t len, room;
	size_t *offsets; /* of each record's length */
	unsigned records, offsets_room;
};

void list_add(struct record_list *list, const void *record, size_t len);
/* The record with this index; *ret_len its length. */
const void *list_record(const struct record_list *list, unsigned index, size_t *ret_len);
/* True when part's records are list's from record `from` on (not necessarily to its end). */
bool list_part(const struct record_list *list, unsigned from, const struct record_list *part);
void list_free(struct record_list *list);

/* What a trace gave. Every record was 8-byte aligned, or the test fails. */
struct reading {
	int result; /* of trace_feed */
	bool partial;
	uint64_t lost;
	bool damaged; /* problem is filled */
	struct trace_problem problem;
	struct record_list list;
};

void reading_take(const char *path, struct reading *ret_reading); /* trace_open must succeed */
void reading_free(struct reading *reading);

/* A directory of the test's own, removed with what is in it. */
extern char scratch[PATH_MAX];
int scratch_make(void **state);
int scratch_remove(void **state);
/* scratch/name, in a static buffer per call site's use: valid until the fourth call after it. */
const char *scratch_path(const char *name);

void file_write(const char *path, const void *data, size_t len);
char *file_read(const char *path, size_t *ret_len); /* malloc'ed */

/* Bytes that do not compress; the same for the same seed. */
void noise(uint64_t *seed, void *data, size_t len);
/* Fills a header of this type in front of noise; len of at least the header. */
void record_make(void *data, size_t len, unsigned type, uint64_t *seed);

/* Writes blocks of 3 short records each, with HOST and WALL first and END last; logs them. */
void small_trace(const char *path, unsigned blocks, struct record_list *list);

/* One block by hand: packs raw into *ret_block (TRACE_BLOCK_MAX), header sealed. Bytes used. */
size_t block_make(const struct trace_block_header *model, const void *raw, void *ret_block);
/* The file header for traces made by hand, id all zero. */
void file_header_make(char page[TRACE_ALIGN]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the trace reader against files whose checksums are right and whose content is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "trace_fixture.h"

/* One record of 8 bytes, not an end record. */
static const struct {
	struct trace_record prefix;
	char bytes[8];
} one_record = {.prefix = {.length = 8}};

struct forged {
	char bytes[TRACE_ALIGN + 8 * TRACE_ALIGN + 2 * TRACE_BLOCK_MAX];
	size_t len;
};

static void forged_add(
	struct forged *forged, const struct trace_block_header *model, const void *raw)
{
	static char block[TRACE_BLOCK_MAX];
	size_t bytes = block_make(model, raw, block);

	assert_true(forged->len + bytes <= sizeof(forged->bytes));
	memcpy(forged->bytes + forged->len, block, bytes);
	forged->len += bytes;
}

static void forged_sequence(struct forged *forged, uint64_t sequence, uint64_t oldest)
{
	struct trace_block_header model = {.sequence = sequence,
		.oldest = oldest,
		.raw_bytes = sizeof(one_record),
		.records = 1};

	forged_add(forged, &model, &one_record);
}

static void forged_begin(struct forged *forged)
{
	file_header_make(forged->bytes);
	forged->len = TRACE_ALIGN;
}

/*
 * Layouts of whole files: what stands at each TRACE_ALIGN after the file header. "4/2" is a sound
 * block with sequence 4 that says 2 is the oldest, "-" a sector that is no block.
 */
static void test_layouts(void **state)
{
	static const char *const cut = "its end record is missing";
	static const struct {
		const char *layout;
		unsigned fed;
		uint64_t lost, offset; /* offset in sectors */
		const char *reason;
	} rows[] = {
		{"0/0 1/0 2/0", 3, 0, 4, cut},
		{"3/1 1/1 2/1", 3, 1, 2, cut},
		{"3/2 - 2/2", 2, 2, 2, cut},
		{"3/3 - -", 1, 3, 2, cut},
		{"4/2 - 2/2 3/2", 3, 2, 2, cut},
		/* damage */
		{"0/0 - 2/0", 1, 0, 2, "block 1 is missing: no block begins here"},
		{"0/0 2/0", 1, 0, 2, "block 1 is missing: another one is in its place"},
		{"0/0 1/0 -", 2, 0, 3, "block 2 is missing: no block begins here"},
		{"- 1/0 2/0", 2, 1, 1, "no block begins here"},
		{"-", 0, 0, 1, "block 0 is missing: no block begins here"},
		{"5/2 - 7/2 - 2/2 3/2 4/2", 4, 2, 2, "block 6 is missing"},
		{"5/2 - 2/2 - 4/2", 1, 2, 4, "block 3 is missing"},
		{"4/2 - 2/2 3/2 -", 3, 2, 5, "follow the last block"},
		{"4/1 - 2/1 3/1", 3, 2, 2, "block 1 is missing"},
		{"9/2 - 2/2 3/2", 2, 2, 5, "block 4 is missing: the file ends here"},
		{"4/4 3/3 4/4", 2, 3, 4, "block 5 is missing"},
		{"0/0 0/0", 1, 0, 2, "block 1 is missing: another"},
	};
	static struct forged forged;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = scratch_path("layout");
		struct reading reading;

		forged_begin(&forged);
		for (const char *at = rows[i].layout; at; at = strchr(at + 1, ' ')) {
			unsigned long long sequence, oldest;

			if (sscanf(at, " %llu/%llu", &sequence, &oldest) == 2) {
				forged_sequence(&forged, sequence, oldest);
			} else {
				memset(forged.bytes + forged.len, 'r', TRACE_ALIGN);
				forged.len += TRACE_ALIGN;
			}
		}
		file_write(path, forged.bytes, forged.len);
		reading_take(path, &reading);
		if (reading.result != -EBADMSG || reading.list.records != rows[i].fed ||
			reading.lost != rows[i].lost ||
			reading.problem.offset != rows[i].offset * TRACE_ALIGN ||
			!strstr(reading.problem.reason, rows[i].reason))
			fail_msg("%s: fed %u lost %u at %u: %s", rows[i].layout,
				reading.list.records, (unsigned)reading.lost,
				(unsigned)(reading.problem.offset / TRACE_ALIGN),
				reading.problem.reason);
		reading_free(&reading);
	}
}

/* What lies between two laps is the rest of one block; more is somebody's addition. */
static void test_rest_longer_than_a_block(void **state)
{
	static const struct {
		const char *name;
		size_t rest;
		const char *reason;
	} rows[] = {
		{"longest", TRACE_BLOCK_MAX - TRACE_ALIGN, "its end record is missing"},
		{"too long", TRACE_BLOCK_MAX, "block 5 is missing"},
	};
	static struct forged forged;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct reading reading;

		forged_begin(&forged);
		forged_sequence(&forged, 4, i / 2 ? 4 : 3);
		memset(forged.bytes + forged.len, 'r', rows[i % 2].rest);
		forged.len += rows[i % 2].rest;
		if (i / 2 == 0)
			forged_sequence(&forged, 3, 0);
		file_write(scratch_path("rest"), forged.bytes, forged.len);
		reading_take(scratch_path("rest"), &reading);
		assert_int_equal(reading.list.records, i / 2 ? 1 : 2);
		if (!strstr(reading.problem.reason, rows[i % 2].reason))
			fail_msg("%s: %s", rows[i % 2].name, reading.problem.reason);
		reading_free(&reading);
	}
}

#define MODEL(raw, context, count)                                           \
	{                                                                    \
		.raw_bytes = raw, .context_bytes = context, .records = count \
	}

/* A second block whose header and payload are at odds with the format, checksums right. */
static void test_forged_blocks(void **state)
{
	static const struct {
		const char *name;
		struct trace_block_header model;
		uint32_t raw[8]; /* two records of 8 bytes where nothing is wrong */
		const char *reason;
	} rows[] = {
		{"sound", MODEL(32, 0, 2), {8, 0, 1, 1, 8, 0, 1, 1}, "its end record is missing"},
		{"context", MODEL(32, 16, 1), {8, 0, 1, 1, 8, 0, 1, 1},
			"its end record is missing"},
		{"length 0", MODEL(32, 0, 3), {8, 0, 1, 1, 0, 0, 0, 0}, "a length it cannot have"},
		{"over the maximum", MODEL(32, 0, 2), {8193, 0, 1, 1, 8, 0, 1, 1}, "cannot have"},
		{"huge", MODEL(32, 0, 2), {0xfffffff9, 0, 1, 1, 8, 0, 1, 1}, "cannot have"},
		{"reserved", MODEL(32, 0, 2), {8, 0, 1, 1, 8, 1, 1, 1}, "cannot have"},
		{"beyond", MODEL(32, 0, 2), {8, 0, 1, 1, 9, 0, 1, 1}, "beyond its block"},
		{"half a prefix", MODEL(20, 0, 2), {8, 0, 1, 1, 8}, "where the block ends"},
		{"context within a record", MODEL(32, 8, 2), {8, 0, 1, 1, 8, 0, 1, 1},
			"context does not end"},
		{"too few", MODEL(32, 0, 3), {8, 0, 1, 1, 8, 0, 1, 1}, "not hold as many"},
		{"too many", MODEL(32, 0, 1), {8, 0, 1, 1, 8, 0, 1, 1}, "not hold as many"},
		{"context not counted", MODEL(32, 16, 2), {8, 0, 1, 1, 8, 0, 1, 1},
			"not hold as many"},
	};
	static struct forged forged;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trace_block_header model = rows[i].model;
		struct reading reading;

		model.sequence = 1;
		forged_begin(&forged);
		forged_sequence(&forged, 0, 0);
		forged_add(&forged, &model, rows[i].raw);
		file_write(scratch_path("forged"), forged.bytes, forged.len);
		reading_take(scratch_path("forged"), &reading);
		assert_int_equal(reading.result, -EBADMSG);
		if (i >= 2) {
			assert_int_equal(reading.list.records, 1);
			assert_int_equal(reading.problem.offset, 2 * TRACE_ALIGN);
		}
		if (!strstr(reading.problem.reason, rows[i].reason))
			fail_msg("%s: %s", rows[i].name, reading.problem.reason);
		reading_free(&reading);
	}
}

/* Headers that are wrong in one field; a number at this offset, the header sealed anew. */
static void test_forged_headers(void **state)
{
#define FIELD(name) offsetof(struct trace_block_header, name)
	static const struct {
		size_t offset;
		uint32_t value;
		const char *reason;
	} rows[] = {
		{FIELD(raw_bytes), 0, "cannot have"},
		{FIELD(raw_bytes), TRACE_RAW_MAX + 1, "cannot have"},
		{FIELD(raw_bytes), UINT32_MAX, "cannot have"},
		{FIELD(raw_bytes), 15, "does not inflate"},
		{FIELD(raw_bytes), 17, "does not inflate"},
		{FIELD(compressed_bytes), 0, "cannot have"},
		{FIELD(compressed_bytes), TRACE_COMPRESSED_MAX + 1, "cannot have"},
		{FIELD(compressed_bytes), UINT32_MAX, "cannot have"},
		{FIELD(compressed_bytes), 449, "ends inside a block"},
		{FIELD(compressed_bytes), 448, "checksum is wrong"},
		{FIELD(context_bytes), 16, "cannot have"},
		{FIELD(context_bytes), UINT32_MAX, "cannot have"},
		{FIELD(records), 0, "cannot have"},
		{FIELD(oldest), 2, "cannot have"},
		{FIELD(oldest), 1, "block 1 is missing"},
		{FIELD(id), 1, "another trace"},
		{FIELD(payload_checksum), 1, "checksum is wrong"},
	};
	static struct forged forged;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trace_block_header header;
		struct reading reading;

		forged_begin(&forged);
		forged_sequence(&forged, 0, 0);
		forged_sequence(&forged, 1, 0);
		memcpy(&header, forged.bytes + 2 * TRACE_ALIGN, sizeof(header));
		memcpy((char *)&header + rows[i].offset, &rows[i].value, sizeof(rows[i].value));
		trace_block_header_seal(&header);
		memcpy(forged.bytes + 2 * TRACE_ALIGN, &header, sizeof(header));
		file_write(scratch_path("header"), forged.bytes, forged.len);
		reading_take(scratch_path("header"), &reading);
		assert_int_equal(reading.result, -EBADMSG);
		if (!strstr(reading.problem.reason, rows[i].reason))
			fail_msg("row %zu: %s", i, reading.problem.reason);
		reading_free(&reading);
	}
}

/* A payload of 36 KiB that inflates to far more than its header says, and one with a tail. */
static void test_bombs(void **state)
{
	static const struct {
		uint32_t raw_bytes;
		uint32_t tail; /* bytes of the payload behind the end of its zlib stream */
	} rows[] = {{8u << 20, 0}, {TRACE_RAW_MAX + 8, 0}, {16, 7}};
	static char zeros[8 << 20];
	static struct forged forged;

	(void)state;
	memcpy(zeros, &one_record, sizeof(one_record));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trace_block_header header,
			model = {.raw_bytes = rows[i].raw_bytes, .records = 1};
		struct reading reading;
		char *at;

		forged_begin(&forged);
		at = forged.bytes + forged.len;
		forged_add(&forged, &model, zeros);
		memcpy(&header, at, sizeof(header));
		header.raw_bytes = sizeof(one_record);
		header.compressed_bytes += rows[i].tail;
		header.payload_checksum =
			(uint32_t)crc32(0, (void *)(at + sizeof(header)), header.compressed_bytes);
		trace_block_header_seal(&header);
		memcpy(at, &header, sizeof(header));
		file_write(scratch_path("bomb"), forged.bytes, forged.len);
		reading_take(scratch_path("bomb"), &reading);
		assert_int_equal(reading.list.records, 0);
		assert_non_null(strstr(reading.problem.reason, "does not inflate"));
		reading_free(&reading);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_rest_longer_than_a_block),
		cmocka_unit_test(test_forged_blocks),
		cmocka_unit_test(test_forged_headers),
		cmocka_unit_test(test_bombs),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

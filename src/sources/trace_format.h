/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Says how a trace lies in its file, version 1. All numbers little-endian, all checksums zlib's
 * crc32.
 *
 *   offset 0    struct trace_file_header, zeros up to TRACE_ALIGN
 *   offset 512  blocks, each beginning at a multiple of TRACE_ALIGN:
 *                 struct trace_block_header, compressed payload (zlib), zeros up to TRACE_ALIGN
 *
 * The inflated payload is a row of records, each struct trace_record, its bytes, zeros up to a
 * multiple of 8. It begins with copies of the last HOST and WALL records made before this block
 * (context_bytes of them; none in block 0), which a reader uses only where the trace begins here;
 * HOST's says the digest of the last RULES record before it.
 *
 * A trace that reached its largest size goes on at offset 512, over its own oldest blocks. Read in
 * file order it is then: the newest lap, the rest of a block half overwritten, the older lap up to
 * the end of the file. The reader finds that rest's end by looking at each multiple of TRACE_ALIGN
 * for a header with this trace's id: 16 random bytes that whoever made a record's content cannot
 * know. Any other bytes that are no block are damage.
 */
#ifndef MINERWATCH_TRACE_FORMAT_H
#define MINERWATCH_TRACE_FORMAT_H

#include <stdint.h>

#include "event.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "traces are little-endian and are read and written as they lie in memory"
#endif

#define TRACE_MAGIC "MWTRACE\n"
#define TRACE_BLOCK_MAGIC "MWBLOCK\n"
#define TRACE_VERSION 1
#define TRACE_ALIGN 512u /* a disk's sector, so that a header is never written by halves */
#define TRACE_RAW_MAX 65536u /* bytes of an inflated payload, context included */
#define TRACE_COMPRESSED_MAX (TRACE_RAW_MAX + 64u) /* not under zlib's compressBound of that */
#define TRACE_BLOCK_MAX ((64u + TRACE_COMPRESSED_MAX + TRACE_ALIGN - 1) / TRACE_ALIGN * TRACE_ALIGN)
#define TRACE_FILE_MAX (4ull << 30) /* bounds the search for headers: some seconds at worst */

struct trace_file_header {
	char magic[8]; /* TRACE_MAGIC: this and version keep their places in all versions */
	uint32_t version; /* TRACE_VERSION */
	uint32_t header_size; /* where block 0 began: TRACE_ALIGN */
	uint8_t id[16]; /* random, of this trace alone */
	uint32_t reserved; /* 0 */
	uint32_t checksum; /* of all the above */
};

struct trace_block_header {
	char magic[8]; /* TRACE_BLOCK_MAGIC */
	uint8_t id[16]; /* the file header's */
	uint64_t sequence; /* counts blocks from 0 */
	uint64_t oldest; /* sequence of the oldest whole block left once this one is written */
	uint32_t raw_bytes; /* inflated payload: 1 .. TRACE_RAW_MAX */
	uint32_t compressed_bytes; /* 1 .. TRACE_COMPRESSED_MAX */
	uint32_t context_bytes; /* of the inflated payload, from its start */
	uint32_t records; /* context not counted; at least 1 */
	uint32_t payload_checksum; /* of the compressed bytes */
	uint32_t checksum; /* of all the above */
};

struct trace_record {
	uint32_t length; /* 1 .. EVENT_RECORD_MAX */
	uint32_t reserved; /* 0; keeps the record 8-byte aligned */
};

/* Bytes a record of this length takes in a payload. */
uint32_t trace_record_bytes(uint32_t length);
/* Bytes a block takes in the file. */
uint64_t trace_block_bytes(const struct trace_block_header *header);

/* Fill in magic (and version) and the checksum over what the caller has set. */
void trace_file_header_seal(struct trace_file_header *header);
void trace_block_header_seal(struct trace_block_header *header);

/* What is wrong with it, as a constant text for people; NULL: it is sound. */
const char *trace_file_header_check(const struct trace_file_header *header);
const char *trace_block_header_check(const struct trace_block_header *header, const uint8_t *id);

/*
 * Inflates the payload of a block whose header is sound and checks every record's bounds.
 * compressed holds header->compressed_bytes, raw has room for TRACE_RAW_MAX. Result as above.
 */
const char *trace_payload_unpack(
	const struct trace_block_header *header, const void *compressed, void *raw);

#endif

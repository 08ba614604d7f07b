/* SPDX-License-Identifier: Apache-2.0 */
/* Checks the parts of a trace against the rules of trace_format.h. */
#include "sources/trace_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <zlib.h>

_Static_assert(sizeof(struct trace_file_header) == 40, "on disk");
_Static_assert(sizeof(struct trace_block_header) == 64, "on disk; TRACE_BLOCK_MAX counts on it");
_Static_assert(sizeof(struct trace_record) == 8, "on disk");

uint32_t trace_record_bytes(uint32_t length)
{
	return sizeof(struct trace_record) + ((length + 7) & ~7u);
}

uint64_t trace_block_bytes(const struct trace_block_header *header)
{
	uint64_t bytes = sizeof(*header) + header->compressed_bytes;

	return (bytes + TRACE_ALIGN - 1) / TRACE_ALIGN * TRACE_ALIGN;
}

static uint32_t checksum(const void *data, size_t len)
{
	return (uint32_t)crc32(0, data, (uInt)len);
}

void trace_file_header_seal(struct trace_file_header *header)
{
	memcpy(header->magic, TRACE_MAGIC, sizeof(header->magic));
	header->version = TRACE_VERSION;
	header->header_size = TRACE_ALIGN;
	header->reserved = 0;
	header->checksum = checksum(header, offsetof(struct trace_file_header, checksum));
}

void trace_block_header_seal(struct trace_block_header *header)
{
	memcpy(header->magic, TRACE_BLOCK_MAGIC, sizeof(header->magic));
	header->checksum = checksum(header, offsetof(struct trace_block_header, checksum));
}

const char *trace_file_header_check(const struct trace_file_header *header)
{
	if (memcmp(header->magic, TRACE_MAGIC, sizeof(header->magic)))
		return "not a minerwatch trace: its first bytes are not MWTRACE";
	/* Before the checksum: a later version may lay the rest out anew. */
	if (header->version > TRACE_VERSION)
		return "made by a newer minerwatch: replay it with that version or a later one";
	if (header->checksum != checksum(header, offsetof(struct trace_file_header, checksum)))
		return "the file header is damaged: its checksum is wrong";
	if (header->version != TRACE_VERSION || header->header_size != TRACE_ALIGN ||
		header->reserved)
		return "the file header is damaged: a field has a value it cannot have";
	return NULL;
}

const char *trace_block_header_check(const struct trace_block_header *header, const uint8_t *id)
{
	if (memcmp(header->magic, TRACE_BLOCK_MAGIC, sizeof(header->magic)))
		return "no block begins here";
	if (header->checksum != checksum(header, offsetof(struct trace_block_header, checksum)))
		return "the block header is damaged: its checksum is wrong";
	if (memcmp(header->id, id, sizeof(header->id)))
		return "the block belongs to another trace";
	/* The context being shorter, raw_bytes is not 0. */
	if (header->raw_bytes > TRACE_RAW_MAX || !header->compressed_bytes ||
		header->compressed_bytes > TRACE_COMPRESSED_MAX ||
		header->context_bytes >= header->raw_bytes || !header->records ||
		header->oldest > header->sequence)
		return "the block header has a value it cannot have";
	return NULL;
}

static const char *records_check(const struct trace_block_header *header, const char *raw)
{
	uint32_t at = 0, records = 0;
	bool context_ends = false;

	while (at < header->raw_bytes) {
		struct trace_record record;
		uint32_t left = header->raw_bytes - at;

		if (left < sizeof(record))
			return "a record begins where the block ends";
		memcpy(&record, raw + at, sizeof(record));
		if (!record.length || record.length > EVENT_RECORD_MAX || record.reserved)
			return "a record has a length it cannot have";
		if (trace_record_bytes(record.length) > left)
			return "a record reaches beyond its block";
		if (at == header->context_bytes)
			context_ends = true;
		if (at >= header->context_bytes)
			records++;
		at += trace_record_bytes(record.length);
	}
	if (!context_ends)
		return "the block's context does not end between two records";
	if (records != header->records)
		return "the block does not hold as many records as its header says";
	return NULL;
}

const char *trace_payload_unpack(
	const struct trace_block_header *header, const void *compressed, void *raw)
{
	/* The room is what the header promised: a payload that inflates to more stops there. */
	uLongf inflated = header->raw_bytes;
	uLong used = header->compressed_bytes;

	if (checksum(compressed, used) != header->payload_checksum)
		return "the block is damaged: its checksum is wrong";
	if (uncompress2(raw, &inflated, compressed, &used) != Z_OK ||
		inflated != header->raw_bytes || used != header->compressed_bytes)
		return "the block does not inflate to what its header says";
	return records_check(header, raw);
}

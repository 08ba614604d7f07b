/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the trace reader, with a mutator that sets the checksums right again (row S6). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "sources/trace.h"
#include "sources/trace_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static int feed(void *context, void *record, size_t len)
{
	unsigned *sum = context;

	if ((uintptr_t)record % 8 || !len || len > EVENT_RECORD_MAX)
		abort();
	/* Reads every byte, for the sanitizers. */
	*sum += (unsigned)crc32(0, record, (uInt)len);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned sum = 0;
	struct record_out out = {.feed = feed, .context = &sum};
	struct trace *trace;
	char path[32];
	int fd = memfd_create("fuzz_trace", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (trace_open(path, &trace))
		abort();
	/* Sound or damaged, one of the two, and it says which. */
	if (trace_feed(trace, &out) == 0 ? !!trace_problem(trace) : !trace_problem(trace))
		abort();
	trace_free(trace);
	close(fd);
	return 0;
}

/* Inflates the payload, mutates it, packs it again. Leaves a block it cannot handle as it is. */
static void payload_mutate(uint8_t *at, size_t room, struct trace_block_header *header)
{
	static uint8_t raw[TRACE_RAW_MAX];
	uLongf inflated = sizeof(raw), packed = room - sizeof(*header);
	uint8_t *payload = at + sizeof(*header);
	size_t mutated;

	if (header->compressed_bytes > packed ||
		uncompress(raw, &inflated, payload, header->compressed_bytes) != Z_OK)
		return;
	mutated = LLVMFuzzerMutate(raw, inflated, sizeof(raw));
	if (compress2(payload, &packed, raw, mutated, Z_BEST_SPEED) != Z_OK)
		return;
	header->compressed_bytes = (uint32_t)packed;
	header->raw_bytes = (uint32_t)mutated;
}

static void seal(uint8_t *data, size_t size, unsigned seed)
{
	struct trace_file_header file;
	struct trace_block_header header;

	if (size < sizeof(file))
		return;
	memcpy(&file, data, sizeof(file));
	trace_file_header_seal(&file);
	memcpy(data, &file, sizeof(file));
	for (size_t at = TRACE_ALIGN; at + sizeof(header) <= size; at += TRACE_ALIGN) {
		size_t room = size - at;

		memcpy(&header, data + at, sizeof(header));
		if (memcmp(header.magic, TRACE_BLOCK_MAGIC, sizeof(header.magic)))
			continue;
		if (seed % 5 == 0 || seed % 5 == at / TRACE_ALIGN)
			payload_mutate(data + at, room, &header);
		memcpy(header.id, file.id, sizeof(header.id));
		if (header.compressed_bytes <= room - sizeof(header))
			header.payload_checksum = (uint32_t)crc32(
				0, data + at + sizeof(header), header.compressed_bytes);
		trace_block_header_seal(&header);
		memcpy(data + at, &header, sizeof(header));
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	if (seed % 2)
		size = LLVMFuzzerMutate(data, size, max_size);
	/* One in seven keeps its wrong checksums. */
	if (seed % 7)
		seal(data, size, seed);
	return size;
}

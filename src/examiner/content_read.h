/* SPDX-License-Identifier: Apache-2.0 */
/* Digests an open file and searches it, at a bounded speed. */
#ifndef MINERWATCH_CONTENT_READ_H
#define MINERWATCH_CONTENT_READ_H

#include <stdint.h>

#include "event.h"
#include "examiner/pattern_search.h"

#define CONTENT_PIECE (256 * 1024)

struct content_reader {
	struct pattern_search *search;
	uint64_t bytes_per_s, largest;
	uint64_t left; /* bytes the job may still read of mapped files */
	uint64_t due_ns; /* when what has been read so far is within bytes_per_s */
	uint8_t piece[CONTENT_PIECE];
};

/* Reads no faster than allowed: call it for each len bytes read. */
void content_pace(struct content_reader *reader, uint64_t len);
/*
 * fd: a regular file, at its start. What is found is added to reader->search, which is cut.
 * *ret_sha256: zeros unless CONTENT_DIGESTED. Returns enum content_result.
 */
unsigned content_read(struct content_reader *reader, int fd, uint8_t ret_sha256[static 32]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a CONTAINER record. */
#ifndef MINERWATCH_CONTAINER_RECORD_H
#define MINERWATCH_CONTAINER_RECORD_H

#include "decode.h"
#include "examine.h"

struct container_facts {
	uint64_t created_ns; /* wall clock; 0 unknown */
	uint32_t flags; /* CONTAINER_*; CUT is added where a text does not fit */
	const char *texts[CONTAINER_TEXTS]; /* NULL or "": unknown */
};

/* Returns the record's length. */
size_t container_record_write(const struct examine_job *job, const struct container_facts *facts,
	__u64 record[static EVENT_RECORD_MAX / 8]);

#endif

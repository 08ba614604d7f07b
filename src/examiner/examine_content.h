/* SPDX-License-Identifier: Apache-2.0 */
/* Looks into the files a process runs and has mapped, and into its executable memory. */
#ifndef MINERWATCH_EXAMINE_CONTENT_H
#define MINERWATCH_EXAMINE_CONTENT_H

#include <stddef.h>

#include "examine.h"
#include "examiner/content_cache.h"
#include "examiner/content_read.h"

#define CONTENT_FILES_MAX 64 /* mapped files of one process that are looked at */
#define CONTENT_MAPS_SIZE (1 << 20) /* about 10,000 mappings */

/* Who examines; all that one set of rules is worked by. */
struct content_examiner {
	struct content_reader reader;
	struct content_cache cache;
	/* Takes a record. Negative: nobody listens any more. */
	int (*tell)(const void *record, size_t len);
	char maps[CONTENT_MAPS_SIZE]; /* touched only as far as it is used */
};

/* Tells one record an object, none of what is not there. 0, or what tell has returned. */
int examine_content(struct content_examiner *examiner, const struct examine_job *job);

#endif

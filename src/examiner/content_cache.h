/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers what stands in libraries, which many processes have mapped. */
#ifndef MINERWATCH_CONTENT_CACHE_H
#define MINERWATCH_CONTENT_CACHE_H

#include "examiner/content_open.h"

#define CONTENT_CACHE_MAX 512 /* files; when full, the one read longest ago goes */

struct content_known {
	struct event_file file;
	uint8_t sha256[32];
	uint16_t patterns_len;
	char patterns[CONTENT_PATTERNS_MAX];
};

struct content_cache {
	unsigned next, used; /* zeros: it is empty */
	struct content_known files[CONTENT_CACHE_MAX];
};

/* NULL: it was not read, or has changed since. */
const struct content_known *content_cache_find(
	const struct content_cache *cache, const struct opened_file *file);
/* An entry for the file, to be filled with what it holds. */
struct content_known *content_cache_add(
	struct content_cache *cache, const struct opened_file *file);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers what stands in libraries, which many processes have mapped. */
#include "examiner/content_cache.h"

#include <stddef.h>

const struct content_known *content_cache_find(
	const struct content_cache *cache, const struct opened_file *opened)
{
	const struct event_file *file = &opened->file;

	for (unsigned i = 0; i < cache->used; i++) {
		const struct content_known *known = &cache->files[i];

		if (known->file.inode == file->inode && known->file.dev == file->dev &&
			known->file.ctime_ns == file->ctime_ns && known->file.size == file->size)
			return known;
	}
	return NULL;
}

struct content_known *content_cache_add(struct content_cache *cache, const struct opened_file *file)
{
	struct content_known *known = &cache->files[cache->next];

	cache->next = (cache->next + 1) % CONTENT_CACHE_MAX;
	if (cache->used < CONTENT_CACHE_MAX)
		cache->used++;
	known->file = file->file;
	return known;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds any text to the reader of maps, any bytes in any pieces to the search for patterns, and
 * checks each against a plain one. */
/* Parser: src/examiner/maps_read.c src/examiner/pattern_search.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "examiner/maps_read.h"
#include "examiner/pattern_search.h"

#define PATTERNS 3
#define PATTERN_BYTES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void read_maps(const char *text)
{
	const char *end = text + strlen(text);
	struct mapping mapping;

	while (maps_next(&text, &mapping))
		if (mapping.to < mapping.from || text > end ||
			strlen(mapping.path) >= sizeof(mapping.path))
			abort();
}

static int stands_in(const uint8_t *data, size_t len, struct span pattern)
{
	return len && memmem(data, len, pattern.data, pattern.len) != NULL;
}

/* The input's first bytes are the patterns; the rest comes in pieces of the size that is next. */
static void search(const uint8_t *data, size_t len)
{
	static const char *const names[PATTERNS] = {"a", "b", "c"};
	struct rules_pattern patterns[PATTERNS];
	char found[CONTENT_PATTERNS_MAX];
	struct pattern_search *search;
	size_t piece, found_len = 0;

	if (len < PATTERNS * PATTERN_BYTES + 1)
		return;
	for (unsigned i = 0; i < PATTERNS; i++)
		patterns[i] = (struct rules_pattern){{names[i], 1},
			{(const char *)data + i * PATTERN_BYTES, PATTERN_BYTES - i},
			PATTERN_MEDIUM};
	data += PATTERNS * PATTERN_BYTES;
	len -= PATTERNS * PATTERN_BYTES;
	piece = *data + 1u;
	search = pattern_search_new(patterns, PATTERNS);
	if (!search)
		return;
	pattern_search_reset(search);
	for (size_t at = 0; at < len; at += piece)
		pattern_search_push(search, data + at, len - at < piece ? len - at : piece);
	found_len = pattern_search_names(search, found);
	for (unsigned i = 0; i < PATTERNS; i++)
		if (stands_in(data, len, patterns[i].bytes) !=
			(found_len && memchr(found, names[i][0], found_len) != NULL))
			abort();
	pattern_search_free(search);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1);

	if (!text)
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	read_maps(text);
	search(data, len);
	free(text);
	return 0;
}

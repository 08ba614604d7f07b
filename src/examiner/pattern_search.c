/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds which of many short patterns stand in bytes that come piece by piece. At each position a
 * hash of four bytes tells, nearly always, that no pattern begins there.
 */
#include "examiner/pattern_search.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BEGINNING 4 /* bytes that are hashed; patterns have 6 at least */
#define PATTERN_MOST 64
#define HASHES 65536

struct pattern_search {
	const struct rules_pattern *patterns;
	size_t count;
	bool *found;
	uint32_t *chains; /* by pattern: the next one whose beginning has its hash, from 1 on */
	uint32_t first[HASHES]; /* by hash, from 1 on; 0: none */
	uint64_t any[HASHES / 64]; /* bit a hash: the small part of it that is asked each time */
	/* The end of what was pushed: a pattern may begin there. */
	uint8_t tail[PATTERN_MOST - 1];
	size_t tail_len;
};

static unsigned hash_at(const uint8_t *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, BEGINNING);
	return word * UINT32_C(2654435761) >> 16; /* Knuth's multiplicative hashing */
}

struct pattern_search *pattern_search_new(const struct rules_pattern *patterns, size_t count)
{
	struct pattern_search *search = calloc(1, sizeof(*search));

	if (!search)
		return NULL;
	search->patterns = patterns;
	search->count = count;
	search->found = calloc(count + 1, sizeof(*search->found));
	search->chains = calloc(count + 1, sizeof(*search->chains));
	if (!search->found || !search->chains) {
		pattern_search_free(search);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		unsigned hash = hash_at((const uint8_t *)patterns[i].bytes.data);

		search->chains[i] = search->first[hash];
		search->first[hash] = (uint32_t)i + 1;
		search->any[hash / 64] |= UINT64_C(1) << hash % 64;
	}
	return search;
}

void pattern_search_free(struct pattern_search *search)
{
	if (!search)
		return;
	free(search->found);
	free(search->chains);
	free(search);
}

void pattern_search_reset(struct pattern_search *search)
{
	memset(search->found, 0, search->count * sizeof(*search->found));
	pattern_search_cut(search);
}

void pattern_search_cut(struct pattern_search *search)
{
	search->tail_len = 0;
}

static void look_closer(
	struct pattern_search *search, unsigned hash, const uint8_t *bytes, size_t len)
{
	for (uint32_t at = search->first[hash]; at; at = search->chains[at - 1]) {
		struct span pattern = search->patterns[at - 1].bytes;

		if (pattern.len <= len && memcmp(bytes, pattern.data, pattern.len) == 0)
			search->found[at - 1] = true;
	}
}

static void look(struct pattern_search *search, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i + BEGINNING <= len; i++) {
		unsigned hash = hash_at(bytes + i);

		if (search->any[hash / 64] >> hash % 64 & 1)
			look_closer(search, hash, bytes + i, len - i);
	}
}

void pattern_search_push(struct pattern_search *search, const void *bytes, size_t len)
{
	uint8_t joint[2 * sizeof(search->tail)];
	size_t head = len < sizeof(search->tail) ? len : sizeof(search->tail);
	size_t joint_len = search->tail_len + head;

	memcpy(joint, search->tail, search->tail_len);
	memcpy(joint + search->tail_len, bytes, head);
	look(search, joint, joint_len);
	if (len > head) {
		look(search, bytes, len);
		memcpy(search->tail, (const uint8_t *)bytes + len - sizeof(search->tail),
			sizeof(search->tail));
		search->tail_len = sizeof(search->tail);
		return;
	}
	search->tail_len = joint_len < sizeof(search->tail) ? joint_len : sizeof(search->tail);
	memcpy(search->tail, joint + joint_len - search->tail_len, search->tail_len);
}

size_t pattern_search_names(
	const struct pattern_search *search, char ret_names[CONTENT_PATTERNS_MAX])
{
	size_t len = 0;

	for (int strength = PATTERN_STRONG; strength > PATTERN_NONE; strength--)
		for (size_t i = 0; i < search->count; i++) {
			struct span name = search->patterns[i].name;

			if (!search->found[i] || (int)search->patterns[i].strength != strength ||
				name.len + 1 > CONTENT_PATTERNS_MAX - len)
				continue;
			memcpy(ret_names + len, name.data, name.len);
			ret_names[len + name.len] = '\0';
			len += name.len + 1;
		}
	return len;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Finds which of many short patterns stand in bytes that come piece by piece. */
#ifndef MINERWATCH_PATTERN_SEARCH_H
#define MINERWATCH_PATTERN_SEARCH_H

#include <stddef.h>

#include "event.h"
#include "rules.h"

struct pattern_search;

/* patterns outlive it. NULL: out of memory. */
struct pattern_search *pattern_search_new(const struct rules_pattern *patterns, size_t count);
void pattern_search_free(struct pattern_search *search); /* NULL is legal */

void pattern_search_reset(struct pattern_search *search); /* forgets what was found */
/* What is pushed next does not follow what was pushed last. */
void pattern_search_cut(struct pattern_search *search);
void pattern_search_push(struct pattern_search *search, const void *bytes, size_t len);
/* Names of those found, each with its NUL, strong ones first; what has no room is left out. Their
 * length. */
size_t pattern_search_names(
	const struct pattern_search *search, char ret_names[CONTENT_PATTERNS_MAX]);

#endif

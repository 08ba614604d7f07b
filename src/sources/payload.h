/* SPDX-License-Identifier: Apache-2.0 */
/* Puts segments together and lets through only those bytes that a reader knows. */
#ifndef MINERWATCH_PAYLOAD_H
#define MINERWATCH_PAYLOAD_H

#include <stdbool.h>

#include "source.h"

#define PAYLOAD_DIRECTIONS_MAX 4096 /* being read; the one begun first goes */

struct payload;

struct payload *payload_new(const struct record_out *out); /* NULL: out of memory */
void payload_free(struct payload *payload); /* NULL is fine */

/*
 * record_fn; context is the payload source. Keeps SEGMENT records to itself and feeds PAYLOAD
 * records made of them: at once where a reader knows the bytes, and again as they grow, so at most
 * once for each of EVENT_PAYLOAD_SEGMENTS. All other
 * records go through as they are.
 */
int payload_feed(void *context, void *record, size_t len);

/*
 * Each second: tells once, without bytes, of each direction that no reader has known for one
 * second; at the end of a run, of all of them. 0 or -errno of feeding.
 */
int payload_tick(struct payload *payload, uint64_t now_ns, bool end);

/* Directions given up, for want of room or of their first bytes, before they were told of. */
uint64_t payload_given_up(const struct payload *payload);

#endif

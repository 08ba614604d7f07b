/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel programs sent, dropped, cut, could not read and left out. */
#ifndef MINERWATCH_SOURCE_COUNTERS_H
#define MINERWATCH_SOURCE_COUNTERS_H

#include "canary_link.h"
#include "event.h"

struct live_set;

/* Fills the five arrays; the header is the caller's. */
void counters_read(const struct live_set *set, struct event_counters *ret_counters);

/* Of what was dropped, by class: what was said of it on stderr, by this run or those before it. */
void counters_read_told(const struct live_set *set, __u64 ret_told[static CLASS_COUNT]);
void counters_tell(const struct live_set *set, const __u64 told[static CLASS_COUNT]);
/*
 * To what is counted as dropped, what an older set of programs dropped and was not told of; what
 * the set itself dropped so far the older one saw. Of that one the losses and programs are enough.
 */
void counters_inherit(const struct live_set *set, const struct live_set *older);

/* Counts a record of this type under the class it was submitted under, if there is one. */
void counters_count(unsigned type, __u64 counts[static CLASS_COUNT]);
/*
 * These were taken, and are taken once. Where the ring is empty and no pass is on, submitted and
 * delivered are equal.
 */
void counters_add_delivered(const struct live_set *set, const __u64 counts[static CLASS_COUNT]);
void counters_read_delivered(const struct live_set *set, __u64 ret_delivered[static CLASS_COUNT]);

/* Times each program was at work, or kept from it by the kernel, and no record shows it. */
void counters_read_unrecorded(const struct live_set *set, __u64 ret_times[static CANARY_LINKS]);

#endif

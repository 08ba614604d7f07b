/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel programs sent, dropped, cut, could not read and left out. */
#ifndef MINERWATCH_SOURCE_COUNTERS_H
#define MINERWATCH_SOURCE_COUNTERS_H

#include "event.h"

struct live_set;

/* Fills the five arrays; the header is the caller's. */
void counters_read(const struct live_set *set, struct event_counters *ret_counters);

#endif

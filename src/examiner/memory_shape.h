/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the mappings of a process that have the sizes RandomX asks for. */
#ifndef MINERWATCH_MEMORY_SHAPE_H
#define MINERWATCH_MEMORY_SHAPE_H

#include "event.h"

/* text: as /proc/PID/maps gives it, NUL-terminated; cut lines are left out. */
void memory_shape_read(const char *text, struct event_memory *memory);

#endif

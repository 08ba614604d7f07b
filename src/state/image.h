/* SPDX-License-Identifier: Apache-2.0 */
/* The program a process runs, shared by all that forked from it. */
#ifndef MINERWATCH_IMAGE_H
#define MINERWATCH_IMAGE_H

#include "process.h"

/* From an EXEC or PROCESS event; one reference. */
struct image *image_new(const struct event *event);
struct image *image_restore(const struct event *event); /* the same from a FINDING event */
struct image *image_ref(struct image *image); /* NULL-safe */
void image_unref(struct image *image); /* NULL-safe */

#endif

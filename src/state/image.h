/* SPDX-License-Identifier: Apache-2.0 */
/* The program a process runs, shared by all that forked from it. */
#ifndef MINERWATCH_IMAGE_H
#define MINERWATCH_IMAGE_H

#include "process.h"

/*
 * Of all; beyond it only the beginnings of a new one's path and arguments are kept, and its flags
 * say so: whoever starts as many processes as are kept, with the longest arguments, does not have
 * the sensor ended for its memory.
 */
#define IMAGE_BYTES_MAX (16 << 20)
#define IMAGE_TEXT_CUT 256

/* From an EXEC or PROCESS event; one reference. total: of all images, outlives them. */
struct image *image_new(const struct event *event, size_t *total);
/* The same from a FINDING event. */
struct image *image_restore(const struct event *event, size_t *total);
struct image *image_ref(struct image *image); /* NULL-safe */
void image_unref(struct image *image); /* NULL-safe */

#endif

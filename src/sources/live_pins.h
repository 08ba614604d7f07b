/* SPDX-License-Identifier: Apache-2.0 */
/* Pins what is at work, and takes what is pinned back into work. */
#ifndef MINERWATCH_LIVE_PINS_H
#define MINERWATCH_LIVE_PINS_H

#include "sources/live_set.h"
#include "sources/pins.h"

/*
 * Finds among the sets the newest one of that digest with every hook, all of them attached still
 * and none found dead.
 * Returns 0 with *ret_own and its descriptors in the empty set, else -ENOENT.
 */
int live_pins_find(int directory, const struct pins_set sets[], unsigned count, const char *digest,
	struct pins_set *ret_own, struct live_set *set);
/* Pins all the set has under a name for it: all or nothing. 0 or -errno. */
int live_pins_make(int directory, const struct pins_set *name, const struct live_set *set);
/*
 * The losses of a set, whoever made it, and those of its programs that this version knows by name:
 * all of the empty *set that is filled. 0 or -errno: it has none, or they are not as ours.
 */
int live_pins_losses(int directory, const struct pins_set *name, struct live_set *set);
/* A descriptor of the ring of a set, whoever made it, or -errno. */
int live_pins_ring(int directory, const struct pins_set *set);

#endif

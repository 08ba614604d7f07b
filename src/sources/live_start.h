/* SPDX-License-Identifier: Apache-2.0 */
/* Brings the kernel programs to work: loads them, or takes over those that are pinned. */
#ifndef MINERWATCH_LIVE_START_H
#define MINERWATCH_LIVE_START_H

#include <stdint.h>

#include "source.h"
#include "sources/live_load.h"

struct older_rings;

/*
 * By the setup's config, whose other members are filled in; the set is empty. *ret_since_ns: what
 * its ring tells from before is told by *ret_older too (NULL: there is none), which feeds older_out
 * and is the caller's. 0 or -errno.
 */
int live_start(struct live_setup *setup, const struct record_out *older_out, struct live_set *set,
	uint64_t *ret_since_ns, struct older_rings **ret_older);

#endif

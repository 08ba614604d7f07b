/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what is left in the rings of pinned sets that another one has replaced. */
#ifndef MINERWATCH_OLDER_RINGS_H
#define MINERWATCH_OLDER_RINGS_H

#include "source.h"
#include "sources/pins.h"

struct older_rings;

/*
 * Opens the rings of the sets, which stand in order of age; each is read up to the moment from
 * which the next set tells, the last one to until_ns. Sets without a ring are passed over. The pins
 * are not needed any more then. Returns 0 with NULL where there is nothing to read, or -errno.
 */
int older_rings_open(int directory, const struct pins_set sets[], unsigned count, uint64_t until_ns,
	const struct record_out *out, struct older_rings **ret_rings);
void older_rings_free(struct older_rings *rings); /* NULL is fine */

/*
 * Feeds what is left, the oldest ring first, until there is no more: 0, or what feed returned that
 * was not 0; the next call goes on behind that record.
 */
int older_rings_consume(struct older_rings *rings);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Notices when huge pages are set aside or given back. */
#ifndef MINERWATCH_HUGEPAGES_H
#define MINERWATCH_HUGEPAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "source.h"

struct hugepages {
	bool known;
	uint64_t kib; /* set aside, as last reported */
};

/* Feeds a HUGEPAGES record at the first call and where the number has changed. 0 or -errno of feed.
 */
int hugepages_tick(struct hugepages *hugepages, const struct record_out *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Who delivers records. One file a source in src/sources/. */
#ifndef MINERWATCH_SOURCE_H
#define MINERWATCH_SOURCE_H

#include <stddef.h>
#include <stdint.h>

/* Takes a finished record; the sources call nothing else. 0 or -errno (then the run ends). */
typedef int (*record_fn)(void *context, void *record, size_t len);

struct record_out {
	record_fn feed;
	void *context;
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* uthash, which ends the process on its own terms when there is no memory: on ours instead. */
#ifndef MINERWATCH_HASH_H
#define MINERWATCH_HASH_H

#include "util/memory.h"

#define uthash_fatal(text) memory_exhausted()
#include <uthash.h>

#endif

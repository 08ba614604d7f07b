/* SPDX-License-Identifier: Apache-2.0 */
/* CLOCK_MONOTONIC, for deadlines and pauses of our own: it stands still while the host is
 * suspended. */
#ifndef MINERWATCH_MONOTONIC_H
#define MINERWATCH_MONOTONIC_H

#include <stdint.h>

uint64_t monotonic_ns(void);
int64_t monotonic_ms(void);

#endif

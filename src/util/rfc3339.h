/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a moment of event time as RFC 3339 text. */
#ifndef MINERWATCH_RFC3339_H
#define MINERWATCH_RFC3339_H

#include <stdint.h>

#define RFC3339_SIZE 31 /* "2026-01-02T03:04:05.123456789Z" and NUL */

/*
 * boot_ns: CLOCK_BOOTTIME, wall_offset_ns: CLOCK_REALTIME minus CLOCK_BOOTTIME. UTC, nine digits,
 * Z. No pair of values overflows: all lie between the years 1677 and 2846.
 */
void rfc3339_format(uint64_t boot_ns, int64_t wall_offset_ns, char ret_text[static RFC3339_SIZE]);

#endif

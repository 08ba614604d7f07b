/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the times that runtimes write. */
#ifndef MINERWATCH_CREATED_TIME_H
#define MINERWATCH_CREATED_TIME_H

#include <stdint.h>

/*
 * Nanoseconds since 1970 of an RFC 3339 text, with any number of digits behind the point and "Z" or
 * an offset; 0 for anything else and for what lies before 1970 or after 2262.
 */
uint64_t created_time(const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for tables whose sizes are bounded: where there is none left, the process says so and
 * ends. */
#ifndef MINERWATCH_MEMORY_H
#define MINERWATCH_MEMORY_H

#include <stddef.h>

/*
 * A sensor that went on without a process or a finding would be silent about a miner. One that ends
 * with exit code 1 is started again, and finds what runs. The caller frees what it gets.
 */
void *memory_zeroed(size_t size); /* never NULL */
char *memory_text(const char *text); /* a copy, never NULL */
void memory_exhausted(void) __attribute__((noreturn));

#endif

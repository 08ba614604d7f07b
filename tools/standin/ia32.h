/* SPDX-License-Identifier: Apache-2.0 */
/* System calls of a 64-bit program through the ia32 gate; -ENOSYS where the machine has none. */
#ifndef IA32_H
#define IA32_H

#include <stddef.h>

#define IA32_EXECVE 11
#define IA32_CONNECT 362

/* Memory the gate's 32-bit pointers reach. */
void *ia32_memory(size_t size);
long ia32_call(long number, const void *first, const void *second, const void *third);

#endif

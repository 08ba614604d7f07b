/* SPDX-License-Identifier: Apache-2.0 */
/* Whether programs may read kernel memory by address. */
#ifndef MINERWATCH_SOURCES_READ_KERNEL_H
#define MINERWATCH_SOURCES_READ_KERNEL_H

#include <stdbool.h>

/* False: the verifier refuses it, as under lockdown=confidentiality. */
bool read_kernel_allowed(void);

#endif

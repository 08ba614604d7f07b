/* SPDX-License-Identifier: Apache-2.0 */
/* Which ids may become a part of a file's path. */
#ifndef MINERWATCH_CONTAINER_ID_H
#define MINERWATCH_CONTAINER_ID_H

#include <stdbool.h>

#define CONTAINER_ID_SIZE 77

/*
 * containerd's own grammar (pkg/identifiers: at most 76 bytes, letters and digits with single
 * [._-] between them), which the 64 hex digits of all others are a part of.
 */
bool container_id_is_safe(const char *id);

#endif

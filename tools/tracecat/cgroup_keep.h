/* SPDX-License-Identifier: Apache-2.0 */
/* Which records of a trace tell of one cgroup. */
#ifndef TRACECAT_CGROUP_KEEP_H
#define TRACECAT_CGROUP_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True for records of this cgroup, and for those of types that belong to none. */
bool cgroup_keeps(uint64_t cgroup_id, const void *record, size_t len);

#endif

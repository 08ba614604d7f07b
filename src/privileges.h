/* SPDX-License-Identifier: Apache-2.0 */
/* Gives up what a process needs no more, for good. */
#ifndef MINERWATCH_PRIVILEGES_H
#define MINERWATCH_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>

#define PRIVILEGE(capability) (UINT64_C(1) << (capability))

/*
 * Keeps the capabilities in keep (of those it has) and drops all others from every set, the
 * bounding set included; no program it could start gets any back (no_new_privs). 0 or -errno.
 */
int privileges_keep(uint64_t keep);
/* Of what was kept, uses only those in use from now on; the rest can come back. 0 or -errno. */
int privileges_use(uint64_t use);
/* True when the capability is in the effective set. */
bool privileges_has(unsigned capability);
/*
 * From now on nothing can be opened for writing, made, removed or executed, whoever asks for it
 * (Landlock). Reading stays. 0, -EOPNOTSUPP or -ENOSYS where the kernel has none, -errno.
 */
int privileges_read_only(void);
/* True where that can be. */
bool privileges_can_be_read_only(void);
/* In a fresh child: dies with its parent. False: the parent is gone already. */
bool privileges_die_with_parent(int parent_pid);

#endif

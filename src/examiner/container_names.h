/* SPDX-License-Identifier: Apache-2.0 */
/* What the engines above the low-level runtime call a container that has been confirmed. */
#ifndef MINERWATCH_CONTAINER_NAMES_H
#define MINERWATCH_CONTAINER_NAMES_H

#include "examiner/container_confirm.h"

/* The word of cgroup_runtime_name for who runs it; NULL: runc alone, which does not say for whom.
 */
const char *container_names_runtime(const struct container_answer *answer);

/* Fields of *ret_names that no file knows stay "". */
void container_names_read(const struct container_answer *answer, struct oci_names *ret_names);

/* The engines' own: 0 or -errno, and then *ret_names is as before. */
int container_names_docker(const struct container_answer *answer, struct oci_names *ret_names);
int container_names_podman(const struct container_answer *answer, struct oci_names *ret_names);
int container_names_containerd(const struct container_answer *answer, struct oci_names *ret_names);

#endif

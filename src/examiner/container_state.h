/* SPDX-License-Identifier: Apache-2.0 */
/* What the low-level runtime keeps of a container it runs. */
#ifndef MINERWATCH_CONTAINER_STATE_H
#define MINERWATCH_CONTAINER_STATE_H

#include <stdint.h>

#include "event.h"
#include "examiner/oci_config.h"

#define CONTAINER_STATE_CGROUPS                                           \
	16 /* v1 has 14 controllers; the others of a longer list are lost \
	    */
#define CONTAINER_STATE_PATH_SIZE                                       \
	(EVENT_CGROUP_PATH_MAX + 128) /* with the mount point before it \
				       */

/* Texts that are too long for their place count as absent: half a path is another path. */
struct container_state {
	char id[OCI_STRING_SIZE];
	char created[OCI_STRING_SIZE]; /* RFC 3339, as written there */
	char bundle[CONTAINER_STATE_PATH_SIZE]; /* directory of its config.json */
	uint64_t init_start; /* field 22 of /proc/PID/stat */
	uint32_t init_pid;
	bool from_root; /* cgroups are paths in a hierarchy; else as mounted on the host */
	unsigned cgroups_count;
	char cgroups[CONTAINER_STATE_CGROUPS][CONTAINER_STATE_PATH_SIZE];
};

/* Errors as in oci_config.h; -EINVAL also where pid, start time or id cannot be. */

/* runc's state.json: libcontainer/container.go (BaseState), container_linux.go (State) */
int container_state_runc(struct span text, struct container_state *ret_state);
/* crun's status: src/libcrun/status.c. It does not hold the id, which is its directory's name. */
int container_state_crun(struct span text, struct container_state *ret_state);

#endif

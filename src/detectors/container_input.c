// SPDX-License-Identifier: Apache-2.0
/* What the detectors on containers begin with. */
#include "detectors/container_input.h"

#include "state/state.h"

const struct container *container_of_input(const struct detector_input *in)
{
	return cgroup_container(in->state->cgroups, in->process->cgroup_id);
}

const struct container *container_confirmed(const struct detector_input *in)
{
	const struct container *container = container_of_input(in);

	return container && container->flags & CONTAINER_VERIFIED ? container : NULL;
}

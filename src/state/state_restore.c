// SPDX-License-Identifier: Apache-2.0
/* What an earlier run knew of the processes its evidence names. */
#include "state/image.h"
#include "state/state_private.h"

/* Its path says which container it is; what that one's runtime said of it follows by itself. */
static void restore_cgroup(struct state *state, const struct event *event)
{
	uint64_t id = event->header->cgroup_id;
	struct span path = event->finding_text[FINDING_CGROUP];
	struct container_inquiry *inquiry;

	if (path.len && id && !cgroup_path_of(state->cgroups, id).len)
		cgroup_learn(state->cgroups, id, path, 0);
	inquiry = cgroup_inquiry(state->cgroups, id);
	if (!inquiry || inquiry->asked || !(event->finding->finding_flags & FINDING_CONTAINER))
		return;
	inquiry->asked = 1;
	inquiry->asked_ns = state->now_ns;
}

/* What this run knows already is fresher. The detectors are not asked: their answer is here. */
struct process *apply_finding(struct state *state, const struct event *event)
{
	const struct event_finding *finding = event->finding;
	struct process_key key = process_key_of(event->header->pid, event->header->start_ns);
	struct process *process;

	restore_cgroup(state, event);
	if (process_find(state->processes, &key))
		return NULL;
	process = process_get(state->processes, &key, state->now_ns);
	process->cgroup_id = event->header->cgroup_id;
	cgroup_seen(state->cgroups, process->cgroup_id, &key, state->now_ns);
	if (finding->finding_flags & FINDING_HAS_IMAGE)
		process_set_image(process, image_restore(event, &state->image_bytes));
	process_restore(state->processes, process, finding);
	return NULL;
}

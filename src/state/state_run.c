/* SPDX-License-Identifier: Apache-2.0 */
/* What records about the run and its host change: clock, losses, huge pages, what cannot be seen.
 */
#include <string.h>

#include "state/state_private.h"

struct process *apply_host(struct state *state, const struct event *event)
{
	state->host = *event->host;
	return NULL;
}

struct process *apply_wall(struct state *state, const struct event *event)
{
	state->wall_offset_ns = event->wall->offset_ns;
	return NULL;
}

struct process *apply_counters(struct state *state, const struct event *event)
{
	state->dropped = 0;
	for (unsigned class = 0; class < CLASS_COUNT; class ++)
		state->dropped += event->counters->dropped[class];
	state->execs_lost = event->counters->dropped[CLASS_EXEC];
	return NULL;
}

/* What it loads matters where a process is suspected: ld_preload.c. */
struct process *apply_preload(struct state *state, const struct event *event)
{
	state->preload_len = event->data.len;
	if (event->data.len)
		memcpy(state->preload, event->data.data, event->data.len);
	return NULL;
}

/* The first one says what there is, not that it was raised. */
struct process *apply_hugepages(struct state *state, const struct event *event)
{
	if (state->hugepages_known && event->hugepages->kib > state->hugepages_kib)
		state->hugepages_raised_ns = state->now_ns;
	state->hugepages_known = true;
	state->hugepages_kib = event->hugepages->kib;
	return NULL;
}

struct process *apply_degraded(struct state *state, const struct event *event)
{
	const char *what = event->degraded->what;
	unsigned at = 0;

	while (at < state->degraded_count && strcmp(state->degraded[at], what) < 0)
		at++;
	if (at < state->degraded_count && strcmp(state->degraded[at], what) == 0) {
		if (!event->degraded->active) {
			state->degraded_count--;
			memmove(state->degraded[at], state->degraded[at + 1],
				(state->degraded_count - at) * sizeof(state->degraded[0]));
		}
	} else if (event->degraded->active && state->degraded_count < DEGRADED_MAX) {
		memmove(state->degraded[at + 1], state->degraded[at],
			(state->degraded_count - at) * sizeof(state->degraded[0]));
		memcpy(state->degraded[at], what, sizeof(state->degraded[0]));
		state->degraded_count++;
	}
	return NULL;
}

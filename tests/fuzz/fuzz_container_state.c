/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds any bytes to the readers of low-level runtimes' files, ids and times. */
/* Parser: src/examiner/container_state.c src/examiner/container_id.c src/examiner/created_time.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "examiner/container_id.h"
#include "examiner/container_state.h"
#include "examiner/created_time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

static void expect_state(const struct container_state *state)
{
	expect(strnlen(state->id, sizeof(state->id)) < sizeof(state->id));
	expect(strnlen(state->created, sizeof(state->created)) < sizeof(state->created));
	expect(strnlen(state->bundle, sizeof(state->bundle)) < sizeof(state->bundle));
	expect(state->init_pid > 0 && state->init_pid <= INT32_MAX && state->init_start > 0);
	expect(state->cgroups_count <= CONTAINER_STATE_CGROUPS);
	for (unsigned i = 0; i < state->cgroups_count; i++) {
		expect(state->cgroups[i][0] == '/');
		expect(strnlen(state->cgroups[i], CONTAINER_STATE_PATH_SIZE) <
			CONTAINER_STATE_PATH_SIZE);
	}
	created_time(state->created);
	if (container_id_is_safe(state->id))
		expect(!strchr(state->id, '/') && state->id[0] != '.' &&
			strlen(state->id) < CONTAINER_ID_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = {(const char *)data + 1, len - 1};
	static struct container_state state;

	if (len == 0)
		return 0;
	memset(&state, 0xff, sizeof(state));
	if (data[0] == 'r' && container_state_runc(text, &state) == 0) {
		expect(state.id[0] != '\0');
		expect_state(&state);
	}
	if (data[0] == 'c' && container_state_crun(text, &state) == 0)
		expect_state(&state);
	return 0;
}

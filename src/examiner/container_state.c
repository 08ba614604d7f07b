/* SPDX-License-Identifier: Apache-2.0 */
/* Parses what the low-level runtime keeps of a container it runs. */
#include "examiner/container_state.h"

#include <errno.h>
#include <string.h>

#include "examiner/oci_json.h"

static void copy_path(const char *text, char ret_path[CONTAINER_STATE_PATH_SIZE])
{
	size_t len = strlen(text);

	if (len >= CONTAINER_STATE_PATH_SIZE)
		len = 0;
	memcpy(ret_path, text, len);
	ret_path[len] = '\0';
}

static void copy_text(const json_t *value, char ret_text[OCI_STRING_SIZE])
{
	bool cut = false;

	oci_json_copy(value, ret_text, &cut);
	if (cut)
		ret_text[0] = '\0';
}

static int read_init(const json_t *pid, const json_t *start, struct container_state *state)
{
	json_int_t number = json_integer_value(pid), ticks = json_integer_value(start);

	if (number <= 0 || number > INT32_MAX || ticks <= 0)
		return -EINVAL;
	state->init_pid = (uint32_t)number;
	state->init_start = (uint64_t)ticks;
	return 0;
}

static void add_cgroup(const json_t *value, struct container_state *state)
{
	if (state->cgroups_count == CONTAINER_STATE_CGROUPS)
		return;
	copy_path(oci_json_text(value), state->cgroups[state->cgroups_count]);
	state->cgroups_count += state->cgroups[state->cgroups_count][0] == '/';
}

/*
 * runc puts one label of its own, "bundle=<directory>", behind those made of annotations, which
 * the container's author chooses (libcontainer/specconv/spec_linux.go).
 */
static void read_bundle(const json_t *labels, struct container_state *state)
{
	for (size_t i = json_array_size(labels); i > 0; i--) {
		const char *label = oci_json_text(json_array_get(labels, i - 1));

		if (strncmp(label, "bundle=", 7) == 0) {
			copy_path(label + 7, state->bundle);
			return;
		}
	}
}

int container_state_runc(struct span text, struct container_state *ret_state)
{
	const json_t *value;
	const char *controller;
	json_t *json;
	int err = oci_json_parse(text, &json);

	if (err < 0)
		return err;
	memset(ret_state, 0, sizeof(*ret_state));
	copy_text(json_object_get(json, "id"), ret_state->id);
	copy_text(json_object_get(json, "created"), ret_state->created);
	json_object_foreach(json_object_get(json, "cgroup_paths"), controller, value)
		add_cgroup(value, ret_state);
	read_bundle(json_object_get(json_object_get(json, "config"), "labels"), ret_state);
	err = read_init(json_object_get(json, "init_process_pid"),
		json_object_get(json, "init_process_start"), ret_state);
	if (!ret_state->id[0])
		err = -EINVAL;
	json_decref(json);
	return err;
}

int container_state_crun(struct span text, struct container_state *ret_state)
{
	json_t *json;
	int err = oci_json_parse(text, &json);

	if (err < 0)
		return err;
	memset(ret_state, 0, sizeof(*ret_state));
	ret_state->from_root = true;
	copy_text(json_object_get(json, "created"), ret_state->created);
	copy_path(oci_json_text(json_object_get(json, "bundle")), ret_state->bundle);
	add_cgroup(json_object_get(json, "cgroup-path"), ret_state);
	err = read_init(json_object_get(json, "pid"), json_object_get(json, "process-start-time"),
		ret_state);
	json_decref(json);
	return err;
}

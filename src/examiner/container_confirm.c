/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for the runtime's files about a container, from its monitor to its state and config.json.
 */
#include "examiner/container_confirm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "examiner/container_match.h"
#include "examiner/host_file.h"
#include "examiner/oci_json.h"
#include "util/cgroup_path.h"
#include "util/span.h"

#define OPTIONS_MAX (64 * 1024) /* bytes; seen: 2 to 100 */
#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Low-level runtimes: where they keep what they know of a container, below /ID. */
static const struct low_runtime {
	const char *program, *root, *file;
	int (*read)(struct span text, struct container_state *ret_state);
} low_runtimes[] = {
	{"runc", "/run/runc", "state.json", container_state_runc},
	{"crun", "/run/crun", "status", container_state_crun},
};

static int read_state(int root, const char *path, const struct low_runtime *runtime,
	struct container_state *state)
{
	size_t len;
	char *text;
	int err = host_file_read(root, path, OCI_FILE_MAX, &text, &len);

	if (err < 0)
		return err;
	err = runtime->read((struct span){text, len}, state);
	free(text);
	return err;
}

static int read_config(int root, const struct container_state *state, struct oci_config *config)
{
	int bundle = state->bundle[0] == '/' ? host_directory_open(root, state->bundle) : -ENOENT;
	size_t len;
	char *text;
	int err;

	if (bundle < 0)
		return bundle;
	err = host_file_read(bundle, "config.json", OCI_FILE_MAX, &text, &len);
	close(bundle);
	if (err < 0)
		return err;
	err = oci_config_read((struct span){text, len}, config);
	free(text);
	return err;
}

/* Takes a state that has been read, if it is about the process in question. */
static int accept_state(
	const struct container_question *question, const char *id, struct container_answer *answer)
{
	struct container_state *state = &answer->state;
	int init;

	if (strcmp(state->id, id) != 0 ||
		!container_match_cgroup(question, answer->monitor.process, state, id))
		return -ENOENT;
	init = container_match_init(question, answer->monitor.process, state);
	if (init < 0)
		return init;
	answer->has_config = read_config(answer->monitor.root, state, &answer->config) == 0;
	if (!answer->has_config)
		memset(&answer->config, 0, sizeof(answer->config));
	answer->init = init;
	snprintf(answer->id, sizeof(answer->id), "%s", id);
	return 0;
}

/* The low-level runtime's files of containers that directory holds, or its default one. */
static int try_directory(const struct container_question *question,
	const struct low_runtime *runtime, const char *directory, const char *id,
	struct container_answer *answer)
{
	struct container_state *state = &answer->state;
	char path[CONTAINER_STATE_PATH_SIZE];
	int err, len = snprintf(path, sizeof(path), "%s/%s/%s",
			 directory ? directory : runtime->root, id, runtime->file);

	if (path[0] != '/' || len < 0 || (size_t)len >= sizeof(path))
		return -EINVAL;
	err = read_state(answer->monitor.root, path, runtime, state);
	if (err < 0)
		return err;
	if (!state->id[0]) /* its directory, which only root can make, names it */
		snprintf(state->id, sizeof(state->id), "%s", id);
	return accept_state(question, id, answer);
}

/*
 * options.json in a bundle says where runc keeps its state when that is not the default place: in
 * {"root": ...} (containerd runtime/v2/runc/container.go). Docker always moves it.
 */
static int read_options(int bundle, char *ret_root, size_t size)
{
	const char *moved;
	json_t *json;
	size_t len;
	char *text;
	int err = host_file_read(bundle, "options.json", OPTIONS_MAX, &text, &len);

	if (err < 0)
		return err == -ENOENT ? 0 : err;
	err = oci_json_parse((struct span){text, len}, &json);
	free(text);
	if (err < 0)
		return err;
	moved = oci_json_text(json_object_get(json, "root"));
	if (strlen(moved) >= size)
		err = -ENAMETOOLONG;
	else if (moved[0])
		strcpy(ret_root, moved);
	json_decref(json);
	return err;
}

/* The bundles of one namespace lie beside each other; the shim works in one of them. */
static int runc_root_of_shim(
	const struct container_monitor *shim, const char *id, char *ret_root, size_t size)
{
	int bundle = -1, err = 0, bundles = -1;
	int directory = openat(shim->process, "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (directory >= 0)
		bundles = openat(directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (bundles >= 0)
		bundle = host_directory_open(bundles, id);
	err = bundle < 0 ? -ENOENT : read_options(bundle, ret_root, size);
	if (directory >= 0)
		close(directory);
	if (bundles >= 0)
		close(bundles);
	if (bundle >= 0)
		close(bundle);
	return err;
}

static int try_shim(
	const struct container_question *question, const char *id, struct container_answer *answer)
{
	const struct container_monitor *shim = &answer->monitor;
	char root[CONTAINER_STATE_PATH_SIZE] = "/run/containerd/runc";
	char directory[sizeof(root) + CONTAINER_ID_SIZE];
	int err = runc_root_of_shim(shim, id, root, sizeof(root));

	if (err < 0)
		return err;
	snprintf(directory, sizeof(directory), "%s/%s", root, shim->space);
	err = try_directory(question, &low_runtimes[0], directory, id, answer);
	if (err < 0 || strcmp(id, shim->id) == 0)
		return err;
	/* a shim is named after one container and may have others only if it is a pod's sandbox */
	if (strcmp(answer->config.names.sandbox_id, shim->id) == 0)
		return 0;
	close(answer->init);
	return -ENOENT;
}

static int try_conmon(const struct container_question *question, struct container_answer *answer)
{
	const struct container_monitor *conmon = &answer->monitor;
	struct span program = span_basename(span_of(conmon->runtime ? conmon->runtime : "runc"));

	for (size_t i = 0; i < SIZE(low_runtimes); i++)
		if (span_equal(program, span_of(low_runtimes[i].program)))
			return try_directory(question, &low_runtimes[i], conmon->runtime_root,
				conmon->id, answer);
	return -ENOTSUP;
}

static int try_bare(
	const struct container_question *question, const char *id, struct container_answer *answer)
{
	int err = -ENOENT;

	for (size_t i = 0; i < SIZE(low_runtimes) && err == -ENOENT; i++)
		err = try_directory(question, &low_runtimes[i], NULL, id, answer);
	return err;
}

/* The next container of a path that could have files, from leaf to root; false at the end. */
static bool next_id(struct span *path, struct cgroup_identity *identity)
{
	char last[CGROUP_ID_SIZE];

	memcpy(last, identity->container_id, sizeof(last));
	while (path->len > 0) {
		cgroup_path_identify(*path, identity);
		while (path->len > 0 && path->data[path->len - 1] != '/')
			path->len--;
		while (path->len > 0 && path->data[path->len - 1] == '/')
			path->len--;
		if (container_id_is_safe(identity->container_id) &&
			strcmp(identity->container_id, last) != 0)
			return true;
	}
	return false;
}

static int try_path(const struct container_question *question, struct container_answer *answer)
{
	struct cgroup_identity identity = {.container_id = ""};
	struct span path = question->path;
	int err = -ENOENT;

	while (err < 0 && next_id(&path, &identity))
		err = answer->monitor.kind == CONTAINER_MONITOR_SHIM
			      ? try_shim(question, identity.container_id, answer)
			      : try_bare(question, identity.container_id, answer);
	return err;
}

int container_confirm(
	const struct container_question *question, struct container_answer *ret_answer)
{
	struct container_monitor *monitor = &ret_answer->monitor;
	int err =
		container_monitor_find(question->proc, question->host, question->process, monitor);

	if (err < 0)
		return err;
	if (monitor->kind == CONTAINER_MONITOR_CONMON)
		err = try_conmon(question, ret_answer);
	else if (monitor->kind == CONTAINER_MONITOR_SHIM)
		err = try_shim(question, monitor->id, ret_answer);
	if (monitor->kind == CONTAINER_MONITOR_NONE ||
		(err < 0 && monitor->kind == CONTAINER_MONITOR_SHIM))
		err = try_path(question, ret_answer);
	if (err < 0)
		container_monitor_close(monitor);
	return err;
}

void container_answer_close(struct container_answer *answer)
{
	container_monitor_close(&answer->monitor);
	close(answer->init);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses whose files are asked for a container's names. */
#include "examiner/container_names.h"

#include <stdio.h>
#include <string.h>

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The first row that fits. Who called runc says nothing of whose container it is, and the
 * config.json is the caller's then: no row for a container without a monitor.
 */
static const struct engine {
	enum container_monitor_kind monitor;
	const char *space; /* NULL: any namespace of containerd */
	enum oci_manager manager; /* UNKNOWN: any */
	const char *runtime;
	int (*read)(const struct container_answer *answer, struct oci_names *ret_names);
} engines[] = {
	{CONTAINER_MONITOR_SHIM, "moby", OCI_MANAGER_UNKNOWN, "docker", container_names_docker},
	{CONTAINER_MONITOR_SHIM, NULL, OCI_MANAGER_NERDCTL, "nerdctl", container_names_containerd},
	{CONTAINER_MONITOR_SHIM, NULL, OCI_MANAGER_UNKNOWN, "containerd",
		container_names_containerd},
	{CONTAINER_MONITOR_CONMON, NULL, OCI_MANAGER_CRIO, "cri-o", NULL},
	{CONTAINER_MONITOR_CONMON, NULL, OCI_MANAGER_UNKNOWN, "podman", container_names_podman},
};

static const struct engine *engine_of(const struct container_answer *answer)
{
	const struct container_monitor *monitor = &answer->monitor;
	enum oci_manager manager = answer->config.names.manager;

	for (size_t i = 0; i < SIZE(engines); i++)
		if (engines[i].monitor == monitor->kind &&
			(!engines[i].space || strcmp(engines[i].space, monitor->space) == 0) &&
			(!engines[i].manager || engines[i].manager == manager))
			return &engines[i];
	return NULL;
}

const char *container_names_runtime(const struct container_answer *answer)
{
	const struct engine *engine = engine_of(answer);

	return engine ? engine->runtime : NULL;
}

void container_names_read(const struct container_answer *answer, struct oci_names *ret_names)
{
	const struct engine *engine = engine_of(answer);
	const char *name = answer->monitor.name ? answer->monitor.name : "";

	memset(ret_names, 0, sizeof(*ret_names));
	if (engine) {
		*ret_names = answer->config.names;
		if (engine->read)
			engine->read(answer, ret_names);
		if (!ret_names->container_name[0])
			snprintf(ret_names->container_name, sizeof(ret_names->container_name), "%s",
				name);
	}
	if (!ret_names->created[0])
		memcpy(ret_names->created, answer->state.created, sizeof(ret_names->created));
}

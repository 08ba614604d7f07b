/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the names of a container out of the files that runtimes keep. */
#include "examiner/oci_config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "examiner/oci_json.h"
#include "util/span.h"

#define FIELD(name) offsetof(struct oci_names, name)
#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Who writes which annotation (Docker: label). Of several rows for a field the first that the file
 * has counts. Only the manager's own rows are read: a pod's author chooses annotations too, and
 * some of them reach config.json (CRI-O passes io.kubernetes.cri.* on for Kata).
 * Sources: containerd pkg/cri/annotations/annotations.go; cri-o pkg/annotations and
 * SpecAddAnnotations in internal/factory/container/container.go (kubelet's labels are written last
 * and as annotations); kubelet's labels: kubernetes pkg/kubelet/types/labels.go; nerdctl
 * pkg/labels; cri-dockerd (io.kubernetes.docker.type, io.kubernetes.sandbox.id); Podman 4.3.1's
 * files as seen.
 */
static const struct {
	enum oci_manager manager;
	const char *key;
	size_t field;
} names[] = {
	{OCI_MANAGER_CONTAINERD, "io.kubernetes.cri.image-name", FIELD(image)},
	{OCI_MANAGER_CONTAINERD, "io.kubernetes.cri.container-name", FIELD(container_name)},
	{OCI_MANAGER_CONTAINERD, "io.kubernetes.cri.sandbox-name", FIELD(pod_name)},
	{OCI_MANAGER_CONTAINERD, "io.kubernetes.cri.sandbox-namespace", FIELD(pod_namespace)},
	{OCI_MANAGER_CONTAINERD, "io.kubernetes.cri.sandbox-uid", FIELD(pod_uid)},
	{OCI_MANAGER_CONTAINERD, "io.kubernetes.cri.sandbox-id", FIELD(sandbox_id)},
	{OCI_MANAGER_CRIO, "io.kubernetes.cri-o.ImageName", FIELD(image)},
	{OCI_MANAGER_CRIO, "io.kubernetes.cri-o.Image", FIELD(image)},
	{OCI_MANAGER_CRIO, "io.kubernetes.cri-o.ImageRef", FIELD(image_id)},
	{OCI_MANAGER_CRIO, "io.kubernetes.container.name", FIELD(container_name)},
	{OCI_MANAGER_CRIO, "io.kubernetes.pod.name", FIELD(pod_name)},
	{OCI_MANAGER_CRIO, "io.kubernetes.cri-o.KubeName", FIELD(pod_name)},
	{OCI_MANAGER_CRIO, "io.kubernetes.pod.namespace", FIELD(pod_namespace)},
	{OCI_MANAGER_CRIO, "io.kubernetes.cri-o.Namespace", FIELD(pod_namespace)},
	{OCI_MANAGER_CRIO, "io.kubernetes.pod.uid", FIELD(pod_uid)},
	{OCI_MANAGER_CRIO, "io.kubernetes.cri-o.SandboxID", FIELD(sandbox_id)},
	{OCI_MANAGER_CRIO, "io.kubernetes.cri-o.Created", FIELD(created)},
	{OCI_MANAGER_DOCKER, "io.kubernetes.container.name", FIELD(container_name)},
	{OCI_MANAGER_DOCKER, "io.kubernetes.pod.name", FIELD(pod_name)},
	{OCI_MANAGER_DOCKER, "io.kubernetes.pod.namespace", FIELD(pod_namespace)},
	{OCI_MANAGER_DOCKER, "io.kubernetes.pod.uid", FIELD(pod_uid)},
	{OCI_MANAGER_DOCKER, "io.kubernetes.sandbox.id", FIELD(sandbox_id)},
	{OCI_MANAGER_NERDCTL, "nerdctl/name", FIELD(container_name)},
	{OCI_MANAGER_PODMAN, "io.kubernetes.cri-o.SandboxID", FIELD(sandbox_id)},
	{OCI_MANAGER_PODMAN, "io.kubernetes.cri-o.Created", FIELD(created)},
};

/* How a manager shows itself; NULL: any value. The first row that fits counts. */
static const struct {
	const char *key, *value;
	enum oci_manager manager;
} managers[] = {
	{"io.container.manager", "cri-o", OCI_MANAGER_CRIO},
	{"io.container.manager", "libpod", OCI_MANAGER_PODMAN},
	{"io.kubernetes.cri.container-type", NULL, OCI_MANAGER_CONTAINERD},
	{"io.kubernetes.cri-o.ContainerType", NULL, OCI_MANAGER_CRIO},
	{"nerdctl/name", NULL, OCI_MANAGER_NERDCTL},
};

static const struct {
	enum oci_manager manager;
	const char *key, *value;
	enum oci_type type;
} types[] = {
	{OCI_MANAGER_CONTAINERD, "io.kubernetes.cri.container-type", "container",
		OCI_TYPE_CONTAINER},
	{OCI_MANAGER_CONTAINERD, "io.kubernetes.cri.container-type", "sandbox", OCI_TYPE_SANDBOX},
	{OCI_MANAGER_CRIO, "io.kubernetes.cri-o.ContainerType", "container", OCI_TYPE_CONTAINER},
	{OCI_MANAGER_CRIO, "io.kubernetes.cri-o.ContainerType", "sandbox", OCI_TYPE_SANDBOX},
	{OCI_MANAGER_PODMAN, "io.kubernetes.cri-o.ContainerType", "container", OCI_TYPE_CONTAINER},
	{OCI_MANAGER_PODMAN, "io.kubernetes.cri-o.ContainerType", "sandbox", OCI_TYPE_SANDBOX},
	{OCI_MANAGER_DOCKER, "io.kubernetes.docker.type", "container", OCI_TYPE_CONTAINER},
	{OCI_MANAGER_DOCKER, "io.kubernetes.docker.type", "podsandbox", OCI_TYPE_SANDBOX},
};

static bool has(const json_t *object, const char *key, const char *value)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && (!value || strcmp(text, value) == 0);
}

static enum oci_manager manager_of(const json_t *annotations)
{
	for (size_t i = 0; i < SIZE(managers); i++)
		if (has(annotations, managers[i].key, managers[i].value))
			return managers[i].manager;
	return OCI_MANAGER_UNKNOWN;
}

static void read_names(
	const json_t *annotations, enum oci_manager manager, struct oci_names *ret_names)
{
	ret_names->manager = manager;
	for (size_t i = 0; i < SIZE(names); i++) {
		char *field = (char *)ret_names + names[i].field;

		if (names[i].manager == manager && !field[0])
			oci_json_copy(
				json_object_get(annotations, names[i].key), field, &ret_names->cut);
	}
	for (size_t i = 0; i < SIZE(types); i++)
		if (types[i].manager == manager && has(annotations, types[i].key, types[i].value))
			ret_names->type = types[i].type;
}

/* As oci_json_parse; the caller owns *ret_json. */
static int parse_object(struct span text, json_t **ret_json)
{
	json_t *json;
	int err = oci_json_parse(text, &json);

	if (err)
		return err;
	if (!json_is_object(json)) {
		json_decref(json);
		return -EINVAL;
	}
	*ret_json = json;
	return 0;
}

int oci_config_read(struct span text, struct oci_config *ret_config)
{
	struct oci_names *found = &ret_config->names;
	const json_t *annotations, *os, *root;
	json_t *json;
	int err = parse_object(text, &json);

	if (err)
		return err;
	annotations = json_object_get(json, "annotations");
	os = json_object_get(json, "linux");
	root = json_object_get(json, "root");
	memset(ret_config, 0, sizeof(*ret_config));
	read_names(annotations, manager_of(annotations), found);
	oci_json_copy(json_object_get(os, "cgroupsPath"), ret_config->cgroups_path, &found->cut);
	oci_json_copy(json_object_get(root, "path"), ret_config->root_path, &found->cut);
	oci_privileges_read(json, &ret_config->privileges);
	json_decref(json);
	return 0;
}

int oci_docker_read(struct span text, struct oci_names *ret_names)
{
	const json_t *config;
	char *name = ret_names->container_name;
	bool *cut = &ret_names->cut;
	json_t *json;
	int err = parse_object(text, &json);

	if (err)
		return err;
	config = json_object_get(json, "Config");
	memset(ret_names, 0, sizeof(*ret_names));
	read_names(json_object_get(config, "Labels"), OCI_MANAGER_DOCKER, ret_names);
	oci_json_copy(json_object_get(config, "Image"), ret_names->image, cut);
	oci_json_copy(json_object_get(json, "Image"), ret_names->image_id, cut);
	oci_json_copy(json_object_get(json, "Created"), ret_names->created, cut);
	if (!name[0]) {
		oci_json_copy(json_object_get(json, "Name"), name, cut);
		if (name[0] == '/') /* as Docker writes it; its commands show it without */
			memmove(name, name + 1, strlen(name));
	}
	json_decref(json);
	return 0;
}

/* metadata is JSON in a string: image-name, image-id, name (seen with Podman 4.3.1). */
static int read_storage_entry(const json_t *entry, struct oci_names *ret_names)
{
	bool *cut = &ret_names->cut;
	json_t *metadata;
	int err =
		parse_object(span_of(oci_json_text(json_object_get(entry, "metadata"))), &metadata);

	if (err)
		return err;
	memset(ret_names, 0, sizeof(*ret_names));
	oci_json_copy(json_object_get(metadata, "image-name"), ret_names->image, cut);
	oci_json_copy(json_object_get(metadata, "image-id"), ret_names->image_id, cut);
	oci_json_copy(json_object_get(metadata, "name"), ret_names->container_name, cut);
	oci_json_copy(json_object_get(entry, "created"), ret_names->created, cut);
	json_decref(metadata);
	return 0;
}

int oci_storage_read(struct span text, struct span id, struct oci_names *ret_names)
{
	json_t *json;
	int err = oci_json_parse(text, &json);

	if (err)
		return err;
	err = json_is_array(json) ? -ENOENT : -EINVAL;
	for (size_t i = 0; i < json_array_size(json) && err == -ENOENT; i++) {
		const json_t *entry = json_array_get(json, i);

		if (span_equal(span_of(oci_json_text(json_object_get(entry, "id"))), id))
			err = read_storage_entry(entry, ret_names);
	}
	json_decref(json);
	return err;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The table of known cgroup layouts; decides which row an element of a path fits. */
#include "cgroup_rule.h"

#include <string.h>

/* clang-format off */
#define CONTAINER(runtime) CGROUP_CONTAINER, CGROUP_RUNTIME_##runtime
#define SANDBOX(runtime) CGROUP_SANDBOX, CGROUP_RUNTIME_##runtime
#define OTHER(kind) CGROUP_##kind, CGROUP_RUNTIME_NONE
#define BY(orchestrator) CGROUP_ORCHESTRATOR_##orchestrator

/* The first row that fits counts: the narrower row stands first. Sources: cgroup_path.h. */
static const struct cgroup_rule rules[] = {
	{"cri-containerd-", ".scope", HEX64, ANYWHERE, NULL, CONTAINER(CONTAINERD), BY(NONE), CGROUP_HIGH},
	{"crio-conmon-", ".scope", HEX64, ANYWHERE, NULL, OTHER(MONITOR), BY(NONE), CGROUP_HIGH},
	{"crio-conmon-", "", HEX64, ANYWHERE, NULL, OTHER(MONITOR), BY(NONE), CGROUP_HIGH},
	{"crio-", ".scope", HEX64, ANYWHERE, NULL, CONTAINER(CRIO), BY(NONE), CGROUP_HIGH},
	{"crio-", "", HEX64, IN_POD_SLICE, NULL, SANDBOX(CRIO), BY(NONE), CGROUP_MEDIUM},
	{"crio-", "", HEX64, ANYWHERE, NULL, CONTAINER(CRIO), BY(NONE), CGROUP_HIGH},
	{"docker-", ".scope", HEX64, ANYWHERE, NULL, CONTAINER(DOCKER), BY(NONE), CGROUP_HIGH},
	{"libpod-conmon-", ".scope", HEX64, ANYWHERE, NULL, OTHER(MONITOR), BY(NONE), CGROUP_HIGH},
	{"libpod-payload-", "", HEX64, ANYWHERE, NULL, CONTAINER(PODMAN), BY(NONE), CGROUP_HIGH},
	{"libpod-", ".scope", HEX64, ANYWHERE, NULL, CONTAINER(PODMAN), BY(NONE), CGROUP_HIGH},
	{"libpod-", "", HEX64, IN_PODMAN_POD, NULL, CONTAINER(PODMAN), BY(PODMAN_POD), CGROUP_MEDIUM},
	{"libpod-", "", HEX64, ANYWHERE, NULL, CONTAINER(PODMAN), BY(NONE), CGROUP_HIGH},
	{"nerdctl-", ".scope", HEX64, ANYWHERE, NULL, CONTAINER(NERDCTL), BY(NONE), CGROUP_HIGH},
	{"runc-", ".scope", NAME, ANYWHERE, NULL, CONTAINER(RUNC), BY(NONE), CGROUP_MEDIUM},
	{"bpm-", ".scope", NAME, ANYWHERE, NULL, CONTAINER(BPM), BY(CLOUDFOUNDRY), CGROUP_MEDIUM},
	{"machine-qemu\\x2d", ".scope", NAME, ANYWHERE, NULL, OTHER(VM), BY(NONE), CGROUP_HIGH},
	{"machine-lxc\\x2d", ".scope", NAME, ANYWHERE, NULL, CONTAINER(LIBVIRT_LXC), BY(NONE), CGROUP_HIGH},
	{"supervisor", "", NOTHING, BELOW_MACHINE, NULL, OTHER(MONITOR), BY(NONE), CGROUP_HIGH},
	{"systemd-nspawn@", ".service", NAME, ALONE, "machine.slice", CONTAINER(NSPAWN), BY(NONE), CGROUP_HIGH},
	{"machine-", ".scope", NAME, ALONE, "machine.slice", CONTAINER(NSPAWN), BY(NONE), CGROUP_MEDIUM},
	{"lxc.monitor.", "", NAME, ANYWHERE, NULL, OTHER(MONITOR), BY(NONE), CGROUP_HIGH},
	{"lxc.payload.", "", PROJECT_NAME, ANYWHERE, NULL, CONTAINER(LXC), BY(LXD_INCUS), CGROUP_HIGH},
	{"lxc.payload.", "", NAME, ANYWHERE, NULL, CONTAINER(LXC), BY(NONE), CGROUP_HIGH},
	{"", "", NAME, BELOW, "lxc.payload", CONTAINER(LXC), BY(NONE), CGROUP_HIGH},
	{"", "", NUMBER, BELOW, "lxc", CONTAINER(LXC), BY(PROXMOX), CGROUP_HIGH},
	{"", "", NAME, BELOW, "lxc", CONTAINER(LXC), BY(NONE), CGROUP_HIGH},
	{"conmon", "", NOTHING, BELOW, "libpod_parent", OTHER(MONITOR), BY(NONE), CGROUP_HIGH},
	{"conmon", "", NOTHING, IN_PODMAN_POD, NULL, OTHER(MONITOR), BY(PODMAN_POD), CGROUP_MEDIUM},
	{"runtime", "", NOTHING, BELOW_SERVICE, NULL, OTHER(MONITOR), BY(NONE), CGROUP_HIGH},
	{"job_", "", NUMBER, BELOW, "slurmstepd.scope", OTHER(JOB), BY(SLURM), CGROUP_MEDIUM},
	{"", "", HEX32_NUMBER, IN_ECS_TASK, NULL, CONTAINER(ECS), BY(ECS_FARGATE), CGROUP_HIGH},
	{"", "", HEX64, IN_ECS_TASK, NULL, CONTAINER(DOCKER), BY(ECS), CGROUP_HIGH},
	{"", "", GROUPS, BELOW, "garden", CONTAINER(GARDEN), BY(CLOUDFOUNDRY), CGROUP_MEDIUM},
	{"", "", BASE36, BELOW, "docker/buildkit", CONTAINER(DOCKER), BY(NONE), CGROUP_MEDIUM},
	{"", "", HEX64, BELOW, "libpod_parent", OTHER(POD), BY(PODMAN_POD), CGROUP_MEDIUM},
	{"machine-libpod_pod_", ".slice", HEX64, ANYWHERE, NULL, OTHER(POD), BY(PODMAN_POD), CGROUP_HIGH},
	{"user-libpod_pod_", ".slice", HEX64, ANYWHERE, NULL, OTHER(POD), BY(PODMAN_POD), CGROUP_HIGH},
	/* cri-dockerd with the cgroupfs driver makes the same path: the runtime is a guess */
	{"", "", HEX64, IN_POD, NULL, CONTAINER(CONTAINERD), BY(NONE), CGROUP_HIGH},
	{"", "", HEX64, BELOW, "docker", CONTAINER(DOCKER), BY(NONE), CGROUP_HIGH},
	{"", "", HEX64, BELOW, "actions_job", CONTAINER(DOCKER), BY(NONE), CGROUP_HIGH},
	/* containerd's own layout is /<namespace>/<id>; ctr takes any name for an id */
	{"", "", NAME, TOP, "/default", CONTAINER(CONTAINERD), BY(NONE), CGROUP_HIGH},
	{"", "", NAME, TOP, "/k8s.io", CONTAINER(CONTAINERD), BY(NONE), CGROUP_HIGH},
	/* as a sensor in a pod's private cgroup namespace sees the pod's other containers */
	{"", "", HEX64, BELOW, "..", CONTAINER(UNKNOWN), BY(K8S), CGROUP_HIGH},
	{"", "", HEX64, ANYWHERE, NULL, CONTAINER(UNKNOWN), BY(NONE), CGROUP_HIGH},
	/* runtimes write small letters only */
	{"", "", HEX64_CAPITALS, ANYWHERE, NULL, OTHER(HOST), BY(NONE), CGROUP_MEDIUM},
	{"kubelet", "", NOTHING, ANYWHERE, NULL, OTHER(HOST), BY(KIND), CGROUP_HIGH},
	{"kubelet.slice", "", NOTHING, ANYWHERE, NULL, OTHER(HOST), BY(KIND), CGROUP_HIGH},
	{"k3s-rootless.service", "", NOTHING, ANYWHERE, NULL, OTHER(HOST), BY(K3S), CGROUP_HIGH},
	{"ecstasks-", ".slice", HEX32, ANYWHERE, NULL, OTHER(HOST), BY(ECS), CGROUP_HIGH},
};
/* clang-format on */

bool cgroup_element_leaf(struct span path, struct cgroup_element *ret_element)
{
	size_t start;

	while (path.len > 0 && path.data[path.len - 1] == '/')
		path.len--;
	if (path.len == 0)
		return false;
	for (start = path.len; start > 0 && path.data[start - 1] != '/'; start--)
		;
	*ret_element = (struct cgroup_element){
		.name = {path.data + start, path.len - start},
		.above = {path.data, start},
	};
	while (ret_element->above.len > 0 && path.data[ret_element->above.len - 1] == '/')
		ret_element->above.len--;
	return true;
}

bool cgroup_element_up(struct cgroup_element *element)
{
	struct span child = element->name;

	if (!cgroup_element_leaf(element->above, element))
		return false;
	element->child = child;
	return true;
}

/* The last len bytes, all where there are fewer. */
static struct span last_bytes(struct span span, size_t len)
{
	size_t skip = span.len > len ? span.len - len : 0;

	return (struct span){span.data + skip, span.len - skip};
}

bool cgroup_rule_pod(struct span name, struct span *ret_uid)
{
	const char *colon = memchr(name.data, ':', name.len);
	struct span uid, stem;

	if (colon)
		name.len = (size_t)(colon - name.data);
	/* cgroupfs driver: pod<uid> */
	if (cgroup_shape_between(name, "pod", "", &uid) &&
		(cgroup_shape_fits(UUID, uid) || cgroup_shape_fits(HEX32, uid))) {
		*ret_uid = uid;
		return true;
	}
	/* systemd driver: [cgroup root's name-]kubepods[-class]-pod<uid>.slice */
	if (!cgroup_shape_between(name, "", ".slice", &stem))
		return false;
	if (stem.len > 36 && cgroup_shape_fits(UUID_SLICE, last_bytes(stem, 36)))
		uid = last_bytes(stem, 36);
	else if (stem.len > 32 && cgroup_shape_fits(HEX32, last_bytes(stem, 32)))
		uid = last_bytes(stem, 32);
	else
		return false;
	stem.len -= uid.len;
	if (!cgroup_shape_between(stem, "", "-pod", &stem) ||
		!memmem(stem.data, stem.len, "kubepods", 8))
		return false;
	*ret_uid = uid;
	return true;
}

static bool ends_in(struct span path, const char *near)
{
	struct span rest;

	return cgroup_shape_between(path, "", near, &rest) &&
	       (rest.len == 0 || rest.data[rest.len - 1] == '/');
}

static bool place_fits(const struct cgroup_rule *rule, const struct cgroup_element *element)
{
	struct cgroup_element parent;
	struct span id;

	if (rule->place == ANYWHERE)
		return true;
	if (!cgroup_element_leaf(element->above, &parent))
		return false;
	switch (rule->place) {
	case ANYWHERE:
		break;
	case BELOW:
		return ends_in(element->above, rule->near);
	case TOP:
		return cgroup_shape_is(element->above, rule->near);
	case BELOW_SERVICE:
		return cgroup_shape_between(parent.name, "", ".service", &id);
	case BELOW_MACHINE:
		return cgroup_shape_between(parent.name, "systemd-nspawn@", ".service", &id) ||
		       cgroup_shape_between(parent.name, "machine-", ".scope", &id);
	case ALONE:
		return ends_in(element->above, rule->near) &&
		       !cgroup_shape_is(element->child, "supervisor");
	case IN_POD:
		return cgroup_rule_pod(parent.name, &id) && parent.name.data + 3 == id.data;
	case IN_POD_SLICE:
		return cgroup_rule_pod(parent.name, &id) && parent.name.data + 3 != id.data;
	case IN_PODMAN_POD:
		return cgroup_shape_fits(HEX64, parent.name) &&
		       ends_in(parent.above, "libpod_parent");
	case IN_ECS_TASK:
		return cgroup_shape_fits(HEX32, parent.name) && ends_in(parent.above, "ecs");
	}
	return false;
}

/*
 * The cgroupfs driver, given the systemd driver's "slice:engine:id", makes one directory of it
 * (seen with containerd below a kubelet that uses systemd). It reads as engine-id.scope would.
 */
static bool triple_fits(const struct cgroup_rule *rule, struct span name, struct span *ret_id)
{
	const char *colon = memrchr(name.data, ':', name.len);
	size_t engine = strlen(rule->prefix);
	struct span id, rest;

	if (!colon || strcmp(rule->suffix, ".scope") != 0 || engine == 0)
		return false;
	id = (struct span){colon + 1, (size_t)(name.data + name.len - colon - 1)};
	name.len -= id.len + 1;
	rest = last_bytes(name, engine);
	if (rest.len != engine || rest.data[0] != ':' ||
		memcmp(rest.data + 1, rule->prefix, engine - 1) != 0)
		return false;
	*ret_id = id;
	return true;
}

const struct cgroup_rule *cgroup_rule_find(
	const struct cgroup_element *element, struct span *ret_id)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct cgroup_rule *rule = &rules[i];
		struct span id;

		if (!cgroup_shape_between(element->name, rule->prefix, rule->suffix, &id) &&
			!triple_fits(rule, element->name, &id))
			continue;
		if (!cgroup_shape_fits(rule->shape, id) || !place_fits(rule, element))
			continue;
		*ret_id = id;
		return rule;
	}
	return NULL;
}

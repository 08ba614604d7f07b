/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of cgroup paths: one element of a path against the table of known layouts. */
#ifndef MINERWATCH_CGROUP_RULE_H
#define MINERWATCH_CGROUP_RULE_H

#include "cgroup_path.h"
#include "cgroup_shape.h"

/* One directory of a path, with its surroundings; all spans point into the path. */
struct cgroup_element {
	struct span name; /* never empty, without '/' */
	struct span above; /* path of its parent, without '/' at the end */
	struct span child; /* the next element toward the leaf, empty at the leaf */
};

enum cgroup_place {
	ANYWHERE,
	BELOW, /* the path above ends in near */
	TOP, /* the path above is near */
	BELOW_SERVICE,
	BELOW_MACHINE, /* below a unit of systemd-nspawn or systemd-machined */
	ALONE, /* below near, and the child is not the supervisor's */
	IN_POD, /* in a pod's cgroup, cgroupfs driver */
	IN_POD_SLICE, /* in a pod's cgroup, systemd driver */
	IN_PODMAN_POD, /* in a pod's cgroup, Podman with cgroupfs */
	IN_ECS_TASK,
};

/* A layout. One of kind HOST is no container; it tells only who runs what lies below it. */
struct cgroup_rule {
	const char *prefix, *suffix;
	enum cgroup_shape shape; /* of what stands between them: the id */
	enum cgroup_place place;
	const char *near;
	enum cgroup_kind kind;
	enum cgroup_runtime runtime;
	enum cgroup_orchestrator orchestrator;
	enum cgroup_confidence confidence;
};

/* The leaf of path; false where there is none. Empty elements are skipped. */
bool cgroup_element_leaf(struct span path, struct cgroup_element *ret_element);
/* Moves one element toward the root; false at the top. */
bool cgroup_element_up(struct cgroup_element *element);

/* The first row that fits, or NULL; *ret_id points into the element. */
const struct cgroup_rule *cgroup_rule_find(
	const struct cgroup_element *element, struct span *ret_id);

/* True for a pod's own cgroup and for "<its slice>:<engine>:<id>"; *ret_uid is as written there. */
bool cgroup_rule_pod(struct span name, struct span *ret_uid);

#endif

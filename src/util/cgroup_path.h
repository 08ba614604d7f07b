/* SPDX-License-Identifier: Apache-2.0 */
/* What the path of a cgroup alone says of the container, pod or machine it belongs to. */
#ifndef MINERWATCH_CGROUP_PATH_H
#define MINERWATCH_CGROUP_PATH_H

#include <stdbool.h>

#include "decode.h"

/*
 * Source of every layout: tests/data/cgroup-paths.tsv, which names for each the runtime's own code,
 * its documentation or the trial it was seen in. Whoever may make a cgroup may name it as he likes:
 * all that stands here is a hint until the runtime's files confirm it.
 */
#define CGROUP_ID_SIZE 256 /* the kernel's NAME_MAX and a NUL: no id needs cutting */
#define CGROUP_POD_UID_SIZE 37 /* uuid and a NUL */
#define CGROUP_PATH_LIMIT 4096 /* of a longer path only the first bytes are judged, see below */

enum cgroup_kind {
	CGROUP_HOST, /* no container: a service, a session, the root, or a name nobody knows */
	CGROUP_CONTAINER,
	CGROUP_SANDBOX, /* the pause container of a pod */
	CGROUP_MONITOR, /* host-side helper of a container (conmon, supervisor), not the container
			 */
	CGROUP_POD, /* the pod's own cgroup: pod known, container not */
	CGROUP_VM,
	CGROUP_JOB, /* of a batch system */
};

enum cgroup_runtime {
	CGROUP_RUNTIME_NONE, /* "-": not a container */
	CGROUP_RUNTIME_UNKNOWN, /* a container, made by anybody */
	CGROUP_RUNTIME_BPM,
	CGROUP_RUNTIME_CONTAINERD,
	CGROUP_RUNTIME_CRIO,
	CGROUP_RUNTIME_DOCKER,
	CGROUP_RUNTIME_ECS,
	CGROUP_RUNTIME_GARDEN,
	CGROUP_RUNTIME_LIBVIRT_LXC,
	CGROUP_RUNTIME_LXC,
	CGROUP_RUNTIME_NERDCTL,
	CGROUP_RUNTIME_NSPAWN,
	CGROUP_RUNTIME_PODMAN,
	CGROUP_RUNTIME_RUNC,
};

enum cgroup_orchestrator {
	CGROUP_ORCHESTRATOR_NONE,
	CGROUP_ORCHESTRATOR_CLOUDFOUNDRY,
	CGROUP_ORCHESTRATOR_ECS,
	CGROUP_ORCHESTRATOR_ECS_FARGATE,
	CGROUP_ORCHESTRATOR_K3S, /* rootless k3s; as root its paths are those of any Kubernetes */
	CGROUP_ORCHESTRATOR_K8S,
	CGROUP_ORCHESTRATOR_KIND,
	CGROUP_ORCHESTRATOR_LXD, /* a guess: something nested in an LXC container without project */
	CGROUP_ORCHESTRATOR_LXD_INCUS, /* name carries a project */
	CGROUP_ORCHESTRATOR_MINIKUBE,
	CGROUP_ORCHESTRATOR_PODMAN_POD,
	CGROUP_ORCHESTRATOR_PROXMOX,
	CGROUP_ORCHESTRATOR_SLURM,
};

enum cgroup_confidence {
	CGROUP_LOW, /* no engine puts a container here, any user can */
	CGROUP_MEDIUM, /* layout inferred, or its name is shared by things that are none */
	CGROUP_HIGH, /* layout taken from a runtime's code or seen */
};

/* Strings are NUL-terminated, "" where there is none, and hold [A-Za-z0-9_.+-] only. */
struct cgroup_identity {
	enum cgroup_kind kind;
	enum cgroup_runtime runtime;
	enum cgroup_orchestrator orchestrator;
	/* For whoever keeps the table of paths; held to it by the tests, and no detector asks. */
	enum cgroup_confidence confidence;
	char container_id[CGROUP_ID_SIZE]; /* innermost; systemd's \x2d undone */
	char pod_uid[CGROUP_POD_UID_SIZE]; /* uuid with dashes, or a static pod's 32 hex digits */
	char parent_container_id[CGROUP_ID_SIZE]; /* of the container around it, "" on the host */
	size_t container_path_len; /* of the path down to the container's own element; 0: none */
};

/*
 * path: any bytes, absolute or as a private cgroup namespace shows it ("/../..."). Never fails.
 * The root's end of an over-long path is judged: what lies there was not made by the container.
 */
void cgroup_path_identify(struct span path, struct cgroup_identity *ret_identity);

/* The words for alerts: "cri-o", "lxd/incus"; never NULL for an enumerator. */
const char *cgroup_runtime_name(enum cgroup_runtime runtime);
const char *cgroup_orchestrator_name(enum cgroup_orchestrator orchestrator);

/* The cgroups whose processes need not belong together: evidence is never summed over one. */
bool cgroup_path_is_root(struct span path); /* "/" or empty */
bool cgroup_path_is_slice(struct span path); /* the leaf is a systemd slice */
/*
 * The leaf is one login's session: systemd's session-3.scope in user-1000.slice, on v1 also
 * /user/1000.user/3.session and /user/name/3 (systemd before 206) and elogind's /3 or /c3.
 */
bool cgroup_path_is_login_session(struct span path);
/* The leaf holds containers and is none: a pod's own cgroup, or kubepods and its QoS classes. */
bool cgroup_path_is_pod_parent(struct span path);

#endif

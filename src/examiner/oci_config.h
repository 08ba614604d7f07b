/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that runtimes keep of a container say of its names and privileges. */
#ifndef MINERWATCH_OCI_CONFIG_H
#define MINERWATCH_OCI_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"

/*
 * Bounds against hostile files. A Kubernetes container's config.json is 10-60 KiB with 600-3,000
 * values, most of them system call names; jansson needs up to 100 bytes for a value of two.
 */
#define OCI_FILE_MAX (1024 * 1024)
#define OCI_DEPTH_MAX 64
#define OCI_VALUES_MAX 65536
#define OCI_STRING_SIZE 513 /* 512 bytes kept and a NUL; image references are at most 512 long */
#define OCI_MOUNTS_MAX 8

enum oci_manager {
	OCI_MANAGER_UNKNOWN, /* plain runc, ctr: annotations of nobody we know */
	OCI_MANAGER_CONTAINERD, /* its CRI plugin */
	OCI_MANAGER_CRIO,
	OCI_MANAGER_DOCKER,
	OCI_MANAGER_NERDCTL,
	OCI_MANAGER_PODMAN,
};

enum oci_type { OCI_TYPE_UNKNOWN, OCI_TYPE_CONTAINER, OCI_TYPE_SANDBOX };

/* UTF-8 with a NUL at the end, "" where the file does not say. */
struct oci_names {
	enum oci_manager manager;
	enum oci_type type; /* in a pod */
	bool cut; /* a string was longer and was cut */
	char image[OCI_STRING_SIZE]; /* reference as asked for */
	char image_id[OCI_STRING_SIZE];
	char container_name[OCI_STRING_SIZE];
	char pod_name[OCI_STRING_SIZE];
	char pod_namespace[OCI_STRING_SIZE];
	char pod_uid[OCI_STRING_SIZE];
	char sandbox_id[OCI_STRING_SIZE];
	char created[OCI_STRING_SIZE]; /* RFC 3339, as written there */
};

enum oci_namespace {
	OCI_NAMESPACE_PID = 1,
	OCI_NAMESPACE_NETWORK = 2,
	OCI_NAMESPACE_IPC = 4,
	OCI_NAMESPACE_UTS = 8,
	OCI_NAMESPACE_MOUNT = 16,
};

/* source is made simple ("/a//../b" is "/b"); links in it are not followed. */
struct oci_mount {
	char source[OCI_STRING_SIZE];
	char destination[OCI_STRING_SIZE];
	bool read_only;
};

struct oci_privileges {
	bool privileged; /* a hint: no seccomp, and SYS_ADMIN, SYS_MODULE and SYS_RAWIO added */
	bool no_seccomp;
	bool capability_unknown; /* a name that this version does not know */
	bool mounts_cut; /* more than OCI_MOUNTS_MAX, or a source too long to judge */
	uint64_t capabilities_added; /* bit per CAP_*: bounding or effective, beyond the 14 */
	unsigned host_namespaces; /* none listed, or one of process 1 */
	unsigned joined_namespaces; /* another process's: the pod's, which may be the host's */
	unsigned mounts_count;
	struct oci_mount mounts[OCI_MOUNTS_MAX]; /* of host paths that give power over the host */
};

struct oci_config {
	struct oci_names names;
	struct oci_privileges privileges;
	char cgroups_path[OCI_STRING_SIZE]; /* "/a/b" or "slice:prefix:name" */
	char root_path[OCI_STRING_SIZE]; /* absolute, or relative to the bundle */
};

/*
 * All three: text is the whole file, any bytes. 0, -EFBIG (a bound above is passed), -EINVAL (no
 * JSON object or array as it should be; JSON that is not UTF-8 too), -ENOMEM. A value of another
 * type than it should have counts as absent.
 */

/* config.json of an OCI bundle, as the runtime was given it. */
int oci_config_read(struct span text, struct oci_config *ret_config);
/* Docker's config.v2.json in /var/lib/docker/containers/<id>/. */
int oci_docker_read(struct span text, struct oci_names *ret_names);
/*
 * containers.json in the storage of Podman (and of CRI-O), e.g.
 * /var/lib/containers/storage/overlay-containers/: Podman's config.json has neither image nor name.
 * id: the container's. Also -ENOENT: the file does not know it.
 */
int oci_storage_read(struct span text, struct span id, struct oci_names *ret_names);

/* "SYS_ADMIN" for 21; NULL for a number that this version does not know. */
const char *oci_capability_name(unsigned capability);

#endif

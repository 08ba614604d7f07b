/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the process on the host that watches over a container. */
#ifndef MINERWATCH_CONTAINER_MONITOR_H
#define MINERWATCH_CONTAINER_MONITOR_H

#include "examiner/oci_config.h"

#define CONTAINER_MONITOR_ARGV_MAX 8192 /* conmon's is 2-4 KiB; what we ask for stands in front */

enum container_monitor_kind {
	CONTAINER_MONITOR_NONE, /* runc alone; process is its nearest ancestor on the host */
	CONTAINER_MONITOR_SHIM, /* containerd-shim-runc-v2 */
	CONTAINER_MONITOR_CONMON,
};

/*
 * Its words are arguments that it was started with, NULL where absent. They say what to look for
 * and prove nothing: a process chooses its arguments.
 */
struct container_monitor {
	enum container_monitor_kind kind;
	int process; /* its directory in /proc */
	int root; /* its root directory (O_PATH) */
	const char *id; /* with Kubernetes' containerd the pod's sandbox */
	const char *name; /* conmon */
	const char *space; /* containerd's namespace; shim */
	const char *runtime; /* conmon: program */
	const char *runtime_root; /* conmon: the runtime's --root */
	char argv[CONTAINER_MONITOR_ARGV_MAX + 1];
};

/*
 * proc: /proc. host: a process of the host's namespaces. job: the process in question. Looks at
 * parents only, and only at those that are the host's root, in the host's mount and pid namespaces.
 * 0, or -errno where not even an ancestor on the host can be looked into. The caller closes it
 * then.
 */
int container_monitor_find(int proc, int host, int job, struct container_monitor *ret_monitor);
void container_monitor_close(struct container_monitor *monitor);

#endif

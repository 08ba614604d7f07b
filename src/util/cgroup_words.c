/* SPDX-License-Identifier: Apache-2.0 */
/* The words for what a cgroup path says. */
#include "cgroup_path.h"

static const char *const runtimes[] = {
	[CGROUP_RUNTIME_NONE] = "-",
	[CGROUP_RUNTIME_UNKNOWN] = "unknown",
	[CGROUP_RUNTIME_BPM] = "bpm",
	[CGROUP_RUNTIME_CONTAINERD] = "containerd",
	[CGROUP_RUNTIME_CRIO] = "cri-o",
	[CGROUP_RUNTIME_DOCKER] = "docker",
	[CGROUP_RUNTIME_ECS] = "ecs",
	[CGROUP_RUNTIME_GARDEN] = "garden",
	[CGROUP_RUNTIME_LIBVIRT_LXC] = "libvirt-lxc",
	[CGROUP_RUNTIME_LXC] = "lxc",
	[CGROUP_RUNTIME_NERDCTL] = "nerdctl",
	[CGROUP_RUNTIME_NSPAWN] = "nspawn",
	[CGROUP_RUNTIME_PODMAN] = "podman",
	[CGROUP_RUNTIME_RUNC] = "runc",
};

static const char *const orchestrators[] = {
	[CGROUP_ORCHESTRATOR_NONE] = "none",
	[CGROUP_ORCHESTRATOR_CLOUDFOUNDRY] = "cloudfoundry",
	[CGROUP_ORCHESTRATOR_ECS] = "ecs",
	[CGROUP_ORCHESTRATOR_ECS_FARGATE] = "ecs-fargate",
	[CGROUP_ORCHESTRATOR_K3S] = "k3s",
	[CGROUP_ORCHESTRATOR_K8S] = "k8s",
	[CGROUP_ORCHESTRATOR_KIND] = "kind",
	[CGROUP_ORCHESTRATOR_LXD] = "lxd",
	[CGROUP_ORCHESTRATOR_LXD_INCUS] = "lxd/incus",
	[CGROUP_ORCHESTRATOR_MINIKUBE] = "minikube",
	[CGROUP_ORCHESTRATOR_PODMAN_POD] = "podman-pod",
	[CGROUP_ORCHESTRATOR_PROXMOX] = "proxmox",
	[CGROUP_ORCHESTRATOR_SLURM] = "slurm",
};

const char *cgroup_runtime_name(enum cgroup_runtime runtime)
{
	return runtimes[runtime];
}

const char *cgroup_orchestrator_name(enum cgroup_orchestrator orchestrator)
{
	return orchestrators[orchestrator];
}

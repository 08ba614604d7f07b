#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Turns the DaemonSet into what a kubelet would ask its container runtime for, volumes included.

usage: pod_to_cri.py MANIFESTS DIRECTORY UID NODE >spec.json     for cri_client.py run

DIRECTORY gets the volumes and logs, and beneath node/ the directories that a kubelet would make on
its node, where the next pod finds them. Each setting of the pod is taken from it and translated; one
that is not known here is an error, so nothing of the manifest goes untried unnoticed. UNTRIED lists
what no container runtime is asked for, and what the rig cannot give.
"""

import copy
import json
import os
import sys

from manifests import config_map, of_kind, only, read_all

UNTRIED = {
    # These are for the API server, the scheduler and the kubelet.
    "pod": {"automountServiceAccountToken", "priorityClassName", "tolerations",
            "terminationGracePeriodSeconds"},
    "container": {"imagePullPolicy", "livenessProbe", "readinessProbe"},
    # The host of the tests need not have SELinux.
    "security": {"seLinuxOptions"},
    # containerd learnt it in 2.0.
    "mount": {"recursiveReadOnly"},
}
# kubernetes/cri-api, runtime/v1/api.proto: NamespaceMode, SecurityProfile.ProfileType
CONTAINER, NODE = 1, 2
PROFILES = {"RuntimeDefault": 0, "Unconfined": 1}
UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}


class Settings:
    """A mapping whose every key has to be taken."""

    def __init__(self, name, values):
        self.name, self.values = name, dict(values)
        for key in UNTRIED.get(name, ()):
            self.values.pop(key, None)

    def take(self, key, *default):
        return self.values.pop(key, *default)

    def done(self):
        if self.values:
            sys.exit(f"pod_to_cri.py: not translated: {self.name} {sorted(self.values)}")


def equal(value, wanted):
    if value != wanted:
        sys.exit(f"pod_to_cri.py: {value!r} is not translated, only {wanted!r}")


def memory(text):
    return int(text[:-2]) * UNITS[text[-2:]]


def cpu_shares(text):
    equal(text[-1], "m")
    return max(2, int(text[:-1]) * 1024 // 1000)


def write_config_map(directory, data):
    """As a kubelet does it: the files in a directory of their own, reached by links."""
    version = "..2026_01_31_00_00_00.000000001"
    os.makedirs(os.path.join(directory, version))
    os.symlink(version, os.path.join(directory, "..data"))
    for name, text in data.items():
        with open(os.path.join(directory, version, name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(file.name, 0o644)
        os.symlink(os.path.join("..data", name), os.path.join(directory, name))
    os.chmod(directory, 0o777)


def make_volume(volume, objects, directory, node):
    """The path on the host that it is mounted from."""
    settings = Settings("volume", volume)
    path = os.path.join(directory, settings.take("name"))
    if "hostPath" in volume:
        host = Settings("hostPath", settings.take("hostPath"))
        path = host.take("path")
        if host.take("type") == "DirectoryOrCreate":
            path = os.path.join(node, path.lstrip("/"))
            os.makedirs(path, 0o755, exist_ok=True)
        equal(os.path.isdir(path), True)
        host.done()
    elif "emptyDir" in volume:
        empty = Settings("emptyDir", settings.take("emptyDir"))
        equal(empty.take("medium"), "Memory")
        memory(empty.take("sizeLimit"))
        empty.done()
        os.makedirs(path)
        os.chmod(path, 0o777)
    else:
        source = Settings("configMap", settings.take("configMap"))
        write_config_map(path, config_map(objects, source.take("name")))
        source.done()
    settings.done()
    return path


def mount_of(mount, volumes):
    settings = Settings("mount", mount)
    host = volumes[settings.take("name")]
    if "subPath" in mount:
        host = os.path.realpath(os.path.join(host, settings.take("subPath")))
    translated = {"container_path": settings.take("mountPath"), "host_path": host,
                  "readonly": settings.take("readOnly", False)}
    settings.done()
    return translated


def variable(value, node):
    settings = Settings("variable", value)
    translated = {"key": settings.take("name"), "value": node}
    equal(settings.take("valueFrom"), {"fieldRef": {"fieldPath": "spec.nodeName"}})
    settings.done()
    return translated


def security_of(context, namespaces):
    settings = Settings("security", context)
    equal(settings.take("runAsUser"), 0)
    capabilities = Settings("capabilities", settings.take("capabilities"))
    translated = {
        "capabilities": {"add_capabilities": capabilities.take("add"),
                         "drop_capabilities": capabilities.take("drop")},
        "privileged": settings.take("privileged"),
        "namespace_options": namespaces,
        "readonly_rootfs": settings.take("readOnlyRootFilesystem"),
        "no_new_privs": not settings.take("allowPrivilegeEscalation"),
        "seccomp": {"profile_type": PROFILES[only(settings.take("seccompProfile").values())]},
        "apparmor": {"profile_type": PROFILES[only(settings.take("appArmorProfile").values())]},
    }
    capabilities.done()
    settings.done()
    return translated


def resources_of(resources):
    settings = Settings("resources", resources)
    requests = Settings("requests", settings.take("requests"))
    limits = Settings("limits", settings.take("limits"))
    memory(requests.take("memory"))
    translated = {"cpu_shares": cpu_shares(requests.take("cpu")),
                  "memory_limit_in_bytes": memory(limits.take("memory"))}
    for part in (settings, requests, limits):
        part.done()
    return translated


def container_spec(container, objects, volumes, node, namespaces, labels):
    settings = Settings("container", container)
    name = settings.take("name")
    translated = {
        "metadata": {"name": name, "attempt": 0},
        "image": {"image": settings.take("image")},
        "args": settings.take("args"),
        "envs": [variable(value, node) for value in settings.take("env")],
        "mounts": [mount_of(mount, volumes) for mount in settings.take("volumeMounts")],
        "labels": {"io.kubernetes.container.name": name, **labels},
        "annotations": {"io.kubernetes.container.restartCount": "0"},
        "log_path": f"{name}/0.log",
        "linux": {"resources": resources_of(settings.take("resources")),
                  "security_context": security_of(settings.take("securityContext"), namespaces)},
    }
    settings.done()
    return translated


def spec_of(objects, directory, uid, node):
    daemon_set = only(of_kind(objects, "DaemonSet"))
    namespace = daemon_set["metadata"]["namespace"]
    name = f"{daemon_set['metadata']['name']}-{uid[:5]}"
    pod = Settings("pod", copy.deepcopy(daemon_set["spec"]["template"]["spec"]))
    equal(pod.take("hostUsers"), True)
    # The node's network, because the rig has no plug-in that could make another.
    namespaces = {"network": NODE, "pid": NODE if pod.take("hostPID") else CONTAINER}
    own, made = (os.path.join(directory, *parts) for parts in (("volumes", uid), ("node",)))
    volumes = {volume["name"]: make_volume(volume, objects, own, made)
               for volume in pod.take("volumes")}
    container = only(pod.take("containers"))
    pod.done()
    logs = os.path.join(directory, "pods", f"{namespace}_{name}_{uid}")
    os.makedirs(os.path.join(logs, container["name"]))
    labels = {"io.kubernetes.pod.name": name, "io.kubernetes.pod.namespace": namespace,
              "io.kubernetes.pod.uid": uid}
    return {
        "sandbox": {
            "metadata": {"name": name, "uid": uid, "namespace": namespace, "attempt": 0},
            "log_directory": logs, "labels": labels,
            "linux": {"cgroup_parent": f"/kubepods/burstable/pod{uid}",
                      "security_context": {"namespace_options": namespaces}}},
        "container": container_spec(container, objects, volumes, node, namespaces, labels)}


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit("usage: pod_to_cri.py MANIFESTS DIRECTORY UID NODE")
    print(json.dumps(spec_of(read_all(sys.argv[1]), *sys.argv[2:])))

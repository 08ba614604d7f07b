# SPDX-License-Identifier: Apache-2.0
"""Compares what the manifests grant with what the binary demands (doctor --requirements)."""

import re

from manifests import container_of, pod_of, settings_of

# What it works without, and is therefore not to have.
CONFINED = {"privileged": False, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
            "seccompProfile": {"type": "RuntimeDefault"}}

# Settings that name what is written to.
WRITTEN = ("alerts", "pin", "state", "status", "record")

NAMESPACES = {"pid": "hostPID", "ipc": "hostIPC", "network": "hostNetwork"}


def of_manifests(text):
    """Without the system calls: a pod's profile is its runtime's own, of which no manifest tells.
    tests/containers/test_own_image.sh runs under it."""
    return "".join(line for line in text.splitlines(True) if not line.startswith("system-call\t"))


def read_demands(text):
    """{kind: {what, ...}} of the rows the binary prints: kind, what, why."""
    demands = {}
    for line in text.splitlines():
        kind, what, _ = line.split("\t")
        demands.setdefault(kind, set()).add(what)
    return demands


def mounts_of(objects, source):
    """The mounts of all volumes with this source, each with its volume."""
    volumes = {volume["name"]: volume for volume in pod_of(objects)["volumes"]}
    return [(mount, volumes[mount["name"]]) for mount in container_of(objects)["volumeMounts"]
            if source in volumes[mount["name"]]]


def host_directories(objects, writable):
    return {mount["mountPath"] for mount, volume in mounts_of(objects, "hostPath")
            if mount.get("readOnly", False) != writable and
            volume["hostPath"]["path"] == mount["mountPath"]}


def written(settings):
    """{path: setting} of what a configuration has it write to on this machine."""
    paths = {}
    for name in WRITTEN:
        values = settings.get(name, [])
        for value in values if isinstance(values, list) else [values]:
            path = re.sub(r"^(fifo|unix|syslog:unix):", "", value)
            if path.startswith("/"):
                paths[path] = name
    return paths


def beneath(path, directories):
    return any(path == directory or path.startswith(directory + "/") for directory in directories)


def probe(container, name, entrypoint):
    command = container.get(name, {}).get("exec", {}).get("command", [])
    return {" ".join(command[1:])} if command[:1] == [entrypoint] else set()


def settings(objects, demanded):
    """Each setting as the demand writes it: with its value where that one is demanded."""
    return {f"{key}: {value}" if f"{key}: {value}" in demanded else key
            for key, value in settings_of(objects).items()}


def granted(objects, demands, entrypoint):
    """What the manifests grant, in the words of the demands."""
    pod, container = pod_of(objects), container_of(objects)
    return {
        "capability": set(container["securityContext"]["capabilities"]["add"]),
        "host-namespace": {name for name, key in NAMESPACES.items() if pod.get(key)},
        "host-directory": host_directories(objects, False),
        "writable-host-directory": host_directories(objects, True),
        "writable-directory": {mount["mountPath"] for mount, _ in mounts_of(objects, "emptyDir")
                               if not mount.get("readOnly")},
        "setting": settings(objects, demands.get("setting", set())),
        "liveness-probe": probe(container, "livenessProbe", entrypoint),
        "readiness-probe": probe(container, "readinessProbe", entrypoint),
        "environment": {variable["name"] for variable in container.get("env", [])},
    }


def differences(objects, demands, entrypoint):
    """Every difference, in either direction, as a sentence; none: manifests and binary agree."""
    found = []
    grants = granted(objects, demands, entrypoint)
    for kind in sorted(grants.keys() | demands.keys()):
        for what in sorted(demands.get(kind, set()) - grants.get(kind, set())):
            found.append(f"{kind} {what}: demanded, not granted")
        for what in sorted(grants.get(kind, set()) - demands.get(kind, set())):
            found.append(f"{kind} {what}: granted, not demanded")
    for source, kinds in (("hostPath", ("host-directory", "writable-host-directory")),
                          ("emptyDir", ("writable-directory",))):
        for mount, _ in mounts_of(objects, source):
            if not any(mount["mountPath"] in grants[kind] for kind in kinds):
                found.append(f"mount {mount['mountPath']}: not as a {kinds[0]} has to be")
    writable = {mount["mountPath"] for source in ("hostPath", "emptyDir")
                for mount, _ in mounts_of(objects, source) if not mount.get("readOnly")}
    for path, name in written(settings_of(objects)).items():
        if not beneath(path, writable):
            found.append(f"{name} {path}: not in a writable mount")
    container = container_of(objects)
    if container["securityContext"]["capabilities"].get("drop") != ["ALL"]:
        found.append("not all other capabilities are dropped")
    for key, value in CONFINED.items():
        if container["securityContext"].get(key) != value:
            found.append(f"{key} is not {value}")
    if pod_of(objects).get("automountServiceAccountToken") is not False:
        found.append("it gets a service account's token")
    # The files it reads are mounted where its own arguments and configuration name them.
    named = {settings_of(objects).get("rules")}
    if container["args"][:2] == ["run", "--config"]:
        named |= set(container["args"][2:])
    read = {mount["mountPath"] for mount, _ in mounts_of(objects, "configMap")
            if mount.get("readOnly")}
    if named != read:
        found.append(f"reads {sorted(map(str, named))}, mounted are {sorted(read)}")
    return found

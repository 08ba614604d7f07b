# SPDX-License-Identifier: Apache-2.0
"""Compares what the Debian package grants and names with what the binary demands of its host."""

import io
import os
import re
import shlex
import subprocess
import tarfile

import yaml

from demands import beneath, written

UNIT = "/lib/systemd/system/minerwatch.service"
LOGROTATE = "/etc/logrotate.d/minerwatch"
# Directories systemd makes for a unit, by the setting that names them.
MADE = {"RuntimeDirectory": "/run", "StateDirectory": "/var/lib", "LogsDirectory": "/var/log"}
# What a service has of its host, unless a setting takes it away.
GIVEN = {
    "host-namespace": ({"pid"}, ("PrivatePIDs", "ProtectProc", "ProcSubset")),
    "host-directory": ({"/sys/fs/cgroup"}, ("RootDirectory", "RootImage", "ProtectControlGroups",
                                            "InaccessiblePaths", "TemporaryFileSystem")),
}
# With these, capabilities are none.
UNPRIVILEGED = ("User", "DynamicUser", "PrivateUsers")
# Of Kubernetes alone: the name of a pod's node, and of its cluster.
ELSEWHERE = {"environment": {"NODE_NAME"}, "setting": {"cluster"}}


def read_package(path):
    """{path on the host: text} of what the package holds, its scripts as "postinst" and so on."""
    archive = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], check=True,
                             capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = {member.name[1:]: tar.extractfile(member).read().decode(errors="replace")
                 for member in tar if member.isfile()}
    for script in ("postinst", "prerm", "postrm"):
        files[script] = subprocess.run(["dpkg-deb", "--info", path, script], check=True,
                                       capture_output=True, text=True).stdout
    return files


def settings_of_unit(text):
    """{name: [value, ...]} in the order they stand."""
    settings = {}
    for line in text.splitlines():
        if re.match(r"[A-Za-z]+=", line):
            name, value = line.split("=", 1)
            settings.setdefault(name, []).append(value)
    return settings


def words(unit, name):
    return [word for value in unit.get(name, []) for word in value.split()]


def expanded(name, groups):
    """The calls of a group, as this host's systemd has it."""
    if not name.startswith("@"):
        return {name}
    if name not in groups:
        text = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter", name],
                              check=True, capture_output=True, text=True).stdout
        found = (line.strip() for line in text.splitlines()[1:])
        groups[name] = set().union(*(expanded(call, groups) for call in found
                                     if call and not call.startswith("#")))
    return groups[name]


def calls_granted(unit, groups):
    """As systemd.exec(5) reads it: later lines add to an allow-list, or take from it (~)."""
    calls = set()
    for value in unit.get("SystemCallFilter", []):
        named = set().union(*(expanded(word, groups) for word in value.lstrip("~").split()))
        calls = calls - named if value.startswith("~") else calls | named
    return calls


def opened(unit):
    return {path.lstrip("-+") for path in words(unit, "ReadWritePaths")}


def writable(unit):
    return opened(unit) | {f"{parent}/{name}" for setting, parent in MADE.items()
                           for name in words(unit, setting)}


def granted(unit, config, demands, groups):
    """What unit and configuration grant, in the words of the demands."""
    def given(what, settings):
        return set() if any(name in unit for name in settings) else what

    probes = {"liveness-probe": "WatchdogSec" in unit,
              "readiness-probe": unit.get("Type") == ["notify"]}
    values = {f"{name}: {value}" for name, value in config.items()}
    return {
        "capability": given({name.removeprefix("CAP_")
                             for name in words(unit, "CapabilityBoundingSet")}, UNPRIVILEGED),
        "system-call": calls_granted(unit, groups),
        **{kind: given(*row) for kind, row in GIVEN.items()},
        "writable-host-directory": {
            what for what in demands.get("writable-host-directory", set())
            if any(beneath(path, {what}) for path in writable(unit))},
        "writable-directory": {path for path in writable(unit) if path.startswith("/run/")},
        # Those of a pod's own directories have other values here.
        "setting": {what for what in demands.get("setting", set())
                    if what in values or what in config or
                    ("/own/" in what and what.split(":")[0] in config)},
        **{kind: demands.get(kind, set()) if held else set() for kind, held in probes.items()},
    }


def demands_unmet(unit, config, demands, groups):
    grants = granted(unit, config, demands, groups)
    for kind in sorted(demands):
        for what in sorted(demands[kind] - grants.get(kind, set()) - ELSEWHERE.get(kind, set())):
            yield f"{kind} {what}: demanded, not granted"
    for what in sorted(grants["capability"] - demands.get("capability", set())):
        yield f"capability {what}: granted, not demanded"


def paths_apart(files, unit, config):
    """What one part of the package writes, and another does not know of."""
    paths, directories = written(config), writable(unit)
    for path, name in sorted(paths.items()):
        if not beneath(path, directories):
            yield f"{name} {path}: the unit lets nobody write there"
    for directory in sorted(directories):
        if not any(beneath(path, {directory}) for path in paths):
            yield f"{directory}: writable, and nothing of the configuration is there"
    pin = config.get("pin")
    if pin not in opened(unit):
        yield f"pin {pin}: not in ReadWritePaths="
    if not any(command.split()[-1] == pin for command in unit.get("ExecStartPre", [])):
        yield f"pin {pin}: ExecStartPre= makes another directory"
    if f"detach --pin {pin} " not in files["prerm"]:
        yield f"pin {pin}: prerm detaches another one"
    rotated = re.findall(r"^(/\S+) \{", files[LOGROTATE], re.M)
    if rotated != [path for path, name in paths.items() if name == "alerts"]:
        yield f"logrotate has {rotated}"
    if "minerwatch.service" not in files[LOGROTATE] or "--signal=USR1" not in files[LOGROTATE]:
        yield "logrotate does not tell the sensor"
    purged = set(re.search(r"rm -rf (.*)", files["postrm"]).group(1).split())
    kept = {path for path in directories if path.startswith("/var/")} | {"/etc/minerwatch"}
    if purged != kept:
        yield f"a purge removes {sorted(purged)}, kept are {sorted(kept)}"


def started(files, unit):
    """The configuration that ExecStart= names, of the package itself; or nothing."""
    command = shlex.split(unit.get("ExecStart", [""])[0])
    if command[1:3] != ["run", "--config"] or command[0] not in files or \
            command[-1] not in files or len(command) != 4:
        return None
    return yaml.safe_load(files[command[3]])


def differences(files, demands, groups):
    """Every difference as a sentence; none: package and binary agree."""
    unit = settings_of_unit(files[UNIT])
    config = started(files, unit)
    if config is None:
        return [f"ExecStart={unit.get('ExecStart')}: not program and configuration of the package"]
    found = list(demands_unmet(unit, config, demands, groups)) + list(
        paths_apart(files, unit, config))
    rules = config.get("rules", "")
    if not any(name.startswith(f"{os.path.dirname(rules)}/") for name in files):
        found.append(f"rules {rules}: not where the package has its configuration")
    return found

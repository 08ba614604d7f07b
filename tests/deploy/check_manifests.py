#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the manifests: the Kubernetes schema, names, and what the binary demands.

usage: check_manifests.py MANIFESTS BINARY CONTAINERFILE VERSION

Prints a line "ok" or "not ok" for each; each check is also shown to fail where it should.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import yaml

import demands
import manifests
import results
from manifests import changed
from results import result

# Mappings whose keys are the user's own: any key is right there.
FREE = {"labels", "matchLabels", "data", "requests", "limits"}
CONTAINER = ("spec", "template", "spec", "containers", 0)


def refused(name, accepted):
    """accepted: the wrong things that were not found."""
    result(name, [f"not refused: {what}" for what in accepted])


def nodes(value, path=()):
    """Every value below, with its path."""
    yield path, value
    children = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from nodes(child, path + (step,))


def documents(directory):
    names = sorted(os.listdir(directory))
    return [(f"{name} {i}" if i else name, document) for name in names
            for i, document in enumerate(manifests.read(os.path.join(directory, name)))]


def check_schema(directory, schema):
    for name, document in documents(directory):
        result(f"{name}: as the schema has it", manifests.schema_problems(document, schema))


def check_schema_refuses(directory, schema):
    """Each mapping with a key too many, each value of another type, each required field away."""
    unknown, mistyped, missing = [], [], []
    counts = [0, 0, 0]
    for name, document in documents(directory):
        for path, value in nodes(document):
            free = bool(FREE & set(path[-1:]))
            if isinstance(value, dict) and not free:
                counts[0] += 1
                wrong = changed(document, path + ("unknownKey",), 1)
                if not manifests.schema_problems(wrong, schema):
                    unknown.append(f"{name} {path}")
            if path:
                counts[1] += 1
                wrong = changed(document, path, [[value]])
                if not manifests.schema_problems(wrong, schema):
                    mistyped.append(f"{name} {path}")
    daemon_set = dict(documents(directory))["daemonset.yaml"]
    for path in (("apiVersion",), ("kind",), ("spec", "selector"), ("spec", "template"),
                 ("spec", "template", "spec", "containers"), CONTAINER + ("name",),
                 CONTAINER + ("volumeMounts", 0, "mountPath"), CONTAINER + ("env", 0, "name"),
                 CONTAINER + ("env", 0, "valueFrom", "fieldRef", "fieldPath"),
                 CONTAINER + ("securityContext", "seccompProfile", "type"),
                 ("spec", "template", "spec", "volumes", 0, "hostPath", "path")):
        counts[2] += 1
        if not manifests.schema_problems(changed(daemon_set, path, ...), schema):
            missing.append(path)
    print(f"# {counts[0]} unknown keys, {counts[1]} wrong types, {counts[2]} missing fields tried")
    refused("an unknown key is refused, wherever it stands", unknown)
    refused("a wrong type is refused, wherever it stands", mistyped)
    refused("a missing required field is refused", missing)
    # As text, as somebody would mistype them.
    refused("text for a number, a boolean, a list is refused", [
        (path, value) for path, value in (
            (("spec", "template", "spec", "hostPID"), "true"),
            (CONTAINER + ("livenessProbe", "periodSeconds"), "60"),
            (CONTAINER + ("securityContext", "capabilities", "add"), "BPF"),
            (CONTAINER + ("args",), "run"),
            (("metadata", "labels", "app.kubernetes.io/name"), 1))
        if not manifests.schema_problems(changed(daemon_set, path, value), schema)])
    try:
        yaml.load("a: 1\na: 2\n", manifests.StrictLoader)
        refused("a key that stands twice is refused", ["a: 1, a: 2"])
    except yaml.YAMLError:
        refused("a key that stands twice is refused", [])


def replaced(objects, kind, path, value):
    return [changed(found, path, value) if found["kind"] == kind else found for found in objects]


def mutations(objects):
    """(what is wrong, the objects with that wrong): each must be told from what is demanded."""
    security = CONTAINER + ("securityContext",)
    mounts = CONTAINER + ("volumeMounts",)
    pod = ("spec", "template", "spec")
    capabilities = manifests.container_of(objects)["securityContext"]["capabilities"]["add"]
    rows = [(f"without {name}", security + ("capabilities", "add"),
             [other for other in capabilities if other != name]) for name in capabilities]
    rows += [
        ("SYS_ADMIN too many", security + ("capabilities", "add"), capabilities + ["SYS_ADMIN"]),
        ("not dropping ALL", security + ("capabilities", "drop"), ["NET_RAW"]),
        ("privileged", security + ("privileged",), True),
        ("escalation allowed", security + ("allowPrivilegeEscalation",), True),
        ("writable root", security + ("readOnlyRootFilesystem",), ...),
        ("no seccomp", security + ("seccompProfile", "type"), "Unconfined"),
        ("a token", pod + ("automountServiceAccountToken",), True),
        ("hostPID false", pod + ("hostPID",), False),
        ("hostNetwork", pod + ("hostNetwork",), True),
        ("cgroups writable", mounts + (0, "readOnly"), False),
        ("cgroups elsewhere", mounts + (0, "mountPath"), "/host/cgroup"),
        ("another host directory", pod + ("volumes", 0, "hostPath", "path"), "/"),
        ("pins read only", mounts + (1, "readOnly"), True),
        ("state read only", mounts + (2, "readOnly"), True),
        ("state elsewhere", mounts + (2, "mountPath"), "/run/state"),
        ("state of the pod's own", pod + ("volumes", 2),
         {"name": "state", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}}),
        ("run read only", mounts + (3, "readOnly"), True),
        ("run elsewhere", mounts + (3, "mountPath"), "/var/run"),
        ("config elsewhere", mounts + (4, "mountPath"), "/etc/config.yaml"),
        ("rules elsewhere", mounts + (5, "mountPath"), "/rules"),
        ("config not named", CONTAINER + ("args",), ["run"]),
        ("another probe", CONTAINER + ("livenessProbe", "exec", "command"),
         ["/minerwatch", "status", "--alive"]),
        ("no probe", CONTAINER + ("readinessProbe",), ...),
        ("probe of another program", CONTAINER + ("livenessProbe", "exec", "command", 0),
         "/bin/sh"),
        ("no NODE_NAME", CONTAINER + ("env",), []),
        ("another variable", CONTAINER + ("env", 0, "name"), "NODE"),
    ]
    return [(name, replaced(objects, "DaemonSet", path, value)) for name, path, value in rows]


def config_mutations(objects):
    settings = manifests.settings_of(objects)
    rows = [(f"no setting {key}", {k: v for k, v in settings.items() if k != key})
            for key in settings]
    rows += [("a setting too many", {**settings, "fail-on": "high"}),
             ("another status socket", {**settings, "status": "/run/other.sock"}),
             ("rules not reloaded", {**settings, "reload": "signal"})]
    for name, values in rows:
        yield name, configured(objects, values)


def configured(objects, settings):
    return [
        changed(found, ("data", "config.yaml"), yaml.safe_dump(settings))
        if "config.yaml" in found.get("data", {}) else found for found in objects]


def written_elsewhere(objects, demanded, entrypoint):
    """Settings that name what no writable mount holds, though the binary demands just that."""
    for key in demands.WRITTEN:
        wrong = configured(objects, {**manifests.settings_of(objects), key: "/srv/elsewhere"})
        asked = {**demanded, "setting": demanded["setting"] | {f"{key}: /srv/elsewhere"}}
        if not any("not in a writable mount" in difference
                   for difference in demands.differences(wrong, asked, entrypoint)):
            yield key


def check_demands(objects, binary, entrypoint):
    text = subprocess.run([binary, "doctor", "--requirements"], check=True, capture_output=True,
                          text=True).stdout
    text = demands.of_manifests(text)
    demanded = demands.read_demands(text)
    result("the binary states its demands", [] if len(demanded) >= 8 else [text])
    result("manifests and demands agree", demands.differences(objects, demanded, entrypoint))
    wrong = mutations(objects) + list(config_mutations(objects))
    print(f"# {len(wrong)} changes of the manifests tried")
    refused("what the manifests change is noticed", [
        name for name, changed_objects in wrong
        if not demands.differences(changed_objects, demanded, entrypoint)])
    refused("what is written where nothing may be is noticed",
            list(written_elsewhere(objects, demanded, entrypoint)))
    rows = text.splitlines(True)
    fewer = ["".join(rows[:i] + rows[i + 1:]) for i in range(len(rows))]
    more = [text + f"{kind}\tnew\twhy\n" for kind in list(demanded) + ["new-kind"]]
    refused("what the binary changes is noticed", [
        changed_text for changed_text in fewer + more if not demands.differences(
            objects, demands.read_demands(changed_text), entrypoint)])


def run_check(binary, config, rules):
    """What the binary itself says of the two ConfigMaps."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "config.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(config)
        os.mkdir(os.path.join(directory, "rules"))
        for name, text in rules.items():
            with open(os.path.join(directory, "rules", name), "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run(
            [binary, "check-config", "--config", path, "--rules", f"{directory}/rules"],
            capture_output=True, text=True, check=False)
        return [] if done.returncode == 0 else [done.stderr.strip() or str(done.returncode)]


def check_config(objects, binary):
    config = manifests.config_map(objects, "minerwatch-config")["config.yaml"]
    rules = manifests.config_map(objects, "minerwatch-rules")
    result("the binary accepts configuration and rules", run_check(binary, config, rules))
    refused("a setting the binary does not know is refused",
            [] if run_check(binary, config + "colour: red\n", rules) else ["colour: red"])
    refused("a list the binary does not know is refused",
            [] if run_check(binary, config, {**rules, "pool.list": ""}) else ["pool.list"])


def check_names(objects, directory, containerfile, version):
    result("every name leads somewhere", manifests.reference_problems(objects))
    wrong = [(("spec", "selector", "matchLabels"), {"a": "b"}),
             (("metadata", "namespace"), "other"),
             (CONTAINER + ("volumeMounts", 0, "name"), "other"),
             (CONTAINER + ("volumeMounts", 2, "subPath"), "other"),
             (("spec", "template", "spec", "volumes", 4, "configMap", "name"), "other")]
    refused("a name that leads nowhere is noticed", [
        path for path, value in wrong
        if not manifests.reference_problems(replaced(objects, "DaemonSet", path, value))])
    image = f"localhost/minerwatch:{version}"
    kustomization = manifests.read(os.path.join(directory, manifests.KUSTOMIZATION))[0]
    found = [manifests.container_of(objects)["image"]] + [
        f"{row['newName']}:{row['newTag']}" for row in kustomization["images"]]
    result("the image is this version's", [f"{n}, not {image}" for n in found if n != image])
    return json.loads(re.search(r"^ENTRYPOINT (.*)$", containerfile, re.M).group(1))


def main():
    directory, binary, containerfile, version = sys.argv[1:]
    schema = manifests.kubernetes_schema()
    objects = manifests.read_all(directory)
    check_schema(directory, schema)
    check_schema_refuses(directory, schema)
    with open(containerfile, encoding="utf-8") as file:
        entrypoint = check_names(objects, directory, file.read(), version)
    check_demands(objects, binary, manifests.only(entrypoint))
    check_config(objects, binary)
    return results.failed > 0


if __name__ == "__main__":
    sys.exit(main())

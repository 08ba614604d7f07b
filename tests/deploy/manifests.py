# SPDX-License-Identifier: Apache-2.0
"""Reads the Kubernetes manifests and says what is wrong with them, as a strict server would."""

import copy
import json
import os

import jsonschema
import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
KUSTOMIZATION = "kustomization.yaml"
# The part of kustomize's format that is used; kustomize refuses other keys.
KUSTOMIZATION_SCHEMA = {
    "type": "object", "additionalProperties": False, "required": ["resources"],
    "properties": {
        "apiVersion": {"const": "kustomize.config.k8s.io/v1beta1"},
        "kind": {"const": "Kustomization"},
        "namespace": {"type": "string"},
        "resources": {"type": "array", "items": {"type": "string"}},
        "images": {"type": "array", "items": {
            "type": "object", "additionalProperties": False, "required": ["name"],
            "properties": {key: {"type": "string"} for key in ("name", "newName", "newTag")}}}}}


class StrictLoader(yaml.SafeLoader):
    """YAML in which no key stands twice; PyYAML would take the last one."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read(path):
    """The documents of one file."""
    with open(path, encoding="utf-8") as file:
        return list(yaml.load_all(file, StrictLoader))


def read_all(directory):
    """The objects that `kubectl apply --kustomize` would send."""
    kustomization = read(os.path.join(directory, KUSTOMIZATION))[0]
    return [document for name in kustomization["resources"]
            for document in read(os.path.join(directory, name))]


def of_kind(objects, kind):
    return [found for found in objects if found.get("kind") == kind]


def only(values):
    (value,) = values
    return value


def pod_of(objects):
    return only(of_kind(objects, "DaemonSet"))["spec"]["template"]["spec"]


def container_of(objects):
    return only(pod_of(objects)["containers"])


def config_map(objects, name):
    return only(m for m in of_kind(objects, "ConfigMap") if m["metadata"]["name"] == name)["data"]


def settings_of(objects):
    """What the sensor's configuration file says."""
    volume = only(v for v in pod_of(objects)["volumes"] if v["name"] == "config")
    return yaml.load(config_map(objects, volume["configMap"]["name"])["config.yaml"], StrictLoader)


def kubernetes_schema():
    with open(os.path.join(HERE, "kubernetes_schema.json"), encoding="utf-8") as file:
        return json.load(file)


def schema_problems(document, schema):
    """What a strict decoder refuses in one document."""
    if document.get("kind") == "Kustomization":
        validator = jsonschema.Draft7Validator(KUSTOMIZATION_SCHEMA)
    else:
        names = [name for name in schema["definitions"]
                 if name.endswith(f".{document.get('kind')}")]
        if not names:
            return [f"kind {document.get('kind')} is not in the schema"]
        validator = jsonschema.Draft7Validator(
            {"$ref": f"#/definitions/{only(names)}", "definitions": schema["definitions"]})
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:120]}"
            for error in validator.iter_errors(document)]


def reference_problems(objects):
    """Names that lead nowhere: each object alone is right, yet the pod would not start."""
    problems = []
    daemon_set = only(of_kind(objects, "DaemonSet"))
    template = daemon_set["spec"]["template"]
    wanted = daemon_set["spec"]["selector"]["matchLabels"].items()
    if not wanted <= template["metadata"]["labels"].items():
        problems.append("the selector does not match the pod's labels")
    volumes = {volume["name"]: volume for volume in template["spec"]["volumes"]}
    mounts = container_of(objects)["volumeMounts"]
    if sorted(volumes) != sorted(mount["name"] for mount in mounts):
        problems.append("not each volume is mounted once")
    maps = {m["metadata"]["name"]: m["data"] for m in of_kind(objects, "ConfigMap")}
    used = {volume["configMap"]["name"] for volume in volumes.values() if "configMap" in volume}
    if used != set(maps):
        problems.append(f"ConfigMaps {sorted(maps)}, used {sorted(used)}")
    for mount in mounts:
        source = volumes.get(mount["name"], {}).get("configMap", {}).get("name")
        if "subPath" in mount and mount["subPath"] not in maps.get(source, {}):
            problems.append(f"no {mount['subPath']} in ConfigMap {source}")
    namespace = only(of_kind(objects, "Namespace"))["metadata"]["name"]
    for found in objects:
        if found["kind"] != "Namespace" and found["metadata"].get("namespace") != namespace:
            problems.append(f"{found['kind']} outside namespace {namespace}")
    return problems


def changed(document, path, value):
    """A copy with another value at the path; ... removes what stands there."""
    document = copy.deepcopy(document)
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    if value is ...:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return document

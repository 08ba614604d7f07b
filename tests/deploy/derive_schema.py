#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Derives kubernetes_schema.json, a strict JSON Schema, from Kubernetes' OpenAPI document.

usage: derive_schema.py SWAGGER_JSON >kubernetes_schema.json

Kept are the kinds the manifests use and all that these refer to, without descriptions. Unlike the
document, the schema refuses unknown keys and numbers where text is due, as a server does that
validates strictly. It was made from kubernetes/swagger.json.unprocessed of
github.com/kubernetes-client/python at tag v30.1.0, which is Kubernetes 1.30's; SHA256 names the
bytes.
"""

import hashlib
import json
import sys

SHA256 = "86dce48e9e83e503bef07a693656dd0e6a4420c00ce2ab7bb65609571bb38b86"
KINDS = ["io.k8s.api.apps.v1.DaemonSet", "io.k8s.api.core.v1.ConfigMap",
         "io.k8s.api.core.v1.Namespace"]
KEPT = ("type", "required", "$ref")
# The document types these as text; a server reads numbers as well.
EXCEPTIONS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": ["string", "number"]},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["string", "integer"]},
}


def strict(node):
    """A definition or property without what only people read."""
    kept = {key: node[key] for key in KEPT if key in node}
    if "items" in node:
        kept["items"] = strict(node["items"])
    if isinstance(node.get("additionalProperties"), dict):
        kept["additionalProperties"] = strict(node["additionalProperties"])
    if "properties" in node:
        # A status is the server's to write.
        kept["properties"] = {name: strict(child) for name, child in node["properties"].items()
                              if name not in ("status", "managedFields")}
        kept["additionalProperties"] = False
    return kept


def references(node):
    if "$ref" in node:
        yield node["$ref"].rsplit("/", 1)[1]
    for value in node.values():
        if isinstance(value, dict):
            yield from references(value)


def with_kind(name, definition):
    group, version, kind = name.split(".")[-3:]
    definition["properties"]["apiVersion"] = {
        "const": version if group == "core" else f"{group}/{version}"}
    definition["properties"]["kind"] = {"const": kind}
    definition["required"] = ["apiVersion", "kind", "metadata"]
    return definition


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != SHA256:
        sys.exit("derive_schema.py: not the document that SHA256 names")
    definitions = json.loads(data)["definitions"]
    kept, todo = {}, list(KINDS)
    while todo:
        name = todo.pop()
        if name in kept:
            continue
        kept[name] = EXCEPTIONS.get(name) or strict(definitions[name])
        if name in KINDS:
            with_kind(name, kept[name])
        todo += references(kept[name])
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(kept[name], sort_keys=True)}"
                      for name in sorted(kept))
    comment = ("Made by derive_schema.py from the OpenAPI document of Kubernetes 1.30 "
               "(Apache-2.0); do not edit.")
    print(f'{{"$schema": "http://json-schema.org/draft-07/schema#",\n"$comment": "{comment}",\n'
          f'"definitions": {{\n{rows}\n}}}}')


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Drives a CRI runtime over its unix socket, with the few messages the container tests need."""

import json
import sys

import grpc

WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_32 = 0, 1, 2, 5

# Message = {field: (number, kind)}; a kind is "string", "bytes", "bool", "int", "map" (of strings),
# the name of a message, or a list of one kind for a repeated field. The numbers are those of
# kubernetes/cri-api, runtime/v1/api.proto.
MESSAGES = {
    "Empty": {},
    "KeyValue": {"key": (1, "string"), "value": (2, "string")},
    "NamespaceOption": {"network": (1, "int"), "pid": (2, "int"), "ipc": (3, "int")},
    "SecurityProfile": {"profile_type": (1, "int"), "localhost_ref": (2, "string")},
    "PodMetadata": {"name": (1, "string"), "uid": (2, "string"), "namespace": (3, "string"),
                    "attempt": (4, "int")},
    "SandboxSecurity": {"namespace_options": (1, "NamespaceOption"), "privileged": (6, "bool"),
                        "seccomp": (9, "SecurityProfile")},
    "LinuxSandbox": {"cgroup_parent": (1, "string"), "security_context": (2, "SandboxSecurity")},
    "Sandbox": {"metadata": (1, "PodMetadata"), "hostname": (2, "string"),
                "log_directory": (3, "string"), "labels": (6, "map"), "annotations": (7, "map"),
                "linux": (8, "LinuxSandbox")},
    "RunPodSandboxRequest": {"config": (1, "Sandbox")},
    "PodSandboxId": {"pod_sandbox_id": (1, "string")},
    "ContainerMetadata": {"name": (1, "string"), "attempt": (2, "int")},
    "Image": {"image": (1, "string")},
    "Mount": {"container_path": (1, "string"), "host_path": (2, "string"), "readonly": (3, "bool"),
              "propagation": (5, "int")},
    "Capabilities": {"add_capabilities": (1, ["string"]), "drop_capabilities": (2, ["string"])},
    "Resources": {"cpu_period": (1, "int"), "cpu_quota": (2, "int"), "cpu_shares": (3, "int"),
                  "memory_limit_in_bytes": (4, "int")},
    "ContainerSecurity": {"capabilities": (1, "Capabilities"), "privileged": (2, "bool"),
                          "namespace_options": (3, "NamespaceOption"),
                          "readonly_rootfs": (7, "bool"),
                          "no_new_privs": (11, "bool"), "seccomp": (15, "SecurityProfile"),
                          "apparmor": (16, "SecurityProfile")},
    "LinuxContainer": {"resources": (1, "Resources"), "security_context": (2, "ContainerSecurity")},
    "Container": {"metadata": (1, "ContainerMetadata"), "image": (2, "Image"),
                  "command": (3, ["string"]), "args": (4, ["string"]),
                  "envs": (6, ["KeyValue"]), "mounts": (7, ["Mount"]),
                  "labels": (9, "map"), "annotations": (10, "map"), "log_path": (11, "string"),
                  "linux": (15, "LinuxContainer")},
    "CreateContainerRequest": {"pod_sandbox_id": (1, "string"), "config": (2, "Container"),
                               "sandbox_config": (3, "Sandbox")},
    "ContainerId": {"container_id": (1, "string")},
    "ExecSyncRequest": {"container_id": (1, "string"), "cmd": (2, ["string"])},
    "ExecSyncResponse": {"stdout": (1, "bytes"), "stderr": (2, "bytes"), "exit_code": (3, "int")},
    "StatusRequest": {"container_id": (1, "string"), "verbose": (2, "bool")},
    "StatusResponse": {"info": (2, "map")},
    "ImageStatusRequest": {"image": (1, "Image")},
    "ImageStatusResponse": {"image": (1, "bytes")},
    "VersionResponse": {"runtime_name": (2, "string"), "runtime_version": (3, "string")},
}

CALLS = {
    "Version": ("Empty", "VersionResponse"),
    "RunPodSandbox": ("RunPodSandboxRequest", "PodSandboxId"),
    "StopPodSandbox": ("PodSandboxId", "Empty"),
    "RemovePodSandbox": ("PodSandboxId", "Empty"),
    "CreateContainer": ("CreateContainerRequest", "ContainerId"),
    "StartContainer": ("ContainerId", "Empty"),
    "ContainerStatus": ("StatusRequest", "StatusResponse"),
    "ExecSync": ("ExecSyncRequest", "ExecSyncResponse"),
    "ImageStatus": ("ImageStatusRequest", "ImageStatusResponse"),
}


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def encode_field(number, kind, value):
    if kind in ("int", "bool"):
        return varint(number << 3 | WIRE_VARINT) + varint(int(value))
    data = value.encode() if kind == "string" else encode(kind, value)
    return varint(number << 3 | WIRE_BYTES) + varint(len(data)) + data


def encode(message, values):
    out = b""
    for name, value in values.items():
        number, kind = MESSAGES[message][name]
        if kind == "map":
            for key, item in value.items():
                out += encode_field(number, "KeyValue", {"key": key, "value": item})
        elif isinstance(kind, list):
            for item in value:
                out += encode_field(number, kind[0], item)
        else:
            out += encode_field(number, kind, value)
    return out


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def read_field(data, at):
    tag, at = read_varint(data, at)
    number, wire = tag >> 3, tag & 7
    if wire == WIRE_VARINT:
        value, at = read_varint(data, at)
        return number, value, at
    if wire == WIRE_BYTES:
        length, at = read_varint(data, at)
    elif wire in (WIRE_64, WIRE_32):
        length = 8 if wire == WIRE_64 else 4
    else:
        raise ValueError(f"wire type {wire}")
    return number, data[at:at + length], at + length


def decode(message, data):
    fields = {number: (name, kind) for name, (number, kind) in MESSAGES[message].items()}
    values, at = {}, 0
    while at < len(data):
        number, value, at = read_field(data, at)
        if number not in fields:
            continue
        name, kind = fields[number]
        if kind == "map":
            pair = decode("KeyValue", value)
            values.setdefault(name, {})[pair.get("key", "")] = pair.get("value", "")
        else:
            values[name] = value.decode() if kind == "string" else value
    return values


class Runtime:
    def __init__(self, socket):
        self.channel = grpc.insecure_channel("unix://" + socket)

    def call(self, name, **values):
        request, response = CALLS[name]
        service = "ImageService" if name.startswith("Image") else "RuntimeService"
        method = self.channel.unary_unary(f"/runtime.v1.{service}/{name}",
                                          request_serializer=lambda v: encode(request, v),
                                          response_deserializer=lambda d: decode(response, d))
        return method(values, timeout=60)


def run(runtime, path):
    """Starts what the file describes, {"sandbox": {...}, "container": {...}}; prints both ids."""
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    pod = runtime.call("RunPodSandbox", config=spec["sandbox"])["pod_sandbox_id"]
    print(pod, flush=True)
    container = runtime.call("CreateContainer", pod_sandbox_id=pod, config=spec["container"],
                             sandbox_config=spec["sandbox"])["container_id"]
    print(container, flush=True)
    runtime.call("StartContainer", container_id=container)


def execute(runtime, container, *command):
    answer = runtime.call("ExecSync", container_id=container, cmd=command)
    sys.stdout.buffer.write(answer.get("stdout", b""))
    sys.stderr.buffer.write(answer.get("stderr", b""))
    return answer.get("exit_code", 0)


def print_pid(runtime, container):
    info = runtime.call("ContainerStatus", container_id=container, verbose=True)["info"]
    print(json.loads(info["info"])["pid"])


def remove(runtime, pod):
    """Ends and removes a sandbox; the runtime does the same to its containers."""
    runtime.call("StopPodSandbox", pod_sandbox_id=pod)
    runtime.call("RemovePodSandbox", pod_sandbox_id=pod)


def has_image(runtime, name):
    return 0 if "image" in runtime.call("ImageStatus", image={"image": name}) else 1


def version(runtime):
    print(runtime.call("Version")["runtime_version"])


COMMANDS = {"run": run, "exec": execute, "pid": print_pid, "remove": remove, "image": has_image,
            "version": version}


def main():
    if len(sys.argv) < 3 or sys.argv[2] not in COMMANDS:
        sys.exit("usage: cri_client.py SOCKET "
                 "{version | image NAME | run FILE | exec ID ARGV... | pid ID | remove POD}")
    try:
        return COMMANDS[sys.argv[2]](Runtime(sys.argv[1]), *sys.argv[3:])
    except grpc.RpcError as error:
        sys.exit(f"cri: {error.code().name}: {error.details()}")


if __name__ == "__main__":
    sys.exit(main())

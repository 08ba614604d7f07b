#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Looks into a docker-archive of the sensor's image.

usage: check_image.py ARCHIVE CONTAINERFILE CONTEXT VERSION

CONTEXT has the files that the Containerfile copies. Prints each thing that is wrong; exit 1 then.
"""

import hashlib
import io
import json
import re
import sys
import tarfile


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def files_of(layers):
    """{path: (digest, mode, uid, gid)} of what the layers hold, the last one on top."""
    files = {}
    for data in layers:
        with tarfile.open(fileobj=io.BytesIO(data)) as layer:
            for member in layer.getmembers():
                if not member.isdir():
                    content = layer.extractfile(member).read()
                    files["/" + member.name.removeprefix("./")] = (
                        sha256(content), member.mode & 0o7777, member.uid, member.gid)
    return files


def main():
    archive_name, containerfile_name, context, version = sys.argv[1:]
    with open(containerfile_name, encoding="utf-8") as file:
        containerfile = file.read()
    wanted = {}
    for source, target in re.findall(r"^COPY (\S+) (\S+)$", containerfile, re.M):
        mode = 0o755 if target == "/minerwatch" else 0o644
        with open(f"{context}/{source}", "rb") as file:
            wanted[target] = (sha256(file.read()), mode, 0, 0)
    with tarfile.open(archive_name) as archive:
        (image,) = json.load(archive.extractfile("manifest.json"))
        config = json.load(archive.extractfile(image["Config"]))
        layers = [archive.extractfile(name).read() for name in image["Layers"]]
    said = config["config"]
    entrypoint, command = (json.loads(re.search(rf"^{word} (.*)$", containerfile, re.M).group(1))
                           for word in ("ENTRYPOINT", "CMD"))
    facts = [
        ("name", image["RepoTags"], [f"localhost/minerwatch:{version}"]),
        ("files", files_of(layers), wanted),
        ("digests of the layers", config["rootfs"]["diff_ids"],
         [f"sha256:{sha256(layer)}" for layer in layers]),
        ("Entrypoint", said.get("Entrypoint"), entrypoint),
        ("Cmd", said.get("Cmd"), command),
        ("User", said.get("User") or "", ""),
    ]
    wrong = [f"{what}: {found}, not {want}" for what, found, want in facts if found != want]
    print("\n".join(wrong), file=sys.stderr)
    return len(wrong) > 0


if __name__ == "__main__":
    sys.exit(main())

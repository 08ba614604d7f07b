#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A FUSE file system with one file, whose reading hangs for ever from some offset on.

hang_fs.py DIRECTORY FILE: serves a copy of FILE as DIRECTORY/app, followed by 1 MiB that no read ever
returns from; says "ready" once mounted. Speaks the kernel's protocol (linux/fuse.h, version 7.31)
itself, so that it needs no library.
"""
import ctypes
import os
import struct
import sys

LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS, INIT = 1, 2, 3, 14, 15, 17, 26
INTERRUPT, BATCH_FORGET = 36, 42
ANSWERED_EMPTY = {18, 25, 29, 34}  # RELEASE, FLUSH, RELEASEDIR, ACCESS
ENOENT, ENOSYS = 2, 38
PAGE = 4096


def attributes(node, size):
    mode, links = (0o40755, 2) if node == 1 else (0o100755, 1)
    return struct.pack("<6Q10I", node, size, (size + 511) // 512, 1000, 1000, 1000, 0, 0, 0, mode,
                       links, 0, 0, 0, PAGE, 0)


def answer(opcode, node, body, data):
    """The reply's bytes, an error number, or None: there is none."""
    size = len(data) + (1 << 20)
    if opcode == INIT:
        # no readahead: an exec must not touch what hangs
        return struct.pack("<4I2H2I2H8I", 7, 31, 0, 0, 12, 9, PAGE, 1, 1, 0, *([0] * 8))
    if opcode == LOOKUP:
        if node != 1 or body.rstrip(b"\0") != b"app":
            return ENOENT
        return struct.pack("<4Q2I", 2, 0, 3600, 3600, 0, 0) + attributes(2, size)
    if opcode == GETATTR:
        return struct.pack("<Q2I", 3600, 0, 0) + attributes(node, size)
    if opcode == OPEN:
        return struct.pack("<Q2I", 0, 2, 0)  # FOPEN_KEEP_CACHE
    if opcode == READ:
        offset, wanted = struct.unpack_from("<QI", body, 8)
        return data[offset:offset + wanted] if offset < len(data) else None
    if opcode == STATFS:
        return bytes(80)
    if opcode in (FORGET, INTERRUPT, BATCH_FORGET):
        return None
    return b"" if opcode in ANSWERED_EMPTY else ENOSYS


def main():
    directory, path = sys.argv[1:]
    with open(path, "rb") as file:
        data = file.read()
    data += bytes(-len(data) % PAGE)
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"hang", directory.encode(), b"fuse", 0, options.encode()):
        sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
    print("ready", file=sys.stderr, flush=True)
    while True:
        try:
            request = os.read(device, 1 << 17)
        except OSError:
            return  # unmounted
        opcode, unique, node = struct.unpack_from("<IQQ", request, 4)
        reply = answer(opcode, node, request[40:], data)
        if reply is None:
            continue
        error = -reply if isinstance(reply, int) else 0
        reply = b"" if error else reply
        os.write(device, struct.pack("<IiQ", 16 + len(reply), error, unique) + reply)


main()

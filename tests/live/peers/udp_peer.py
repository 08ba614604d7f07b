#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One end of a tunnel over UDP: what it carries cannot be read.

usage: udp_peer.py SECONDS     talks to a socket of its own on loopback; says "ready"
"""
import os
import socket
import sys
import time

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
    far.bind(("127.0.0.1", 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
        near.connect(far.getsockname())
        print("ready", flush=True)
        end = time.monotonic() + float(sys.argv[1])
        while time.monotonic() < end:
            near.send(os.urandom(200))
            far.recv(512)
            time.sleep(1)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A supervisor's end of sd_notify: writes what comes to a file, a line each.

usage: notify.py SOCKET FILE
"""
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
    receiver.bind(sys.argv[1])
    with open(sys.argv[2], "a", encoding="utf-8", buffering=1) as file:
        while True:
            file.write(receiver.recv(4096).decode())

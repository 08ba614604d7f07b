#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts one program of a running sensor off its hook, as an attacker who is root would.

usage: cut_link.py LAUNCHER PROGRAM

Links to cgroups are detached by their number; others know no detaching, so the sensor is made to
close its own descriptor, by a debugger. Exit code 3: it has no such program.
"""
import json
import os
import re
import subprocess
import sys


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return file.read().split()


def links_of(pid):
    """Descriptor, kind of link, its number and its program's of each link."""
    for fd in os.listdir(f"/proc/{pid}/fdinfo"):
        try:
            with open(f"/proc/{pid}/fdinfo/{fd}", encoding="ascii") as file:
                info = dict(re.findall(r"^(\w+):\t(.*)$", file.read(), re.M))
        except FileNotFoundError:
            continue
        if "link_id" in info:
            yield int(fd), info["link_type"], info["link_id"], info["prog_id"]


def program_name(number):
    text = subprocess.run(["bpftool", "-j", "prog", "show", "id", number], check=True,
                          capture_output=True, text=True).stdout
    return json.loads(text)["name"]


def cut(pid, fd, kind, number):
    if kind == "cgroup":
        command = ["bpftool", "link", "detach", "id", number]
    else:
        command = ["gdb", "-nx", "--batch", "-iex", "set debuginfod enabled off", "-p", pid,
                   "-ex", f"print ((int (*)(int)) close)({fd})"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    if kind != "cgroup" and "$1 = 0" not in done.stdout:
        raise SystemExit(f"gdb: {done.stdout} {done.stderr}")


def main():
    launcher, program = sys.argv[1:]
    for pid in children(launcher):
        for fd, kind, number, program_number in links_of(pid):
            if program_name(program_number) == program:
                cut(pid, fd, kind, number)
                return 0
    return 3


sys.exit(main())

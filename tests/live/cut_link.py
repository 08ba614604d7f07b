#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts one program of a running sensor off its hook, as an attacker who is root would.

usage: cut_link.py LAUNCHER PROGRAM [PINS]

Links to cgroups are detached by their number; others know no detaching, so their pins, if there are
any, are removed and the sensor is made to close its own descriptor, by a debugger (x86-64). Exit code
3: it has no such program.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile


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


# It waits in a system call: made to make another one, close, it goes on as if a signal had come. Not
# gdb's own `call close(N)`: that saves and restores vector registers, which gdb 13 cannot do on CPUs
# with state it does not know.
DEBUGGER = """
if *(unsigned short *)($rip - 2) == 0x050f
  set $orig_rax = -1
  set $saved = $rdi
  set $rip = $rip - 2
  set $rax = 3
  set $rdi = {fd}
  stepi
  printf "close: %d\\n", (int)$rax
  set $rdi = $saved
  set $rax = -4
end
"""


def close_by_debugger(pid, fd):
    """False: it was not waiting."""
    with tempfile.NamedTemporaryFile("w", suffix=".gdb") as script:
        script.write(DEBUGGER.format(fd=fd))
        script.flush()
        done = subprocess.run(["gdb", "-nx", "--batch", "--readnever", "-iex",
                               "set auto-solib-add off", "-p", pid, "-x", script.name],
                              check=False, capture_output=True, text=True)
    if "close: 0" in done.stdout:
        return True
    if "close:" in done.stdout or "ptrace" in done.stderr:
        raise SystemExit(f"gdb: {done.stdout} {done.stderr}")
    return False


def unpin(pins, program):
    paths = glob.glob(f"{pins}/*/link-{program}")
    if not paths:
        raise SystemExit(f"{program} is not pinned")
    for path in paths:
        os.unlink(path)


def cut(pid, fd, kind, number):
    if kind == "cgroup":
        subprocess.run(["bpftool", "link", "detach", "id", number], check=True)
        return
    for _ in range(20):
        if close_by_debugger(pid, fd):
            return
    raise SystemExit("it never waits")


def main():
    launcher, program, *pins = sys.argv[1:]
    for pid in children(launcher):
        for fd, kind, number, program_number in links_of(pid):
            if program_name(program_number) == program:
                if pins and kind != "cgroup":
                    unpin(pins[0], program)
                cut(pid, fd, kind, number)
                return 0
    return 3


sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Watches the memory of a sensor's processes and BPF objects while a command runs.

usage: measure.py LAUNCHER_PID flat|any COMMAND...
Prints what was measured; fails above 32 MiB of PSS or 16 MiB of BPF memory, and with `flat` when the
last quarter of the time needs more than 3 % more than the third.
"""
import os
import re
import statistics
import subprocess
import sys
import time

MIB = 1024 * 1024
PSS_MAX, BPF_MAX = 32 * MIB, 16 * MIB
GROWTH_MAX = 1.03


def read(path):
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def family(launcher):
    return [launcher, *read(f"/proc/{launcher}/task/{launcher}/children").split()]


def pss(pids):
    found = (re.search(r"^Pss:\s+(\d+) kB", read(f"/proc/{p}/smaps_rollup"), re.M) for p in pids)
    return sum(int(match[1]) * 1024 for match in found if match)


def bpf(pids):
    """Each map and program once, whoever holds it."""
    objects = {}
    for pid in pids:
        try:
            numbers = os.listdir(f"/proc/{pid}/fdinfo")
        except OSError:
            continue
        for number in numbers:
            info = dict(re.findall(r"^(\w+):\t(\d+)$", read(f"/proc/{pid}/fdinfo/{number}"), re.M))
            for kind in ("map_id", "prog_id"):
                if kind in info and "memlock" in info:
                    objects[kind, info[kind]] = int(info["memlock"])
    return sum(objects.values())


def main(launcher, shape, *command):
    samples = []
    begun = time.monotonic()
    work = subprocess.Popen(command)
    while work.poll() is None:
        pids = family(launcher)
        samples.append((pss(pids), bpf(pids)))
        time.sleep(0.5)
    seconds = time.monotonic() - begun
    if work.returncode or len(samples) < 8:
        sys.exit(f"the load ended with {work.returncode} after {seconds:.0f} s")
    quarter = len(samples) // 4
    third = statistics.median(s[0] for s in samples[2 * quarter : 3 * quarter])
    last = statistics.median(s[0] for s in samples[3 * quarter :])
    highest, highest_bpf = (max(s[i] for s in samples) for i in (0, 1))
    print(
        f"{seconds:.0f} s, PSS at most {highest / MIB:.1f} MiB (first {samples[0][0] / MIB:.1f},"
        f" third quarter {third / MIB:.1f}, last {last / MIB:.1f}), BPF {highest_bpf / MIB:.1f} MiB"
    )
    if highest > PSS_MAX:
        sys.exit(f"PSS {highest / MIB:.1f} MiB, limit {PSS_MAX / MIB:.0f}")
    if not 0 < highest_bpf <= BPF_MAX:
        sys.exit(f"BPF memory {highest_bpf / MIB:.1f} MiB, limit {BPF_MAX / MIB:.0f}")
    if shape == "flat" and last > third * GROWTH_MAX:
        sys.exit(f"PSS grows: {third / MIB:.2f} MiB in the third quarter, {last / MIB:.2f} in the last")


if __name__ == "__main__":
    main(*sys.argv[1:])

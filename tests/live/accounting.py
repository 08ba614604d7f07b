#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares two traces of the same time: of a sensor that lost records, and of a witness with room for all.

usage: accounting.py LOSER WITNESS MADE PROGRAMS
(JSON lines of tracecat; the generator's lines; bpftool -j prog show, or nothing)

Between its first and its last counters the loser was handed, dropped and skipped so many. Whatever the
witness saw in that time must be in the sum, class by class, and nothing else: others' events are
counted by both. Prints what was submitted + dropped + skipped of what happened, a line a class.

What interrupts a program and calls it again is left out by the kernel, which counts it; on the newest, where
tracepoints can be preempted, a few in a thousand. It is dropped, for the witness too, whose ring is
never full; but in two classes perhaps no event was: a program that runs for every end of a thread, and one
that runs for every change of a socket's state. By so many the sum may be more.
"""
import json
import os
import sys

CLASSES = {
    "exec": (0, {"exec"}),
    "fork": (1, {"fork"}),
    "exit": (2, {"exit"}),
    "connect": (3, {"connect"}),
    "cgroup": (4, {"cgroup_mkdir", "cgroup_release", "cgroup_attach", "cgroup_rename"}),
}
RUNS_FOR_MORE = {"exit": "report_exit", "connect": "report_connect_tcp"}
WITNESS_MISSES = 0.01  # a witness that missed more is none
# What happens while the counters are read is perhaps in them. Who reads them has taken the time before, and
# may wait for the CPU between the two: on an only and emulated one, for as long as a round of canaries takes.
EDGE_NS = 100_000_000 * int(os.environ.get("PATIENCE", "1"))


def records(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def time_ns(record):
    return int(record["time_ns"])


def of_type(all_records, *types):
    return [record for record in all_records if record["type"] in types]


def left_out(path, name):
    """How often the kernel left a class's program out where perhaps no event was, both sensors'."""
    with open(path, encoding="utf-8") as file:
        programs = json.loads(file.read() or "[]")
    return sum(
        program.get("recursion_misses", 0)
        for program in programs
        if program.get("name") == RUNS_FOR_MORE.get(name, "")
    )


def main(loser_path, witness_path, made_path, programs_path):
    loser, witness = records(loser_path), records(witness_path)
    first, last = of_type(loser, "counters")[0], of_type(loser, "counters")[-1]
    witnessed = of_type(witness, "counters")[-1]
    begin, end = time_ns(first), time_ns(last)
    bad = []
    missed = {name: int(witnessed["dropped"][index]) for name, (index, _) in CLASSES.items()}
    for name, (index, types) in CLASSES.items():
        seen = [time_ns(record) for record in of_type(witness, *types)]
        least = sum(begin < t <= end - EDGE_NS for t in seen)
        most = sum(begin - EDGE_NS < t <= end for t in seen)
        submitted, dropped, skipped = (
            int(last[key][index]) - int(first[key][index])
            for key in ("submitted", "dropped", "skipped")
        )
        again = 0
        if name == "cgroup":  # a pass tells of those whose record was dropped; they are no events
            again = sum(begin < time_ns(record) for record in of_type(loser, "cgroup"))
        total = submitted - again + dropped + skipped
        most += missed[name] + left_out(programs_path, name)
        kept = sum(begin < time_ns(record) for record in of_type(loser, *types)) + again
        if name == "connect":  # when the witness skipped its repeated ones is not known
            most += int(witnessed["skipped"][index])
        happened = f"{least}" if least == most else f"{least} to {most}"
        print(
            f"# accounted: {name} {submitted - again} + {dropped} + {skipped} = {total} of {happened}"
        )
        print(f"# {name}: {again} told again, {kept} taken, {missed[name]} missed by the witness")
        if missed[name] > len(seen) * WITNESS_MISSES:
            bad.append(f"{name}: the witness missed {missed[name]}")
        if not dropped or not kept:
            bad.append(f"{name}: {kept} taken, {dropped} dropped: not both")
        if not least <= total <= most:
            bad.append(f"{name}: {total} is not within {least} to {most}")
        if abs(submitted - kept) > sum(
            abs(t - edge) <= EDGE_NS for t in seen for edge in (begin, end)
        ):
            bad.append(f"{name}: {submitted} submitted, {kept} taken")
    for line in records(made_path):
        kind, made = line["kind"], line["made"]
        if kind == "fork":
            seen = [r for r in of_type(witness, "fork") if r["ppid"] == line["pid"]]
        elif kind == "connect":
            made = 1 if line["way"].startswith("repeat") else made  # the others are skipped
            seen = [r for r in of_type(witness, "connect") if r["pid"] == line["pid"]]
        else:
            of_kind = of_type(witness, "exec" if kind == "exec" else "cgroup_mkdir")
            seen = [r for r in of_kind if line["marker"] in json.dumps(r)]
        if not made - missed[kind] <= len(seen) <= made:
            bad.append(f"{kind}: made {made}, the witness saw {len(seen)}")
    for why in bad:
        print(why, file=sys.stderr)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares two traces of the same time: of a sensor that lost records, and of a witness that lost none.

usage: accounting.py LOSER WITNESS MADE (JSON lines of tracecat; the generator's lines)

Between its first and its last counters the loser was handed, dropped and skipped so many. Whatever the
witness saw in that time must be in the sum, class by class, and nothing else: others' events are
counted by both. Prints a line a class.
"""
import json
import sys

CLASSES = {
    "exec": (0, {"exec"}),
    "fork": (1, {"fork"}),
    "exit": (2, {"exit"}),
    "connect": (3, {"connect"}),
    "cgroup": (4, {"cgroup_mkdir", "cgroup_release", "cgroup_attach", "cgroup_rename"}),
}
EDGE_NS = 20_000_000  # what happens while the counters are read is perhaps in them


def records(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def time_ns(record):
    return int(record["time_ns"])


def of_type(all_records, *types):
    return [record for record in all_records if record["type"] in types]


def main(loser_path, witness_path, made_path):
    loser, witness = records(loser_path), records(witness_path)
    first, last = of_type(loser, "counters")[0], of_type(loser, "counters")[-1]
    witnessed = of_type(witness, "counters")[-1]
    begin, end = time_ns(first), time_ns(last)
    bad = []
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
        kept = sum(begin < time_ns(record) for record in of_type(loser, *types)) + again
        if name == "connect":  # when the witness skipped its repeated ones is not known
            most += int(witnessed["skipped"][index])
        print(
            f"{name}: {submitted} submitted ({again} again) + {dropped} dropped + {skipped} skipped"
            f" = {total}, happened {least} to {most}, taken {kept}"
        )
        if int(witnessed["dropped"][index]):
            bad.append(f"{name}: the witness dropped {witnessed['dropped'][index]}")
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
        if len(seen) != made:
            bad.append(f"{kind}: made {made}, the witness saw {len(seen)}")
    for why in bad:
        print(why, file=sys.stderr)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

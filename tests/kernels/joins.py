#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds alerts against the execs of a trace in which process numbers are used again and again.

usage: joins.py RECORDS ALERTS PROCESSES MINERS
"""
import json
import re
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def markers(value):
    """The arguments that are one; what looks for them has them as parts of its own."""
    return set(re.findall(r'"((?:rig|innocent)-[0-9]+)"', json.dumps(value)))


def main(records_path, alerts_path, processes, miners):
    execs = {}  # by marker; a miner's are its script's and then its own, of one process
    for record in read(records_path):
        if record["type"] == "exec":
            execs.update((name, record) for name in markers(record))
    wrong, named = [], set()
    for alert in read(alerts_path):
        names = markers(alert)
        name = min(names, default=None)
        pids = {alert["process"]["pid"]} | {f["pid"] for f in alert["findings"] if "pid" in f}
        if len(names) != 1 or name not in execs or pids != {execs[name]["pid"]}:
            wrong.append((alert["action"], sorted(names), sorted(pids)))
        elif alert["action"] == "opened":
            named.add(name)
    numbers = len({header["pid"] for header in execs.values()})
    print(f"{len(execs)} processes had {numbers} numbers; {len(named)} alerts opened")
    if wrong:
        sys.exit(f"{len(wrong)} wrong joins, the first: {wrong[0]}")
    if len(execs) != processes or len(execs) - numbers < processes // 5:
        sys.exit(f"{len(execs)} execs seen, {numbers} numbers: not what was to be tried")
    if named != {name for name in execs if name.startswith("rig-")} or len(named) != miners:
        sys.exit(f"{len(named)} miners reported, not {miners}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Questions the live tests ask: of the sensor's alerts, its log, its trace and its processes.

A condition is KEY=VALUE, KEY!=VALUE or KEY~REGEX. KEY is a dotted path from the top
(process.pid, findings.detector, indicators.wallet; any element of an array will do); a key without
a dot that is not at the top is looked for below (records: pid, destination_port). All hold.
"""
import json
import os
import re
import select
import sys
import time

# calendar and socket are imported where they are wanted: an emulated guest needs a second for them.

# Times each guard, which is there for what hangs: where all is slow, guest_tests asks for more.
PATIENCE = float(os.environ.get("PATIENCE", "1"))
LOOK_EVERY_S = 0.02  # how often a file that grows is read again while somebody waits for it


def values_at(value, path):
    if isinstance(value, list):
        return [found for item in value for found in values_at(item, path)]
    if not path:
        return [value]
    if isinstance(value, dict) and path[0] in value:
        return values_at(value[path[0]], path[1:])
    return []


def values_below(value, key):
    if isinstance(value, list):
        return [found for item in value for found in values_below(item, key)]
    if not isinstance(value, dict):
        return []
    found = values_at(value, [key])
    return found or [deep for item in value.values() for deep in values_below(item, key)]


def values_of(value, key):
    return values_at(value, key.split(".")) if "." in key else values_below(value, key)


def text_of(value):
    return json.dumps(value) if isinstance(value, (bool, type(None))) else str(value)


def holds(value, condition):
    key, operator, wanted = re.match(r"([\w.]+)(!=|=|~)(.*)$", condition, re.S).groups()
    texts = [text_of(found) for found in values_of(value, key)]
    if operator == "=":
        return wanted in texts
    if operator == "!=":
        return wanted not in texts
    return any(re.search(wanted, text) for text in texts)


def read_lines(path, words=()):
    """The whole lines a file has by now that hold the words, as JSON; none while there is no file."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return []
    lines = text[: text.rfind("\n") + 1].splitlines()
    return [json.loads(line) for line in lines if all(word in line for word in words)]


def plain_words(conditions):
    """A line without them need not be parsed: traces are long."""
    return [c.partition("=")[2] for c in conditions if re.fullmatch(r"[\w.]+=[\w.-]+", c)]


def matching(path, conditions):
    return [
        line
        for line in read_lines(path, plain_words(conditions))
        if all(holds(line, c) for c in conditions)
    ]


def fail(why):
    print(why, file=sys.stderr)
    return 1


def alert_ns(alert):
    import calendar

    seconds, fraction = alert["time"].rstrip("Z").split(".")
    return calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(fraction)


def line(path, pid, guard_s, pattern):
    """Waits for a line of a process' output that is as the pattern says, from end to end."""
    process = os.pidfd_open(int(pid))
    guard_s = float(guard_s) * PATIENCE
    end = time.monotonic() + guard_s
    while True:
        ended = select.select([process], [], [], LOOK_EVERY_S)[0]
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        if any(re.fullmatch(pattern, t) for t in text[: text.rfind("\n") + 1].splitlines()):
            return 0
        if ended:
            return fail(f"ended before it said {pattern}: " + " / ".join(text.splitlines()[-3:]))
        if time.monotonic() > end:
            return fail(f"no {pattern} in {guard_s:g} s: " + " / ".join(text.splitlines()[-3:]))


def gone(pid, guard_s):
    """Waits for a process to end."""
    try:
        process = os.pidfd_open(int(pid))
    except ProcessLookupError:
        return 0
    guard_s = float(guard_s) * PATIENCE
    if select.select([process], [], [], guard_s)[0]:
        return 0
    return fail(f"process {pid} still there after {guard_s:g} s")


def alert(path, guard_s, *conditions):
    """Waits for an alert; prints the first one."""
    guard_s = float(guard_s) * PATIENCE
    end = time.monotonic() + guard_s
    while True:
        found = matching(path, conditions)
        if found:
            print(json.dumps(found[0]))
            return 0
        if time.monotonic() > end:
            near = matching(path, conditions[:1])  # those of other processes say nothing here
            there = [f"{a['action']} {a['severity']}: {a['summary']}" for a in near]
            return fail(f"no alert {' '.join(conditions)} in {guard_s:g} s, but {there}")
        time.sleep(LOOK_EVERY_S)


def count(path, *conditions):
    """Prints how many lines match."""
    print(len(matching(path, conditions)))
    return 0


def counts(path):
    """Prints how many lines match the conditions of each line of stdin, between tabs."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    parsed = {}
    for asked in sys.stdin.read().splitlines():
        conditions = asked.split("\t")
        words = plain_words(conditions)
        found = 0
        for i, text in enumerate(lines):
            if all(word in text for word in words):
                parsed[i] = parsed.get(i) or json.loads(text)
                found += all(holds(parsed[i], c) for c in conditions)
        print(found)
    return 0


def degraded(path):
    """Prints what is degraded at the end of a trace, in a line; why each was, on stderr."""
    why = {}
    for record in matching(path, ["type=degraded"]):
        why.pop(record["what"], None)
        if record["active"]:
            why[record["what"]] = record["why"]
    print(*sorted(why))
    return fail("; ".join(f"{what}: {why[what]}" for what in sorted(why))) if why else 0


def get(*keys):
    """Prints values of the JSON line on stdin, one a line; an empty line for one it has not."""
    value = json.loads(sys.stdin.readline())
    for key in keys:
        print(text_of(next(iter(values_of(value, key)), "")))
    return 0


def fields(*keys):
    """As get, for each JSON line on stdin."""
    for text in sys.stdin:
        value = json.loads(text)
        for key in keys:
            print(text_of(next(iter(values_of(value, key)), "")))
    return 0


def delay(path, alert_line, limit_ms, *conditions):
    """Prints the event time, in ms, from the first matching record to the alert; checks it."""
    offset_ns = None
    for record in read_lines(path):
        if holds(record, "type=wall"):
            offset_ns = int(values_of(record, "offset_ns")[0])
        if all(holds(record, c) for c in conditions):
            break
    else:
        return fail(f"no record {' '.join(conditions)}")
    if offset_ns is None:  # the run's first record comes before its first wall record
        offset_ns = int(values_of(matching(path, ["type=wall"])[0], "offset_ns")[0])
    passed_ms = (
        alert_ns(json.loads(alert_line)) - int(values_of(record, "time_ns")[0]) - offset_ns
    ) / 1e6
    print(f"{passed_ms:.3f}")
    if 0 <= passed_ms <= float(limit_ms):
        return 0
    return fail(f"{passed_ms:.3f} ms of event time, limit {limit_ms}")


def free_port(*ports):
    """Prints the first port of the list that nobody listens at."""
    import socket

    for port in ports:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", int(port)))
            except OSError:
                continue
            print(port)
            return 0
    return fail("no port is free of " + " ".join(ports))


QUESTIONS = {
    f.__name__: f
    for f in (line, gone, alert, count, counts, degraded, get, fields, delay, free_port)
}

if __name__ == "__main__":
    sys.exit(QUESTIONS[sys.argv[1]](*sys.argv[2:]))

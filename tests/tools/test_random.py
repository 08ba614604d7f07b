#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads what alert-random writes: each line parses here and in jq, gives its bytes back, and says what was cut.

usage: alert-random COUNT SEED | test_random.py COUNT
"""

import json
import re
import subprocess
import sys

LINE_MAX = 16384
LOOKED_AT = 1000  # of so many alerts each string is asked for its origin
# Words of ours, numbers as text, and lists of either.
OURS = re.compile(
    r"schema|(.*\.)?time|id|action|severity|since|(process|ancestors)\.start_time|container\.(runtime|created|entered|privileges)"
    r"|findings\.(detector|grade)|attack\.(id|name)|sensor\.(rules|degraded)|pending|truncated"
)


def find(alert, path):
    for step in path.split("."):
        if isinstance(alert, list):
            alert = alert[int(step)] if step.isdigit() and int(step) < len(alert) else None
        elif isinstance(alert, dict):
            alert = alert.get(step)
    return alert


def args_of(alert):
    words = find(alert, "process.args")
    twins = find(alert, "process.args_hex") or [None] * len(words)
    return [word.encode().hex() if twin is None else twin for word, twin in zip(words, twins, strict=True)]


def bytes_of(alert, path):
    if path == "process.args" and find(alert, path):
        return b"\0".join(bytes.fromhex(word) for word in args_of(alert))
    text, twin = find(alert, path), find(alert, path + "_hex")
    if twin is not None:
        return bytes.fromhex(twin)
    return None if text is None else text.encode()


def cut(alert, path):
    name = re.sub(r"\.(\d+)", r"[\1]", path)
    return any(name == word or name.startswith((word + ".", word + "[")) for word in alert["truncated"])


def strings(value, path=""):
    """Of each string below: where it stands, without numbers of elements and _hex."""
    if isinstance(value, str):
        yield path
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from strings(item, f"{path}.{key.removesuffix('_hex')}" if path else key.removesuffix("_hex"))
    for item in value if isinstance(value, list) else ():
        yield from strings(item, path)


def check(line, raw):
    """Why the line is not as it must be; None: it is."""
    if len(line) > LINE_MAX:
        return f"{len(line)} bytes"
    alert = json.loads(line)
    if re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", line):
        return "a control character"
    for word in raw.split():
        path, _, digits = word.partition("=")
        wanted, got = bytes.fromhex(digits), bytes_of(alert, path)
        if path == "process.args":
            wanted = wanted[:-1] if wanted.endswith(b"\0") else wanted
        if got == wanted or (got is None and not wanted):
            continue
        if not cut(alert, path):
            return f"{path} is {got!r}, not {wanted!r}, and truncated is {alert['truncated']}"
        if got and not wanted.startswith(got):
            return f"{path} is {got!r}, no beginning of {wanted!r}"
    return None


def main():
    lines, seen, made = 0, set(), set()
    with subprocess.Popen(["jq", "-n", "-c", "reduce inputs as $x (0; . + 1)"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as other:
        source = sys.stdin.buffer
        while line := source.readline():
            lines += 1
            other.stdin.write(line)
            raw = source.readline().decode()
            why = check(line, raw)
            if lines <= LOOKED_AT:
                seen.update(strings(json.loads(line)))
                made.update(re.sub(r"\.\d+", "", word.partition("=")[0]) for word in raw.split())
            if why:
                print(f"line {lines}: {why}\n{line[:2000]!r}")
                sys.exit(1)
        other.stdin.close()
        counted = int(other.stdout.read())
    if lines != int(sys.argv[1]) or counted != lines:
        print(f"{lines} lines here, {counted} in jq, {sys.argv[1]} written")
        sys.exit(1)
    unasked = {path for path in seen - made if not OURS.fullmatch(path)}
    if unasked or made - seen:
        print(f"never random: {sorted(unasked)}; never there: {sorted(made - seen)}")
        sys.exit(1)


main()

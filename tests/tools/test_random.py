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
    lines = 0
    with subprocess.Popen(["jq", "-n", "-c", "reduce inputs as $x (0; . + 1)"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as other:
        source = sys.stdin.buffer
        while line := source.readline():
            lines += 1
            other.stdin.write(line)
            why = check(line, source.readline().decode())
            if why:
                print(f"line {lines}: {why}\n{line[:2000]!r}")
                sys.exit(1)
        other.stdin.close()
        counted = int(other.stdout.read())
    if lines != int(sys.argv[1]) or counted != lines:
        print(f"{lines} lines here, {counted} in jq, {sys.argv[1]} written")
        sys.exit(1)


main()

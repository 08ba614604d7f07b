#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that redacted alerts hold no secret of the same alerts as they are.

usage: test_redacted.py ALERTS REDACTED

A secret is a text of at least 6 characters among the arguments, the evidence, the findings' summaries
and the indicators but sha256 and image, unless what may stay (program, name, cgroup, container) holds it
as well. Prints what leaked; exit 1 when anything did, or when nothing was there to leak.
"""

import json
import re
import sys

LEAST = 6
HASH = re.compile(r"redacted:[0-9a-f]{16}")
STAYS = ("sha256", "image")


def strings(value):
    """All strings in a value, keys aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)


def hidden(alert):
    """The parts of an alert that a redactor replaces, twins with them."""
    process = alert.get("process", {})
    indicators = alert.get("indicators", {})
    return [process.get("args", []), process.get("args_hex", []),
            [finding["evidence"] for finding in alert.get("findings", [])],
            [text for key, text in indicators.items() if key.removesuffix("_hex") not in STAYS]]


def kept(alert):
    """What may stay: all but what is hidden, and but sentences, which quote it."""
    rest = {key: value for key, value in alert.items() if key not in ("summary", "findings", "indicators")}
    rest["process"] = {key: value for key, value in alert.get("process", {}).items() if not key.startswith("args")}
    rest["indicators"] = {key: text for key, text in alert.get("indicators", {}).items()
                          if key.removesuffix("_hex") in STAYS}
    return "\0".join(strings(rest))


def leaks(plain, line):
    """Secrets of the plain alert that the redacted line holds, escaped or not."""
    redacted = json.loads(line)
    text = "\0".join(strings(redacted))
    stays = kept(plain) + "\0" + kept(redacted)  # which is shorter, and so less was cut of it
    quotes = [finding["summary"] for finding in plain.get("findings", [])]
    for secret in strings([hidden(plain), quotes]):
        if len(secret) >= LEAST and secret not in stays and secret in text:
            yield secret


def main():
    bad = secrets = 0
    with open(sys.argv[1], encoding="utf-8") as plain, open(sys.argv[2], encoding="utf-8") as redacted:
        plain, redacted = list(plain), list(redacted)
    if len(plain) != len(redacted):
        print(f"{len(plain)} alerts and {len(redacted)} redacted ones")
        bad += 1
    for number, (was, line) in enumerate(zip(plain, redacted), 1):
        alert, became = json.loads(was), json.loads(line)
        secrets += sum(len(secret) >= LEAST for secret in strings(hidden(alert)))
        for secret in leaks(alert, line):
            print(f"{sys.argv[2]}:{number}: {secret!r}")
            bad += 1
        for text in strings(hidden(became)):
            if not HASH.fullmatch(text):
                print(f"{sys.argv[2]}:{number}: {text!r} is no hash")
                bad += 1
    print(f"{len(plain)} alerts, {secrets} secrets, {bad} bad")
    return 1 if bad or not secrets else 0


if __name__ == "__main__":
    sys.exit(main())

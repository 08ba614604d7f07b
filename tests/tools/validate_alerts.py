#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks alert lines with parsers and a validator that are not of our making.

usage: validate_alerts.py SCHEMA FILE...

Prints file, line and reason of each bad line; exit 1 when there was one, 2 when it could not check.
"""

import codecs
import json
import re
import shutil
import subprocess
import sys

import jsonschema

LINE_MAX = 16384
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

# The order of an alert's keys as it is documented; the schema is checked against it, not trusted.
ORDER = {
    "": "schema time id seq action severity score since duration_seconds cpu_seconds summary host"
        " process ancestors cgroup container kubernetes findings indicators attack sensor pending hook truncated count",
    "host": "name cluster kernel boot_id",
    "process": "pid ppid start_time uid session comm exe args unlinked",
    "ancestors": "pid ppid start_time uid session comm exe unlinked",
    "cgroup": "id path",
    "container": "id runtime verified name image created entered privileges capabilities mounts",
    "kubernetes": "namespace pod uid",
    "findings": "detector grade weight time pid summary allowed evidence",
    "indicators": "wallet pool sha256 image agent worker",
    "attack": "id name",
    "sensor": "version rules degraded dropped",
}

# Bytes a string may have before it is escaped; for args all of them, a NUL between each two.
CAPS = {"summary": 512, "process.args": 1024, "process.exe": 512, "ancestors.exe": 512,
        "cgroup.path": 512}
OTHER_CAP = 128


def one_mark_a_byte(error):
    return "\ufffd" * (error.end - error.start), error.end


codecs.register_error("one_mark_a_byte", one_mark_a_byte)


class Bad(Exception):
    """A line that is not as it must be; says why."""


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise Bad("a key twice among " + " ".join(keys))
    return dict(pairs)


def check_order(where, value):
    """Keys stand in the documented order, a twin right behind its key."""
    wanted = ORDER[where].split()
    keys = [key for key in value if not key.endswith("_hex")]
    unknown = [key for key in keys if key not in wanted]
    if unknown:
        raise Bad(f"{where or 'alert'}: undocumented {' '.join(unknown)}")
    if keys != sorted(keys, key=wanted.index):
        raise Bad(f"{where or 'alert'}: order is {' '.join(keys)}")


def check_twin(text, twin):
    raw = bytes.fromhex(twin)
    if raw.decode("utf-8", "one_mark_a_byte") != text:
        raise Bad(f"twin {twin} is not {text!r}")
    return raw


def invalid(raw):
    try:
        raw.decode()
    except UnicodeDecodeError:
        return True
    return False


def check_twins(value):
    """Each twin says the same as its text, stands behind it, and was needed."""
    if isinstance(value, list):
        for item in value:
            check_twins(item)
    if not isinstance(value, dict):
        return
    keys = list(value)
    for at, key in enumerate(keys):
        check_twins(value[key])
        if not key.endswith("_hex"):
            continue
        if at == 0 or keys[at - 1] + "_hex" != key:
            raise Bad(f"{key} does not stand behind its text")
        texts, twins = value[keys[at - 1]], value[key]
        if isinstance(texts, str):
            texts, twins = [texts], [twins]
        if len(texts) != len(twins):
            raise Bad(f"{key} is not as long as its array")
        raws = [check_twin(text, twin) for text, twin in zip(texts, twins)]
        if not any(invalid(raw) for raw in raws):
            raise Bad(f"{key} without an invalid byte")


def check_caps(value, path=""):
    """No string is longer than its cap; a twin stands for its text."""
    if isinstance(value, list) and path != "process.args":
        for item in value:
            check_caps(item, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not key.endswith("_hex"):
                check_caps(raw_of(item, value.get(key + "_hex")), f"{path}.{key}".lstrip("."))
    else:
        raw = b"\0".join(value) if isinstance(value, list) else value
        if isinstance(raw, bytes) and len(raw) > CAPS.get(path, OTHER_CAP):
            raise Bad(f"{path}: {len(raw)} bytes")


def raw_of(value, twin):
    """Bytes in the place of strings."""
    if isinstance(value, str):
        return bytes.fromhex(twin) if twin else value.encode()
    if isinstance(value, list):
        return [raw_of(item, twin[at] if twin else None) for at, item in enumerate(value)]
    return value


def check_line(raw, validator):
    if len(raw) > LINE_MAX:
        raise Bad(f"{len(raw)} bytes")
    if not raw.endswith(b"\n"):
        raise Bad("no newline at its end")
    try:
        text = raw[:-1].decode()
    except UnicodeDecodeError as error:
        raise Bad(str(error)) from None
    unsafe = UNSAFE.search(text)
    if unsafe:
        raise Bad(f"U+{ord(unsafe.group()):04X} is not escaped")
    try:
        alert = json.loads(text, object_pairs_hook=unique)
    except ValueError as error:
        raise Bad(str(error)) from None
    error = jsonschema.exceptions.best_match(validator.iter_errors(alert))
    if error:
        raise Bad("/".join(map(str, error.absolute_path)) + ": " + error.message[:300])
    check_order("", alert)
    for key in ORDER:
        values = alert.get(key, []) if key else []
        for value in values if isinstance(values, list) else [values]:
            check_order(key, value)
    check_twins(alert)
    check_caps(alert)


def jq_accepts(jq, raw):
    run = subprocess.run([jq, "-c", "type"], input=raw, capture_output=True, check=False)
    return run.returncode == 0 and run.stdout == b'"object"\n' * raw.count(b"\n")


def check_file(path, validator, jq):
    bad = 0
    with open(path, "rb") as file:
        lines = list(file)
    # One jq for all lines; one a line only to find the bad one.
    jq_ok = not jq or not lines or jq_accepts(jq, b"".join(lines))
    for number, raw in enumerate(lines, 1):
        try:
            check_line(raw, validator)
            if not jq_ok and not jq_accepts(jq, raw):
                raise Bad("jq refuses it")
        except Bad as error:
            print(f"{path}:{number}: {error}")
            bad += 1
    return len(lines), bad


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        print(f"{sys.argv[1]}: no valid schema: {error.message}")
        return 1
    validator = jsonschema.Draft202012Validator(schema)
    jq = shutil.which("jq")
    lines = bad = 0
    for path in sys.argv[2:]:
        counted, refused = check_file(path, validator, jq)
        lines += counted
        bad += refused
    print(f"{lines} alerts, {bad} bad" + ("" if jq else " (no jq here)"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

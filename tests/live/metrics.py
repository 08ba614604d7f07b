#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a sensor's exporter, and reads the text format of Prometheus as strictly as it is written down.

Usage: metrics.py QUESTION PORT [ARGUMENT...]; the answer is the exit code, stderr says why.
"""
import http.client
import json
import re
import socket
import subprocess
import sys
import time

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|})')
VALUE = re.compile(r"[0-9]+(\.[0-9]+)?")
TYPES = ("counter", "gauge")


class Wrong(Exception):
    pass


def demand(good, why):
    if not good:
        raise Wrong(why)


def sample(line):
    """name, labels as a tuple of pairs, value"""
    name = NAME.match(line)
    demand(name, f"no name: {line}")
    rest, labels = line[name.end() :], []
    if rest.startswith("{"):
        rest, end = rest[1:], ","
        while end == ",":
            label = LABEL.match(rest)
            demand(label, f"bad label: {line}")
            labels.append((label[1], label[2]))
            rest, end = rest[label.end() :], label[3]
    demand(len({key for key, _ in labels}) == len(labels), f"a label twice: {line}")
    demand(rest.startswith(" ") and VALUE.fullmatch(rest[1:]), f"bad value: {line}")
    return name[0], tuple(labels), float(rest[1:])


def parse(text):
    """{(name, labels): value}. One HELP and one TYPE before a family's samples, which stand together."""
    demand(text.endswith("\n"), "the last line has no end")
    samples, types, family, helped = {}, {}, None, None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            _, _, helped, why = line.split(" ", 3)
            demand(NAME.fullmatch(helped) and why and helped not in types, f"bad HELP: {line}")
        elif line.startswith("# TYPE "):
            _, _, family, kind = line.split(" ")
            demand(family == helped and family not in types and kind in TYPES, f"bad TYPE: {line}")
            demand((kind == "counter") == family.endswith("_total"), f"counters end in _total: {line}")
            types[family] = kind
        else:
            name, labels, value = sample(line)
            demand(name == family, f"not of the family above: {line}")
            demand(name.startswith("minerwatch_"), f"not ours: {line}")
            demand((name, labels) not in samples, f"twice: {line}")
            samples[name, labels] = value
    return samples, types


def ask(port, method, path, host="127.0.0.1", wait_s=10):
    connection = http.client.HTTPConnection(host, int(port), timeout=wait_s)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


def scrape(port):
    answer, body = ask(port, "GET", "/metrics")
    demand(answer.status == 200, f"status {answer.status}")
    demand(
        answer.getheader("Content-Type") == "text/plain; version=0.0.4; charset=utf-8",
        f"type {answer.getheader('Content-Type')}",
    )
    return parse(body)


def valid(port):
    """Two scrapes are valid, and no counter goes down."""
    first, types = scrape(port)
    time.sleep(0.3)
    second, _ = scrape(port)
    for (name, labels), value in first.items():
        demand(
            types[name] != "counter" or second.get((name, labels), -1) >= value,
            f"{name}{labels} went from {value} to {second.get((name, labels))}",
        )


def has(port, *wanted):
    """NAME=VALUE or NAME{label=word}=VALUE or with >= instead of =, within 10 s."""
    end = time.monotonic() + 10
    while True:
        samples, _ = scrape(port)
        missing = []
        for one in wanted:
            name, labels, operator, value = re.fullmatch(r"(\w+)(?:{(\S*)})?(>?=)(\d+)", one).groups()
            pairs = tuple(tuple(p.split("=")) for p in labels.split(",")) if labels else ()
            got = samples.get(("minerwatch_" + name, pairs))
            if got is None or got < int(value) or (operator == "=" and got != int(value)):
                missing.append(f"{one} is {got}")
        if not missing:
            return
        demand(time.monotonic() < end, "; ".join(missing))
        time.sleep(0.3)


def status_of(minerwatch, socket_path):
    answer = subprocess.run([minerwatch, "status", "--status", socket_path, "--json"], capture_output=True, check=False)
    demand(answer.returncode == 0, f"status: {answer.stderr.decode()}")
    return json.loads(answer.stdout)


def numbers(status):
    """(name, labels): value, as the metrics name what the status counts"""
    for kind in ("submitted", "delivered", "dropped", "truncated", "failed", "skipped"):
        for name, value in status[kind].items():
            yield (f"records_{kind}_total", (("class", name),)), value
    for i, sink in enumerate(status["sinks"], 1):
        labels = ("sink", str(i)), ("type", "file")
        yield ("sink_lines_queued", labels), sink["queued"]
        yield ("sink_lines_written_total", labels), sink["written"]
        yield ("sink_lines_lost_total", labels), sink["lost"]
    for name, value in (
        ("pipeline_records_total", status["records"]),
        ("pipeline_records_refused_total", status["refused"]),
        ("evicted_total", status["evicted"]),
        ("incidents_allowed_total", status["allowed"]),
        ("rules_swaps_total", status["rules_swaps"]),
        ("rules_refused_total", status["rules_refused"]),
        ("gaps_total", status["gaps"]),
        ("gap_seconds_total", status["gap_ms"] / 1000),
        ("longest_round_seconds", status["longest_round_us"] / 1e6),
    ):
        yield (name, ()), value


def differences(port, minerwatch, socket_path):
    """Where the metrics do not lie between what the status says before and after."""
    before = status_of(minerwatch, socket_path)
    samples, _ = scrape(port)
    after = status_of(minerwatch, socket_path)
    least, most = dict(numbers(before)), dict(numbers(after))
    for (name, labels), value in least.items():
        got = samples.get(("minerwatch_" + name, labels))
        if got is None or not value <= got <= most[name, labels]:
            yield f"{name} {labels}: metrics {got}, status {value} to {most[name, labels]}"
    for hook, state in after["hooks"].items():
        if samples["minerwatch_hook", (("hook", hook), ("state", state))] != 1:
            yield f"hook {hook}: status {state}, metrics not"
    if ("minerwatch_rules_info", (("digest", after["rules"]),)) not in samples:
        yield "other rules"


def as_status(port, minerwatch, socket_path):
    """Both say the same, within 10 s: what goes up and down may do so in between."""
    end = time.monotonic() + 10
    while wrong := list(differences(port, minerwatch, socket_path)):
        demand(time.monotonic() < end, "; ".join(wrong))
        time.sleep(0.3)


def status_is(port, wanted, method, path):
    answer, body = ask(port, method, path)
    demand(answer.status == int(wanted), f"{method} {path}: {answer.status}, not {wanted}")
    demand(
        method == "HEAD" and not body or int(answer.getheader("Content-Length")) == len(body),
        "length and body differ",
    )


def raw(port, wanted, text):
    """Bytes that no library would send."""
    with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as client:
        client.sendall(text.encode("latin-1").decode("unicode_escape").encode("latin-1"))
        answer = b""
        while more := client.recv(4096):
            answer += more
    demand(answer.startswith(b"HTTP/1.1 %d " % int(wanted)), f"not {wanted}: {answer[:60]!r}")


def slow(port, count):
    """Many who send nothing, and some who send a byte now and then, keep nobody from an answer."""
    idle = [socket.create_connection(("127.0.0.1", int(port)), timeout=20) for _ in range(int(count))]
    for client in idle:
        client.send(b"G")
    begun = time.monotonic()
    status_is(port, 200, "GET", "/healthz")
    demand(time.monotonic() - begun < 3, f"answered after {time.monotonic() - begun:.1f} s")
    for client in idle:
        client.settimeout(10)
        try:
            while client.recv(100):
                pass
        except ConnectionResetError:
            pass
        client.close()
    demand(time.monotonic() - begun < 15, "they were not cut off")


QUESTIONS = {f.__name__: f for f in (valid, has, as_status, status_is, raw, slow)}

if __name__ == "__main__":
    try:
        QUESTIONS[sys.argv[1]](*sys.argv[2:])
    except (Wrong, OSError, http.client.HTTPException) as why:
        print(f"{type(why).__name__}: {why}", file=sys.stderr)
        sys.exit(1)

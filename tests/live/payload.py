#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the payload records of one process against what it said: payload.py RECORDS WAY PID MADE."""
import json
import sys

QUESTION = (
    '{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"generate",'
    '"pass":"x","agent":"XMRig/6.21.0","algo":["rx/0"]}}\n'
)
ANSWER = (
    '{"id":1,"jsonrpc":"2.0","error":null,"result":{"id":"1","job":{"blob":'
    '"0e0e","job_id":"1","target":"b88d0600","algo":"rx/0"},"status":"OK"}}\n'
)
PIECES = {"split2": 2, "split8": 8, "split9": 8, "extensions": 2, "lossy": 2}  # that are read
LOCAL = {way: "::1" for way in ("v6", "sendmsg", "split8", "large6", "extensions")}
FULL = {"split8", "split9", "large4", "large6"}  # nothing more of these is read
STRATUM = 1
WITHHELD = {"json": 16, "height": 17}  # enum payload_class
LAST, ARMED = 2, 1


def said(way, direction):
    text = (QUESTION, ANSWER)[direction].encode()
    if way.startswith("large"):
        return text.ljust(512, b"\n")
    return text[: len(text) * 8 // 9] if way == "split9" else text


def complain(way, pid, made, records):
    directions = {}
    for record in records:
        # The accepted ends are the same process': a look at a suspect's sockets arms those it meets.
        if (
            record["type"] == "payload"
            and record["pid"] == pid
            and not record["payload_flags"] & ARMED
        ):
            directions.setdefault((record["socket"], record["direction"]), []).append(record)
    if way in ("other", "page"):
        return directions and "bytes that nobody can use were sent to the reader"
    for direction in (0, 1):
        count = sum(key[1] == direction for key in directions)
        if count != made:
            return f"direction {direction}: {count} connections, not {made}"
    for (_, direction), told in directions.items():
        last = told[-1]
        if way in WITHHELD:
            if len(told) != 1 or "data" in last or last["payload_class"] != WITHHELD[way]:
                return f"not withheld, or not told of once: {told}"
            continue
        if bytes.fromhex(last["data_hex"]) != said(way, direction):
            return f"direction {direction}: {last['data']!r}"
        if last["payload_class"] != STRATUM or last["segments"] != PIECES.get(way, 1):
            return f"class {last['payload_class']}, {last['segments']} segments"
        if len(told) > PIECES.get(way, 1):
            return f"told of {len(told)} times"
        if last["local"] != LOCAL.get(way, "::ffff:127.0.0.1"):
            return f"local address {last['local']}"
        if direction == 0 and last["sender_pid"] != pid:
            return f"sender {last['sender_pid']}, not {pid}"
        if bool(last["payload_flags"] & LAST) != (way in FULL):
            return f"flags {last['payload_flags']}"
    return None


def main(path, way, pid, made):
    with open(path, encoding="utf-8") as file:
        why = complain(way, int(pid), int(made), [json.loads(line) for line in file])
    if why:
        print(why, file=sys.stderr)
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

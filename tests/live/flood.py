#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Starts stand-ins at random while two flooders run and a sensor is stopped now and then.

usage: flood.py SENSOR_PID CGROUP_DIRECTORY COUNT AT_ONCE STOPS SEED
$BUILD and $LIVE name the programs. Every fourth stand-in gets a cgroup of its own, the others a session
of their own. Prints a JSON line each: pid, own (cgroup or session), and how long it lived.
"""
import json
import os
import random
import signal
import subprocess
import sys
import time

LIFE_S = 10  # at least: each lives a second more, and is timed from after its start
STOP_S = 5
ARGV = "xmrig\n-o\n127.0.0.1:3333\n-u\n%s\n--donate-level\n1\n"
IN_CGROUP = 'echo $$ >"$0/cgroup.procs" && exec "$@"'


def in_cgroup(directory, *command):
    os.makedirs(directory, exist_ok=True)
    return ["sh", "-c", IN_CGROUP, directory, *command]


class Flooder:
    """Connects or execs as fast as it can, in a cgroup of its own, until it is ended."""

    def __init__(self, build, directory, *way):
        self.command = in_cgroup(directory, build + "/generate", *way)
        self.made = 0
        self.process = None

    def keep_on(self):
        if self.process and self.process.poll() is None:
            return
        if self.process:
            self.made += json.loads(self.process.stdout.readline())["made"]
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE)

    def end(self):
        self.process.kill()
        self.process.wait()


def start(number, environment, build, live, top):
    own = "session"
    if number % 4 == 0:
        own = "cgroup"
        environment = dict(environment, STANDIN_CGROUP=f"{top}/standin-{number}")
        os.makedirs(environment["STANDIN_CGROUP"])
    process = subprocess.Popen(
        [live + "/launch.sh", build + "/standin", ""],
        stdin=subprocess.PIPE,
        env=environment,
        start_new_session=True,
        text=True,
    )
    process.stdin.write(ARGV % os.environ["WALLET"])
    process.stdin.close()
    return {"process": process, "own": own, "from": time.monotonic()}


def run(sensor, top, count, at_once, stops, seed):
    build, live = os.environ["BUILD"], os.environ["LIVE"]
    dice = random.Random(seed)
    environment = dict(os.environ, STANDIN_SECONDS=str(LIFE_S + 1), STANDIN_THREADS="0")
    flooders = [
        Flooder(build, top + "/flood-connect", "connect", "10007", "v4"),
        Flooder(build, top + "/flood-exec", "exec", "5003", "plain"),
    ]
    span_s = max(count * LIFE_S / at_once * 1.1, stops * STOP_S * 2.5)
    starts = sorted(dice.uniform(1, span_s) for _ in range(count))
    halts = [span_s / stops * (i + dice.uniform(0, 0.4)) for i in range(stops)]
    begun, stopped_until = time.monotonic(), None
    alive, started = [], 0
    while started < count or alive or stopped_until:
        now = time.monotonic() - begun
        for flooder in flooders:
            flooder.keep_on()
        if halts and now >= halts[0] and not stopped_until:
            halts.pop(0)
            stopped_until = now + STOP_S
            os.kill(sensor, signal.SIGSTOP)
        if stopped_until and now >= stopped_until:
            stopped_until = None
            os.kill(sensor, signal.SIGCONT)
        while started < count and now >= starts[started] and len(alive) < at_once:
            alive.append(start(started, environment, build, live, top))
            started += 1
        for one in [one for one in alive if one["process"].poll() is not None]:
            alive.remove(one)
            life = {"lived": time.monotonic() - one["from"], "code": one["process"].returncode}
            print(json.dumps({"pid": one["process"].pid, "own": one["own"], **life}), flush=True)
        time.sleep(0.02)
    for flooder in flooders:
        flooder.end()
        print(f"{flooder.command[5:]} again and again, {flooder.made} and more", file=sys.stderr)


if __name__ == "__main__":
    sensor_pid, directory, *numbers = sys.argv[1:]
    try:
        run(int(sensor_pid), directory, *map(int, numbers))
    finally:
        os.kill(int(sensor_pid), signal.SIGCONT)

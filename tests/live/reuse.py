#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Uses one pid again and again: for programs that end at once, and now and then for a stand-in.

usage: reuse.py TIMES STANDINS BUILD, with WALLET in the environment: as an argument it would make this
program a suspect, and its children suspects of the same workload.
Prints the pid, how many processes had it, and the stand-ins' number.
"""
import os
import sys

LAST_PID = "/proc/sys/kernel/ns_last_pid"  # the next process gets the pid after it
TRIES = 200  # another process of the host may be faster


def start(pid, path, argv, environment):
    """A child with that very pid and a session of its own; it runs the program."""
    for _ in range(TRIES):
        with open(LAST_PID, "w", encoding="ascii") as file:
            file.write(str(pid - 1))
        child = os.fork()
        if child == 0:
            if os.getpid() == pid:
                os.setsid()
                os.execve(path, argv, environment)
            os._exit(0)
        if child == pid:
            return
        os.waitpid(child, 0)
    sys.exit(f"{pid} was never free")


def main(times, standins, build):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    miner = ["xmrig", "-o", "127.0.0.1:3333", "-u", os.environ["WALLET"], "--donate-level", "1"]
    life = {"STANDIN_SECONDS": "1", "STANDIN_THREADS": "0"}
    made = shown = 0
    for i in range(int(times)):
        if i % (int(times) // int(standins)) == 7:
            start(pid, build + "/standin", miner, life)
            shown += 1
        else:
            start(pid, build + "/soak", [f"innocent-{i}", "--child"], {})
        made += 1
        os.waitpid(pid, 0)
    print(pid, made, shown)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Many incidents at once: short processes with a miner's arguments, each in a session of its own.

usage: alert_wave.py COUNT [PAUSE_MS]
"""

import os
import sys
import time

ARGUMENTS = "-o stratum+tcp://127.0.0.1:9 --coin monero --donate-level 1".split()


def main(count, pause_ms="4"):
    for number in range(int(count)):
        pid = os.fork()
        if pid == 0:
            os.setsid()
            os.execv("/bin/true", [f"wave{number}", *ARGUMENTS])
        os.waitpid(pid, 0)
        time.sleep(int(pause_ms) / 1000)


main(*sys.argv[1:])

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what a shell test needs of the manifests, one value a line.

usage: ask_manifests.py MANIFESTS {image | capabilities | livenessProbe | readinessProbe}

capabilities is the mask as /proc/PID/status shows it.
"""

import re
import sys

from manifests import container_of, read_all

HEADER = "/usr/include/linux/capability.h"


def mask(names):
    with open(HEADER, encoding="utf-8") as file:
        numbers = dict(re.findall(r"^#define CAP_(\w+)\s+(\d+)$", file.read(), re.M))
    return f"{sum(1 << int(numbers[name]) for name in names):016x}"


def main():
    container = container_of(read_all(sys.argv[1]))
    question = sys.argv[2]
    if question == "image":
        print(container["image"])
    elif question == "capabilities":
        print(mask(container["securityContext"]["capabilities"]["add"]))
    else:
        print("\n".join(container[question]["exec"]["command"]))


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tests that unit, configuration and scripts of the Debian package fit each other and the binary.

usage: check_host.py PACKAGE BINARY

Prints a line "ok" or "not ok" for each; each check is also shown to fail where it should.
"""

import subprocess
import sys

import demands
import host_package
import results
from host_package import LOGROTATE, UNIT
from results import result

CONFIG = "/etc/minerwatch/minerwatch.yaml"

# (file, what stands there, what it is changed to): each change must be told.
CHANGES = [
    (UNIT, "CAP_PERFMON ", ""),
    (UNIT, "CAP_BPF", "CAP_BPF CAP_SYS_ADMIN"),
    (UNIT, "@system-service bpf seccomp", "@system-service seccomp"),
    (UNIT, "landlock_restrict_self", ""),
    (UNIT, "=@system-service", "=@basic-io"),
    (UNIT, "~@keyring", "~@keyring @resources"),
    (UNIT, "~@keyring", "~@keyring @network-io"),
    (UNIT, "SystemCallFilter=fchown\n", ""),
    (UNIT, "ProtectClock=yes", "PrivateUsers=yes"),
    (UNIT, "ProtectClock=yes", "User=nobody"),
    (UNIT, "ProtectClock=yes", "ProtectProc=invisible"),
    (UNIT, "ProtectClock=yes", "ProtectControlGroups=yes"),
    (UNIT, "WatchdogSec=45\n", ""),
    (UNIT, "Type=notify", "Type=simple"),
    (UNIT, "ReadWritePaths=-/sys/fs/bpf/minerwatch\n", ""),
    (UNIT, "ReadWritePaths=-/sys/fs/bpf/minerwatch", "ReadWritePaths=-/sys/fs/bpf/other"),
    (UNIT, "ReadWritePaths=-/sys/fs/bpf/minerwatch", "ReadWritePaths=-/sys/fs/bpf/minerwatch /srv"),
    (UNIT, "0700 /sys/fs/bpf/minerwatch", "0700 /sys/fs/bpf/other"),
    (UNIT, "RuntimeDirectory=minerwatch", "RuntimeDirectory=other"),
    (UNIT, "StateDirectory=minerwatch", "StateDirectory=other"),
    (UNIT, "LogsDirectory=minerwatch\n", ""),
    (UNIT, "--config /etc/minerwatch/minerwatch.yaml", "--config /etc/minerwatch.yaml"),
    (UNIT, "ExecStart=/usr/sbin/", "ExecStart=/usr/bin/"),
    (CONFIG, "pin: /sys/fs/bpf/minerwatch", "pin: /sys/fs/bpf/other"),
    (CONFIG, "pin: /sys/fs/bpf/minerwatch\n", ""),
    (CONFIG, "state: /var/lib/minerwatch/state", "state: /var/cache/minerwatch/state"),
    (CONFIG, "state: /var/lib/minerwatch/state\n", ""),
    (CONFIG, "status: /run/minerwatch", "status: /run/other"),
    (CONFIG, "status: /run/minerwatch/status.sock\n", ""),
    (CONFIG, "- /var/log/minerwatch/alerts.json", "- /var/log/alerts.json"),
    (CONFIG, "- /var/log/minerwatch/alerts.json", "- /var/log/minerwatch/other.json"),
    (CONFIG, "#  - syslog:unix:/dev/log", "  - fifo:/srv/alerts"),
    (CONFIG, "heartbeat: 60", "heartbeat: 0"),
    (CONFIG, "rules: /etc/minerwatch/rules", "rules: /srv/rules"),
    (LOGROTATE, "/var/log/minerwatch/alerts.json", "/var/log/minerwatch.json"),
    (LOGROTATE, "--signal=USR1", "--signal=HUP"),
    (LOGROTATE, "minerwatch.service", "other.service"),
    ("prerm", "--pin /sys/fs/bpf/minerwatch", "--pin /sys/fs/bpf/other"),
    ("postrm", " /var/lib/minerwatch", ""),
    ("postrm", " /etc/minerwatch", " /etc/minerwatch /srv"),
]


def unnoticed(files, demanded, groups):
    for name, old, new in CHANGES:
        changed = {**files, name: files[name].replace(old, new)}
        if changed == files:
            yield f"{name} has no {old!r}"
        elif not host_package.differences(changed, demanded, groups):
            yield f"{name}: {new!r} for {old!r}"


def demands_unnoticed(files, text, groups):
    """Each kind of demand with one more, and each capability less. Not the probes, for whose sake
    there is a watchdog, whatever they ask."""
    rows = text.splitlines(True)
    kinds = sorted({row.split("\t")[0] for row in rows})
    wrong = [text + f"{kind}\tnew\twhy\n" for kind in kinds + ["new-kind"]
             if not kind.endswith("-probe")]
    wrong += [text.replace(row, "") for row in rows if row.startswith("capability\t")]
    return [changed[-60:] for changed in wrong if not host_package.differences(
        files, demands.read_demands(changed), groups)]


def main():
    package, binary = sys.argv[1:]
    files, groups = host_package.read_package(package), {}
    text = subprocess.run([binary, "doctor", "--requirements"], check=True, capture_output=True,
                          text=True).stdout
    demanded = demands.read_demands(text)
    result("the binary states its system calls",
           [] if len(demanded.get("system-call", ())) >= 50 else [text])
    result("package and demands agree", host_package.differences(files, demanded, groups))
    print(f"# {len(CHANGES)} changes of the package tried")
    result("what the package changes is noticed", list(unnoticed(files, demanded, groups)))
    result("what the binary changes is noticed", demands_unnoticed(files, text, groups))
    return results.failed > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that the schema refuses an unknown, a missing and a mistyped key, wherever one can stand.

usage: test_schema_refuses.py SCHEMA ALERTS

ALERTS: good lines, at least one of each action; among the incidents one with all optional objects.
Prints what was not refused; exit 1 when there was anything, or when a good line was refused.
"""

import copy
import json
import sys

import jsonschema

INCIDENT = ("schema time id seq action severity score since summary host ancestors findings"
            " indicators attack sensor pending truncated")
SUPPRESSED = "schema time id seq action severity summary host sensor truncated count"

# What each action must have, as documented; the schema is checked against it, not trusted.
REQUIRED = {action: INCIDENT.split() for action in ("opened", "raised", "updated", "reopened")}
REQUIRED["ended"] = INCIDENT.split() + ["duration_seconds", "cpu_seconds"]
REQUIRED["suppressed"] = SUPPRESSED.split()
REQUIRED["tamper"] = SUPPRESSED.replace("count", "hook").split()

NESTED_REQUIRED = {
    "host": ["name", "kernel", "boot_id"],
    "process": ["pid", "ppid", "start_time", "uid", "session", "comm"],
    "ancestors": ["pid", "ppid", "start_time", "uid", "session", "comm"],
    "cgroup": ["id"],
    "container": ["id", "runtime", "verified"],
    "findings": ["detector", "weight", "time", "pid", "summary", "evidence"],
    "indicators": [],
    "attack": ["id", "name"],
    "sensor": ["version", "rules", "degraded", "dropped"],
}


class Checker:
    """Counts the changes made to good alerts, and prints those the schema lets pass."""

    def __init__(self, schema):
        self.validator = jsonschema.Draft202012Validator(schema)
        self.tried = self.failed = 0

    def fail(self, what):
        print(f"not refused: {what}")
        self.failed += 1

    def refuses(self, alert, what):
        self.tried += 1
        if self.validator.is_valid(alert):
            self.fail(what)

    def change(self, alert, path, change, what):
        """Applies change to the object at path in a copy, which must then be refused."""
        changed = copy.deepcopy(alert)
        at = changed
        for step in path:
            at = at[step]
        change(at)
        self.refuses(changed, f"{alert['action']}: {'/'.join(map(str, path)) or 'alert'}: {what}")

    def check_object(self, alert, path, required):
        at = alert
        for step in path:
            at = at[step]
        self.change(alert, path, lambda o: o.update(unheard_of=1), "unknown key")
        for key in required:
            self.change(alert, path, lambda o, k=key: o.pop(k), f"missing {key}")
        for key, value in at.items():
            wrong = 7 if isinstance(value, (str, list, dict)) else "7"
            self.change(alert, path, lambda o, k=key, w=wrong: o.update({k: w}), f"mistyped {key}")
            if isinstance(value, list):
                self.change(alert, path, lambda o, k=key: o[k].append(7), f"mistyped item of {key}")
        if "summary" in at or "comm" in at:
            key = "summary" if "summary" in at else "comm"
            self.change(alert, path, lambda o: o.update({key + "_hex": "xy"}), "twin not hex")

    def check_alert(self, alert):
        if not self.validator.is_valid(alert):
            print(f"refused though good: {alert['action']}")
            self.failed += 1
        self.check_object(alert, [], REQUIRED[alert["action"]])
        for key, required in NESTED_REQUIRED.items():
            values = alert.get(key, [])
            paths = [[key]] if isinstance(values, dict) else [[key, i] for i in range(len(values))]
            for path in paths:
                self.check_object(alert, path, required)
        for at, finding in enumerate(alert.get("findings", [])):
            self.check_evidence(alert, ["findings", at, "evidence"], finding["evidence"])
        self.check_foreign_keys(alert)

    def check_evidence(self, alert, path, evidence):
        """All facts that are not optional, or none, and the text that a twin belongs to."""
        self.check_object(alert, path, [key for key in evidence if len(evidence) > 1
                                        and not key.endswith("_hex")])
        for key, value in evidence.items():
            if not isinstance(value, str):
                continue
            self.change(alert, path, lambda o, k=key: (o.update({k + "_hex": "ff"}), o.pop(k)),
                        f"missing {key} of a twin")

    def check_foreign_keys(self, alert):
        """Keys of other actions are unknown to this one."""
        if alert["action"] in ("suppressed", "tamper"):
            self.change(alert, [], lambda o: o.update(score=1), "score")
            self.change(alert, [], lambda o: o.update(cgroup={"id": 1}), "cgroup")
        if alert["action"] != "suppressed":
            self.change(alert, [], lambda o: o.update(count=1), "count")
        if alert["action"] != "tamper":
            self.change(alert, [], lambda o: o.update(hook="exec"), "hook")
        if alert["action"] not in ("ended", "suppressed", "tamper"):
            self.change(alert, [], lambda o: o.update(cpu_seconds=1), "cpu_seconds")
        self.change(alert, [], lambda o: o.update(action="closed"), "unknown action")
        self.change(alert, [], lambda o: o.update(severity="none"), "no severity")
        self.change(alert, [], lambda o: o.update(time="2026-01-02T03:04:05Z"), "time without ns")

    def check_detectors(self, alert):
        """One detector's facts are refused under another's name."""
        for at, finding in enumerate(alert["findings"]):
            for other in alert["findings"]:
                if other["detector"] != finding["detector"] and other["evidence"]:
                    facts = other["evidence"]
                    self.change(alert, ["findings", at],
                                lambda o, f=facts: o.update(evidence=f), "foreign evidence")


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:
        checker = Checker(json.load(file))
    with open(sys.argv[2], encoding="utf-8") as file:
        alerts = [json.loads(line) for line in file]
    for action in REQUIRED:
        chosen = [alert for alert in alerts if alert["action"] == action]
        if not chosen:
            print(f"no good line with action {action}")
            return 1
        checker.check_alert(chosen[0])
        if action == "opened":
            lacking = [key for key in NESTED_REQUIRED if not chosen[0].get(key)]
            if lacking:
                print(f"the first opened alert lacks {' '.join(lacking)}")
                return 1
            checker.check_detectors(chosen[0])
    print(f"{checker.tried} changes, {checker.failed} not refused")
    return 1 if checker.failed else 0


if __name__ == "__main__":
    sys.exit(main())

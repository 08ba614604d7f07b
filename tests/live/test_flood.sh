#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Row S1 of README's table: no miner is missed while others flood the sensor. Stand-ins start at random,
# each a workload of its own that lives for 10 s, beside one who connects and one who executes as fast as
# it can, with a ring of 1 MiB whose reader is stopped for 5 s. Each of them has to be reported.
. "$(dirname "$0")/lib.sh"
need_root

count=40 at_once=20 stops=1
[ -n "${MINERWATCH_LONG:-}" ] && count=1000 at_once=50 stops=5
seed=${MINERWATCH_SEED:-$RANDOM}
rules=$work/rules

# Others must not be held back for their number.
rules_make() {
	mkdir -m 755 "$rules" && rules_set "$rules" opened_per_minute 100000
}

flood() {
	BUILD=$build LIVE=$live WALLET=$WALLET "$PYTHON" "$live/flood.py" "$process" "$top" "$count" \
		"$at_once" "$stops" "$seed" >"$work/standins" 2>"$work/flood.err"
	local code=$?

	tail -n 3 "$work/flood.err" >&2
	return $code
}

# all_found cgroup|session: prints how many were reported.
all_found() {
	"$PYTHON" - "$work/standins" "$alerts" "$1" <<-'PYTHON'
		import collections, json, sys
		standins, alerts = ([json.loads(line) for line in open(path)] for path in sys.argv[1:3])
		ours = [s for s in standins if s["own"] == sys.argv[3]]
		begun = {(a["process"]["pid"], a["id"]) for a in alerts
		         if a["action"] in ("opened", "reopened")}
		opened = collections.Counter(pid for pid, incident in begun)
		opened -= collections.Counter(s["pid"] for s in standins if s["own"] != sys.argv[3])
		short = [s for s in ours if s["lived"] < 10 or s["code"]]
		missed = [] # numbers of processes come again: an alert for each
		for pid in (s["pid"] for s in ours):
		    if not opened[pid]:
		        missed.append(pid)
		    opened[pid] -= 1
		print(f"{sys.argv[3]}: {len(ours) - len(missed)} of {len(ours)}")
		if short or missed or not ours:
		    sys.exit(f"missed {len(missed)} of {len(ours)}: {missed[:9]}; ended early: {short[:3]}")
	PYTHON
}

remove_cgroups() {
	local directory

	for directory in "$top"/*/ "$top"; do
		rmdir "$directory" 2>/dev/null
	done
}

# How many were reported although the record of their exec was lost.
print_lost_execs() {
	"$PYTHON" - "$work/standins" "$records" <<-'PYTHON'
		import json, sys
		pids = {json.loads(line)["pid"] for line in open(sys.argv[1])}
		told, last = set(), {}
		for line in open(sys.argv[2], encoding="utf-8"):
		    if line.startswith('{"type":"exec"'):
		        told.add(json.loads(line)["pid"])
		    elif line.startswith('{"type":"counters"'):
		        last = json.loads(line)
		print(f"of {len(pids)} stand-ins the exec records of {len(pids - told)} were dropped; of all:"
		      f" exec {last['submitted'][0]} submitted, {last['dropped'][0]} dropped;"
		      f" connect {last['submitted'][3]} submitted, {last['dropped'][3]} dropped")
	PYTHON
}

lost_some() {
	[ "$(expect count "$records" type=counters 'dropped~^[1-9]')" -gt 0 ] ||
		{ echo "nothing was dropped" >&2; false; }
}

if ! cgroup_find || ! mkdir "$cgroup_mount/live-flood-$$" 2>/dev/null; then
	skip flood "this host has no hierarchy that lets us make a cgroup"
	finish
fi
top=$cgroup_mount/live-flood-$$
echo "seed $seed"
rules_make
sensor_start flood --ring 1M --rules "$rules" || finish
process=$(sensor_process) || finish
check "S1: $count stand-ins, $at_once at a time, reader stopped $stops times" flood
sensor_stop
remove_cgroups
print_lost_execs
check "S1: the ring was too small" lost_some
check "S1: each in a session of its own" all_found session
check "S1: each in a cgroup of its own" all_found cgroup
finish

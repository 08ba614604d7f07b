#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Paths of cgroups, whichever way they become known: older than the run, record dropped, renamed,
# nested. Each is told once, exactly.
. "$(dirname "$0")/lib.sh"
need_root

socket=$work/run/status.sock
outer=$(printf '%064d' 7 | tr 0 a)
inner=$(printf '%064d' 7 | tr 0 b)
place=live-cgroups-$$
top='' # beneath the hierarchy that carries ids

# Ends what still runs and removes the tree; an ended process leaves its cgroup before it is reaped.
remove_tree() {
	kill -KILL "${children[@]}" 2>/dev/null
	wait "${children[@]}" 2>/dev/null
	children=()
	[ ! -e "$top" ] || find "$top" -depth -type d -exec rmdir {} +
}

end_all() {
	remove_tree
	clean_up
}

# A process that does nothing, in the cgroup; sets sleeper.
sleep_in() {
	sleep 600 &
	sleeper=$!
	children+=("$sleeper")
	mkdir -p "$1" && echo "$sleeper" >"$1/cgroup.procs"
}

up_for() { # SECONDS
	[ "$(status_get "$socket" uptime_seconds)" -ge "$1" ]
}

# passes_on: back when the sensor has gone through all processes at least once more.
passes_on() {
	local uptime

	uptime=$(status_get "$socket" uptime_seconds) && until_true 50 "a pass" up_for $((uptime + 3))
}

# count_is WANTED RECORD_CONDITION...
count_is() {
	local wanted=$1

	shift
	equal "$wanted" "$(expect count "$records" "$@")" "number of $*"
}

# The last value of a counter of class cgroup.
counted() {
	"$PYTHON" - "$records" "$1" <<-'PYTHON'
		import json, sys
		value = 0
		for line in open(sys.argv[1], encoding="utf-8"):
		    record = json.loads(line)
		    if record["type"] == "counters":
		        value = record[sys.argv[2]][4]
		print(value)
	PYTHON
}

# No cgroup was told by passes more than once.
told_once() {
	local twice

	twice=$("$PYTHON" - "$records" <<-'PYTHON' | sort | uniq -d
		import json, sys
		for line in open(sys.argv[1], encoding="utf-8"):
		    record = json.loads(line)
		    if record["type"] == "cgroup":
		        print(record["cgroup_id"])
	PYTHON
	)
	[ -z "$twice" ] || { echo "told twice: $twice" >&2; false; }
}

nest() { # NAME TIMES: name/name/...
	local path=$1

	for ((i = 1; i < $2; i++)); do
		path+=/$1
	done
	echo "$path"
}

# An exec that waited in the ring finds its cgroup known.
told_before_ring() {
	local first

	first=$("$PYTHON" - "$records" <<-'PYTHON'
		import json, sys
		types = (json.loads(line)["type"] for line in open(sys.argv[1], encoding="utf-8"))
		print(next(t for t in types if t in ("cgroup", "exec")))
	PYTHON
	)
	equal cgroup "$first" "the first of cgroup and exec"
}

# Made and populated before the sensor started.
case_older() {
	local long

	long=$(printf '%0200d' 0)
	for i in 1 2 3 4 5 6 7; do
		sleep_in "$top/older-$i"
	done
	mkdir "$top/empty"
	sleep_in "$top/$(nest d 100)"
	sleep_in "$top/$(nest e 130)"
	mkdir -p "$top/$long/$long/$long"
	cd "$top/$long/$long/$long" && sleep_in "$long/$long/$long"
	cd "$OLDPWD" || return
	sensor_start older --status "$socket" || return
	sleep_in "$top/younger"
	passes_on && passes_on
	sensor_stop_and_replay || return
	check "older: 7 told" count_is 7 type=cgroup "path~^/$place/older-[1-7]\$"
	check "older: nothing told twice" told_once
	check "older: told before the ring is read" told_before_ring
	check "older: an empty one is not" count_is 0 type=cgroup "path=/$place/empty"
	check "older: its mkdir told the younger" count_is 1 type=cgroup_mkdir "path=/$place/younger"
	check "older: so no pass did" count_is 0 type=cgroup "path=/$place/younger"
	check "older: 100 deep" count_is 1 type=cgroup "path=/$place/$(nest d 100)"
	check "older: too deep" count_is 0 type=cgroup "path~^/$place/e/"
	check "older: which is counted" equal 1 "$(counted failed)" failed
	check "older: too long, cut at its end" count_is 1 type=cgroup "path~^/$place/0.{$((1020 - ${#place}))}\$"
	check "older: which is counted" equal 1 "$(counted truncated)" truncated
}

# fill NUMBER ONE OTHER: moves the sleeper to and fro, a record each
fill() {
	for ((i = 0; i < $1; i++)); do
		echo "$sleeper" >"$2/cgroup.procs"
		echo "$sleeper" >"$3/cgroup.procs"
	done
}

# Whatever is told while the ring is full is lost, but not who lives where.
case_dropped() {
	local long inner_pid container=$top/docker/$outer

	long=$top/$(printf '%0240d' 1)/$(printf '%0240d' 2)/$(printf '%0240d' 3)/$(printf '%0200d' 4)
	mkdir -p "$top/docker" "$long/a" "$long/b"
	sleep_in "$top/fill"
	sensor_start dropped || return
	inner_pid=$(sensor_process)
	check "dropped: sensor found" kill -STOP "$inner_pid" || return
	fill 2500 "$long/a" "$long/b" # 5,000 records of 1 KiB: more than the ring's 4 MiB
	fill 100 "$cgroup_mount" "$top/fill" # and what room a long record found too small
	mkdir "$container"
	standin CGROUP="$container" SECONDS=300 THREADS=0 -- \
		xmrig -o 127.0.0.1:3333 -u "$WALLET" --donate-level 1 || return
	kill -CONT "$inner_pid"
	check "dropped: alert with the container" expect alert "$alerts" 100 action=opened \
		"process.pid=$standin" "container.id=$outer" >/dev/null
	end "$standin"
	sensor_stop_and_replay || return
	check "dropped: its mkdir was lost" count_is 0 type=cgroup_mkdir "path=/$place/docker/$outer"
	check "dropped: the move into it too" count_is 0 type=cgroup_attach "path=/$place/docker/$outer"
	check "dropped: counted" [ "$(counted dropped)" -ge 2 ]
	check "dropped: told by a pass" count_is 1 type=cgroup "path=/$place/docker/$outer"
	check "dropped: nothing told twice" told_once
}

# Version 2 has no rename.
case_renamed() {
	if [ "$cgroup_version" = 2 ]; then
		skip "renamed" "this host has no cgroup v1: others cannot be renamed"
		return
	fi
	sensor_start renamed --status "$socket" || return
	mkdir -p "$top/docker/$outer"
	sleep_in "$top/parent/child"
	for i in 1 2 3 4 5 6 7; do
		mkdir "$top/before-$i" && mv "$top/before-$i" "$top/after-$i" && rmdir "$top/after-$i"
	done
	mv "$top/docker/$outer" "$top/docker/$inner"
	standin CGROUP="$top/docker/$inner" SECONDS=300 THREADS=0 -- \
		xmrig -o 127.0.0.1:3333 -u "$WALLET" --donate-level 1 || return
	check "renamed: alert with the new name" expect alert "$alerts" 100 action=opened \
		"process.pid=$standin" "container.id=$inner" >/dev/null
	end "$standin"
	mv "$top/parent" "$top/renamed"
	check "renamed: passes" passes_on && passes_on
	sensor_stop_and_replay || return
	check "renamed: 7 made" count_is 7 type=cgroup_mkdir "path~^/$place/before-[1-7]\$"
	check "renamed: 7 renamed" count_is 7 type=cgroup_rename "path~^/$place/after-[1-7]\$"
	check "renamed: 7 released" count_is 7 type=cgroup_release "path~^/$place/after-[1-7]\$"
	check "renamed: its parent" count_is 1 type=cgroup_rename "path=/$place/renamed"
	check "renamed: so the child is told again" count_is 1 type=cgroup "path=/$place/renamed/child"
}

# A container inside a container, both told by records.
case_nested() {
	sensor_start nested || return
	mkdir -p "$top/docker/$outer/docker/$inner"
	standin CGROUP="$top/docker/$outer/docker/$inner" SECONDS=300 THREADS=0 -- \
		xmrig -o 127.0.0.1:3333 -u "$WALLET" --donate-level 1 || return
	check "nested: alert with the inner one" expect alert "$alerts" 100 action=opened \
		"process.pid=$standin" "container.id=$inner" >"$work/found"
	end "$standin"
	sensor_stop_and_replay || return
	check "nested: 4 made" count_is 4 type=cgroup_mkdir "path~^/$place/docker($|/)"
	check "nested: no pass told any" count_is 0 type=cgroup "path~^/$place/docker"
}

# Each has a tree of its own.
fresh() {
	mkdir "$top" || return
	run_case "$1"
	check "${1#case_}: cgroups removed" remove_tree
}

cgroup_find && top=$cgroup_mount/$place
if [ -z "$top" ] || ! mkdir "$top" 2>/dev/null; then
	skip "cgroups" "this host has no hierarchy that lets us make one"
	finish
fi
trap end_all EXIT
rmdir "$top"
for case in case_older case_dropped case_renamed case_nested; do
	fresh $case
done
finish

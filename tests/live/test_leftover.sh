#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The sensor leaves nothing in the kernel, however it ends; what it costs while nothing happens.
. "$(dirname "$0")/lib.sh"
need_root

tasks=200
window_s=20

# The sensor and all below it.
family() {
	local pid

	echo "$1"
	for pid in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		family "$pid"
	done
}

# bpf_objects KIND: ids of the programs or links that exist
bpf_objects() {
	bpftool -j "$1" list | "$PYTHON" -c 'import json, sys
for item in json.load(sys.stdin):
    print(item["id"])'
}

# Ids that came between two lists.
new_objects() {
	comm -13 <(sort "$1") <(sort "$2")
}

list_objects() {
	bpf_objects prog >"$work/progs.$1" && bpf_objects link >"$work/links.$1"
}

# The kernel frees programs a moment after their last user.
nothing_left() {
	local left

	list_objects after
	left=$(for kind in progs links; do
		comm -12 <(sort "$work/$kind.ours") <(sort "$work/$kind.after")
	done)
	[ -z "$left" ] || { echo "still there: "$left >&2; false; }
}

# Objects of ours: those that came with the sensor.
note_objects() {
	local kind

	list_objects during
	for kind in progs links; do
		new_objects "$work/$kind.before" "$work/$kind.during" >"$work/$kind.ours"
		[ -s "$work/$kind.ours" ] || { echo "no new $kind while it runs" >&2; return 1; }
	done
}

case_sigterm() {
	list_objects before
	sensor_start sigterm || return
	check "sigterm: objects there while it runs" note_objects
	sensor_stop
	check "sigterm: nothing left" until_true 10 "their end" nothing_left
}

case_sigkill() {
	local pids pid

	list_objects before
	sensor_start sigkill || return
	check "sigkill: objects there while it runs" note_objects
	pids=$(family "$sensor")
	kill -KILL "$sensor"
	for pid in $pids; do
		check "sigkill: process $pid gone" expect gone "$pid" 20
	done
	check "sigkill: nothing left" until_true 10 "their end" nothing_left
}

run_ns() {
	local pid

	for pid in $(family "$sensor"); do
		cat /proc/"$pid"/task/*/schedstat
	done | awk '{sum += $1} END {printf "%.0f\n", sum}'
}

pss_kib() {
	local pid

	for pid in $(family "$sensor"); do
		cat /proc/"$pid"/smaps_rollup
	done | awk '/^Pss:/ {sum += $2} END {print sum}'
}

case_idle() {
	local before after pss there

	there=(/proc/[0-9]*)
	for ((i = ${#there[@]}; i < tasks; i++)); do
		sleep 120 &
		children+=($!)
	done
	there=(/proc/[0-9]*)
	sensor_start idle || return
	before=$(run_ns)
	# Nothing to wait for: the time itself is what is measured.
	sleep $window_s
	after=$(run_ns)
	pss=$(pss_kib)
	echo "# idle: ${#there[@]} tasks, $window_s s: $(((after - before) / window_s / 1000)) us of CPU a second, PSS $pss KiB"
	check "idle: PSS below 16 MiB" [ "$pss" -lt 16384 ]
	sensor_stop
}

run_case case_sigterm
run_case case_sigkill
run_case case_idle
finish

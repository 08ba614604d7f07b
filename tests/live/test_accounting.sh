#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Nothing is lost without being counted: a sensor with a ring of 64 KiB is stopped while known numbers of
# each kind of event happen; what happened is what it was handed, dropped and skipped, to the last one.
. "$(dirname "$0")/lib.sh"
need_root

socket=$work/run/status.sock
made_lines=$work/made

ask() { # KEY
	status_get "$socket" "$1"
}

# A stopped reader, a kind of event, a reader again that has caught up when it answers.
make_while_stopped() {
	kill -STOP "$stopped"
	"$build/generate" "$@" >>"$made_lines" 2>"$work/why"
	local code=$?

	kill -CONT "$stopped"
	ask ready >/dev/null && [ $code = 0 ] && return
	tail -n 1 "$work/why" >&2
	return 1
}

# When nothing waits, all that was submitted was delivered.
all_delivered() {
	"$build/minerwatch" status --status "$socket" --json | "$PYTHON" -c '
import json, sys
status = json.load(sys.stdin)
if status["submitted"] != status["delivered"]:
    sys.exit(str(status))'
}

# Said, and once a minute at most.
said_rarely() {
	local lines most=$((1 + (SECONDS - begun) / 60))

	lines=$(grep -c '^minerwatch: warning: dropped, and not told before' "$log")
	[ "$lines" -ge 1 ] && [ "$lines" -le $most ] && return
	echo "number of lines is $lines, not 1 to $most" >&2
	return 1
}

# Line by line, and the last one at the end: all of it, once.
all_said() {
	local said last

	said=$(sed -nE 's/^minerwatch: warning: dropped, and not told before: .*exec ([0-9]+).*/\1/p' "$log" |
		awk '{sum += $1} END {print sum + 0}')
	last=$("$PYTHON" -c '
import json, sys
records = (json.loads(line) for line in open(sys.argv[1], encoding="utf-8"))
print([record["dropped"][0] for record in records if record["type"] == "counters"][-1])' "$records") &&
		equal "$last" "$said" "dropped execs, as said on stderr,"
}

# At least what was dropped of execs alone.
alert_tells() {
	standin SECONDS=20 THREADS=0 -- xmrig -o 127.0.0.1:3333 -u "$WALLET" --donate-level 1 &&
		expect alert "$alerts" 20 action=opened "process.pid=$standin" >"$work/found" || return
	end "$standin"
	[ "$(expect get sensor.dropped <"$work/found")" -ge "$dropped" ] && [ "$dropped" -gt 0 ] && return
	echo "sensor.dropped is $(expect get sensor.dropped <"$work/found"), dropped execs $dropped" >&2
	return 1
}

# How often the kernel left programs out, while they are there to be asked.
ask_programs() {
	: >"$work/programs"
	! command -v bpftool >/dev/null || bpftool -j prog show >"$work/programs"
}

witness_start() {
	"$build/minerwatch" record -o "$work/witness.trace" --ring 64M >"$work/witness.log" 2>&1 &
	witness=$!
	children+=("$witness")
	check "witness ready" expect line "$work/witness.log" "$witness" 50 ready
}

witness_stop() {
	kill -TERM "$witness" && expect gone "$witness" 50 &&
		tracecat_read "$work/witness.trace" "$work/witness.records"
}

witness_start || finish
begun=$SECONDS
sensor_start accounting --ring 64K --status "$socket" || finish
stopped=$(sensor_process) || finish
check "made: 499 execs" make_while_stopped exec 499 plain
check "made: 997 forks" make_while_stopped fork 997 vfork
check "made: 997 connects" make_while_stopped connect 997 v4
check "made: 53 repeated connects" make_while_stopped connect 53 repeat
if cgroup_find && mkdir "$cgroup_mount/live-accounting-$$" 2>/dev/null; then
	check "made: 499 cgroups" make_while_stopped cgroup 499 move \
		"$cgroup_mount/live-accounting-$$"
	rmdir "$cgroup_mount/live-accounting-$$"
else
	skip "cgroups" "this host has no hierarchy that lets us make one"
fi
check "submitted and delivered meet" until_true 50 "a moment when nothing waits" all_delivered
dropped=$(ask dropped.exec)
check "alerts say so too: sensor.dropped" alert_tells
check "said on stderr, once a minute at most" said_rarely
check "programs asked" ask_programs
sensor_stop_and_replay || finish
check "in the end all that was dropped has been said" all_said
check "witness ended" witness_stop || finish
check "each event is accounted for" "$PYTHON" "$live/accounting.py" "$records" \
	"$work/witness.records" "$made_lines" "$work/programs"
finish

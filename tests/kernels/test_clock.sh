#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Row S8, in a guest, whose clock may be set: the wall clock steps a day ahead and two back while stand-ins
# work. Alerts bear the time of day in force, durations are the boot clock's, nothing is lost.
. "$(dirname "$0")/../live/lib.sh"

# The boot clock, in whole seconds.
up() {
	sed 's/\..*//' /proc/uptime
}

# opened NAME: a stand-in starts now; its alert bears the time of day that the host has now
opened() {
	standin SECONDS=600 THREADS=0 -- xmrig -o 127.0.0.1:9 -u "$WALLET" --donate-level 1 || return
	check "S8: $1: opened" expect alert "$alerts" 60 action=opened "process.pid=$standin" \
		>"$work/found" || return
	check "S8: $1: with the time of day in force" near_now "$work/found" time
}

# near_now FILE KEY
near_now() {
	local said

	said=$(date -d "$(expect get "$2" <"$1")" +%s) || return
	between -20 $((said - $(date +%s))) 1 "$2 behind the clock"
}

# between LEAST VALUE MOST WHAT
between() {
	[ "$1" -le "$2" ] && [ "$2" -le "$3" ] && return
	echo "$4 is $2, not $1 to $3" >&2
	return 1
}

replays_by_rules() {
	"$build/minerwatch" replay --rules "$work/rules" "$trace" | cmp - "$alerts" >&2
}

mkdir "$work/rules"
echo "cgroup /none silence until=$(date -u +%F) | till the end of this day" >"$work/rules/allow.add.list"
sensor_start clock --rules "$work/rules" || finish
begin=$(up)
opened "before" && first=$standin
date -s "@$(($(date +%s) + 86400))" >/dev/null
sleep 3 # the sensor looks at its clock once a second
check "S8: what the allow-list allowed until then is told" \
	until_true 20 "a remark" grep -q "allow.add.list:1: its time is over" "$log"
opened "a day ahead"
date -s "@$(($(date +%s) - 2 * 86400))" >/dev/null
sleep 3
opened "a day back"
end "$first"
check "S8: ended" expect alert "$alerts" 60 action=ended "process.pid=$first" >"$work/found"
lasted=$(($(up) - begin))
check "S8: ended: with the time of day in force" near_now "$work/found" time
seconds=$(expect get duration_seconds <"$work/found")
check "S8: its duration is the boot clock's" between $((lasted - 20)) "${seconds%.*}" "$lasted" duration
sensor_stop || finish
check "S8: replays to the same bytes" replays_by_rules
check "S8: both steps are records" equal 3 "$(expect count "$records" type=wall)" "number of wall"
finish

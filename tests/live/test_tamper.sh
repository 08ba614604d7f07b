#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each program in the kernel dies in turn, in a sensor of its own: noticed within 20 s, told by an alert
# `tamper`, then exit code 1. One sensor more is only stopped for a while: told as a gap, nothing lost,
# its supervisor hears nothing meanwhile; and one has a dead program beside a flood. Rows S2 and S3 of the
# catalogue of evasions.
. "$(dirname "$0")/lib.sh"
need_root
. "$live/tamper.sh"

watchdogs() {
	grep -c '^WATCHDOG=1$' "$work/notified"
}

watchdogs_over() {
	[ "$(watchdogs)" -gt "$1" ]
}

case_healthy() {
	check "healthy: told to be ready once" equal 1 "$(grep -c '^READY=1$' "$work/notified")" READY
	check "healthy: the watchdog is fed" until_true 12 WATCHDOG watchdogs_over "$(watchdogs)"
	gaps=$(ask healthy gaps) gap_ms=$(ask healthy gap_ms)
	check "healthy: no hook in doubt" none_in_doubt healthy
}

stop_it() {
	stopped=$(sensor_process "${launcher_of[healthy]}")
	check "S2 stopped: sensor found" [ -n "$stopped" ] || return
	kill -STOP "$stopped"
	stopped_at=$(now_ms)
	for ((i = 0; i < execs; i++)); do
		/bin/true "stopped-$$"
	done
	fed=$(watchdogs)
}

continue_it() {
	local ms

	# Longer than a round: what it would have said meanwhile is missed. Ends by the clock.
	until ms=$(($(now_ms) - stopped_at)) && [ $ms -ge 12000 ]; do sleep 0.1; done
	check "S2 stopped: the watchdog starves" equal "$fed" "$(watchdogs)" WATCHDOG
	kill -CONT "$stopped"
	check "S2 stopped: the watchdog is fed again" until_true 15 WATCHDOG watchdogs_over "$fed"
	check "S2 stopped: one gap more" equal $((gaps + 1)) "$(ask healthy gaps)" gaps
	check "S2 stopped: as long as it was" [ $(($(ask healthy gap_ms) - gap_ms)) -ge $((ms - 2000)) ]
	check "S2 stopped: the log says so" grep -q 'did not run for' "$work/healthy.log"
	check "S2 stopped: still ready" equal true "$(ask healthy ready)" ready
	check "S2 stopped: status lines in between" [ "$(expect count "$work/healthy.alerts" \
		schema=minerwatch.status/1 ready=true)" -ge 3 ]
	kill -TERM "${launcher_of[healthy]}"
	check "S2 stopped: ended" expect gone "${launcher_of[healthy]}" 50 || return
	check "S2 stopped: told to be stopping" grep -qx STOPPING=1 "$work/notified"
	check "S2 stopped: trace read" tracecat_read "$work/healthy.trace" "$work/healthy.records" || return
	check "S2 stopped: a tick tells of it" equal $((gaps + 1)) "$(expect count "$work/healthy.records" type=tick \
		gap_ms!=0)" "ticks with a gap"
	check "S2 stopped: nothing lost" equal $execs "$(expect count "$work/healthy.records" type=exec \
		"argv=stopped-$$")" execs
	check "S2 stopped: no tamper" equal 0 "$(expect count "$work/healthy.alerts" action=tamper)" alerts
}

# Connects use up the budget that the canary's own cgroup has, so that canaries of living programs are
# lost too: that hides no dead one, and none of the living is blamed.
case_flooded() {
	local flooder

	start flooded --record "$work/flooded.trace"
	is_ready flooded || return
	cut_link flooded report_connect_udp4 connect_udp || return
	while "$build/generate" connect 10007 v4; do :; done >/dev/null &
	flooder=$!
	children+=("$flooder")
	case_noticed flooded report_connect_udp4 connect_udp
	kill -TERM "$flooder"
	check "S3 flooded: trace read" tracecat_read "$work/flooded.trace" "$work/flooded.records" || return
	check "S3 flooded: there were losses" [ "$(expect count "$work/flooded.records" type=counters \
		'dropped~[1-9]')" -ge 5 ]
}

# A canary's cgroup, as a launcher that was killed leaves it: its number is nobody's any more.
left=''
[ -n "${cgroup_mount:-}" ] && left=$cgroup_mount/minerwatch-canary-$(sh -c 'echo $$') &&
	{ mkdir "$left" || left=''; }
"$PYTHON" "$live/notify.py" "$work/notify" "$work/notified" &
children+=($!)
check "listens for what systemd is told" until_true 20 notify.py [ -S "$work/notify" ] || finish
NOTIFY_SOCKET=$work/notify start healthy --record "$work/healthy.trace" --heartbeat 5
while read -r program hook; do
	start "$program" --record "$work/$program.trace"
done <<<"$links"
for name in healthy $(echo "$links" | cut -d ' ' -f 1); do
	is_ready "$name" || finish
done
if [ -n "$left" ]; then
	check "a canary's cgroup that was left is removed" test ! -e "$left"
else
	skip "a canary's cgroup that was left" "this host cannot make cgroups"
fi
while read -r program hook <&3; do
	why=$(lacking "$program" "$program" "$hook")
	if [ -n "$why" ]; then
		skip "S3 $program" "$why"
		kill -TERM "${launcher_of[$program]}"
	else
		cut_link "$program" "$program" "$hook"
	fi
done 3<<<"$links"
case_healthy
stop_it
while read -r program hook <&3; do
	[ -n "${cut_at[$program]:-}" ] && case_noticed "$program" "$program" "$hook"
done 3<<<"$links"
continue_it
case_flooded
finish

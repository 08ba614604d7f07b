#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each program in the kernel dies in turn, in a sensor of its own: noticed within 20 s, told by an alert
# `tamper`, then exit code 1. One sensor more is only stopped for a while: told as a gap, nothing lost,
# its supervisor hears nothing meanwhile. Rows S2 and S3 of the catalogue of evasions.
. "$(dirname "$0")/lib.sh"
need_root

within_s=20
execs=97 # made while the sensor is stopped

# program hook
links="report_exec exec
report_fork fork
report_exit exit
report_connect_tcp connect_tcp
report_connect_udp4 connect_udp
report_connect_udp6 connect_udp
read_sent payload
read_received payload
mark_connect4 payload
mark_connect6 payload
report_cgroup_mkdir cgroup
report_cgroup_release cgroup
report_cgroup_rename cgroup
report_cgroup_attach cgroup
report_tasks tasks
report_sockets sockets"

declare -A launcher_of cut_at

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# Starts a sensor; its exit code and the time of it go to $work/NAME.end.
start() {
	local name=$1

	shift
	(
		"$build/minerwatch" run --alerts "$work/$name.alerts" --status "$work/$name/socket" "$@" \
			2>"$work/$name.log" &
		echo $! >"$work/$name.pid"
		wait $!
		echo "$? $(now_ms)" >"$work/$name.end"
	) &
}

# ask NAME KEY: of its status
ask() {
	status_get "$work/$1/socket" "$2"
}

# A rename is only played where cgroups can be renamed, and sockets are only searched where they can be.
lacking() {
	case $1 in
	report_cgroup_rename) [ -z "$renames" ] && echo "this host cannot rename cgroups (v2)" ;;
	*) [ "$(ask "$1" "hooks.$2")" = missing ] && echo "this kernel has no hook for $2" ;;
	esac
}

is_proven() {
	equal proven "$(ask "$1" "hooks.$2")" "$2"
}

# Proven before it is cut: else no canary proves anything.
cut_link() {
	local program=$1 hook=$2

	# With all sensors starting at once a canary may have come late.
	check "S3 $program: proven" until_true 15 "proof of $hook" is_proven "$program" "$hook" || return
	check "S3 $program: cut" "$PYTHON" "$live/cut_link.py" "${launcher_of[$program]}" "$program" || return
	cut_at[$program]=$(now_ms)
}

# What must have happened to the sensor whose program was cut.
case_noticed() {
	local program=$1 hook=$2 left code at

	left=$((within_s + 1 - ($(now_ms) - cut_at[$program]) / 1000))
	check "S3 $program: noticed" expect gone "${launcher_of[$program]}" $((left > 0 ? left : 0)) || return
	until_true 20 "its exit code" [ -s "$work/$program.end" ] || return
	read -r code at <"$work/$program.end"
	echo "# $program: $((at - cut_at[$program])) ms"
	check "S3 $program: within $within_s s" [ $((at - cut_at[$program])) -le $((within_s * 1000)) ]
	check "S3 $program: exit code" equal 1 "$code" "exit code"
	check "S3 $program: one alert says so" equal 1 "$(expect count "$work/$program.alerts" \
		action=tamper severity=critical hook="$hook" "summary~$program" \
		"sensor.degraded=$hook")" alerts
	check "S3 $program: no other hook is blamed" equal 1 "$(expect count "$work/$program.alerts" \
		action=tamper)" alerts
	check "S3 $program: replays to the same bytes" replays_alike minerwatch "$work/$program.trace" \
		"$work/$program.alerts"
	check "S3 $program: the alert validates" "$PYTHON" "$live/../tools/validate_alerts.py" \
		"$work/schema.json" "$work/$program.alerts"
}

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
	check "healthy: no hook in doubt" equal '' \
		"$(ask healthy hooks | grep -oE "\w+': '(attached|seen|dead)")" "what is in doubt"
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

renames=
cgroup_find && [ "$cgroup_version" = 1 ] && renames=yes
"$build/minerwatch" schema >"$work/schema.json"
"$PYTHON" "$live/notify.py" "$work/notify" "$work/notified" &
children+=($!)
check "listens for what systemd is told" until_true 20 notify.py [ -S "$work/notify" ] || finish
NOTIFY_SOCKET=$work/notify start healthy --record "$work/healthy.trace" --heartbeat 5
while read -r program hook; do
	start "$program" --record "$work/$program.trace"
done <<<"$links"
for name in healthy $(echo "$links" | cut -d ' ' -f 1); do
	check "$name: started" until_true 20 "its pid" [ -s "$work/$name.pid" ] || finish
	launcher_of[$name]=$(cat "$work/$name.pid")
	children+=("${launcher_of[$name]}")
	check "$name: ready" expect line "$work/$name.log" "${launcher_of[$name]}" 50 ready
done
while read -r program hook <&3; do
	why=$(lacking "$program" "$hook")
	if [ -n "$why" ]; then
		skip "S3 $program" "$why"
		kill -TERM "${launcher_of[$program]}"
	else
		cut_link "$program" "$hook"
	fi
done 3<<<"$links"
case_healthy
stop_it
while read -r program hook <&3; do
	[ -n "${cut_at[$program]:-}" ] && case_noticed "$program" "$hook"
done 3<<<"$links"
continue_it
finish

# SPDX-License-Identifier: Apache-2.0
# What the tests of dead programs share: sensors by name, how a program is cut off, what must follow.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables from lib.sh, and for those who source it

within_s=20
execs=97 # made while no sensor reads

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
	rm -f "$work/$name.pid" "$work/$name.end"
	(
		"$build/minerwatch" run --alerts "$work/$name.alerts" --status "$work/$name/socket" "$@" \
			2>"$work/$name.log" &
		echo $! >"$work/$name.pid"
		wait $!
		echo "$? $(now_ms)" >"$work/$name.end"
	) &
}

is_ready() { # NAME: what start began
	check "$1: started" until_true 20 "its pid" [ -s "$work/$1.pid" ] || return
	launcher_of[$1]=$(cat "$work/$1.pid")
	children+=("${launcher_of[$1]}")
	check "$1: ready" expect line "$work/$1.log" "${launcher_of[$1]}" 50 ready
}

# ask NAME KEY: of its status
ask() {
	status_get "$work/$1/socket" "$2"
}

# A rename is only played where cgroups can be renamed, and sockets are only searched where they can be.
lacking() { # NAME PROGRAM HOOK
	case $2 in
	report_cgroup_rename) [ -z "$renames" ] && echo "this host cannot rename cgroups (v2)" ;;
	*) [ "$(ask "$1" "hooks.$3")" = missing ] && echo "this kernel has no hook for $3" ;;
	esac
}

is_proven() { # NAME HOOK
	equal proven "$(ask "$1" "hooks.$2")" "$2"
}

none_in_doubt() { # NAME: of its hooks, of which some are proven
	local hooks

	hooks=$(ask "$1" hooks) && grep -q "'proven'" <<<"$hooks" || return
	! grep -oE "\w+': '(attached|seen|dead)" <<<"$hooks" >&2
}

# cut_link NAME PROGRAM HOOK [PINS]. Proven before it is cut: else no canary proves anything.
cut_link() {
	local name=$1 program=$2 hook=$3

	# With all sensors starting at once a canary may have come late.
	check "S3 $name: proven" until_true 15 "proof of $hook" is_proven "$name" "$hook" || return
	check "S3 $name: cut" "$PYTHON" "$live/cut_link.py" "${launcher_of[$name]}" "$program" "${@:4}" || return
	cut_at[$name]=$(now_ms)
}

# What must have happened to the sensor of that name, whose program was cut.
case_noticed() { # NAME PROGRAM HOOK
	local name=$1 program=$2 hook=$3 left code at

	left=$((within_s + 1 - ($(now_ms) - cut_at[$name]) / 1000))
	check "S3 $name: noticed" expect gone "${launcher_of[$name]}" $((left > 0 ? left : 0)) || return
	check "S3 $name: its exit code is known" until_true 20 "its exit code" [ -s "$work/$name.end" ] || return
	read -r code at <"$work/$name.end"
	echo "# $name: $((at - cut_at[$name])) ms"
	check "S3 $name: within $within_s s" [ $((at - cut_at[$name])) -le $((within_s * 1000)) ]
	check "S3 $name: exit code" equal 1 "$code" "exit code"
	check "S3 $name: one alert says so" equal 1 "$(expect count "$work/$name.alerts" \
		action=tamper severity=critical hook="$hook" "summary~$program" \
		"sensor.degraded=$hook")" alerts
	check "S3 $name: no other hook is blamed" equal 1 "$(expect count "$work/$name.alerts" \
		action=tamper)" alerts
	check "S3 $name: replays to the same bytes" replays_alike minerwatch "$work/$name.trace" \
		"$work/$name.alerts"
	check "S3 $name: the alert validates" "$PYTHON" "$live/../tools/validate_alerts.py" \
		"$work/schema.json" "$work/$name.alerts"
}

renames=
cgroup_find && [ "$cgroup_version" = 1 ] && renames=yes
"$build/minerwatch" schema >"$work/schema.json"

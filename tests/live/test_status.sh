#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A running sensor says how it is: to root alone, before it is ready and after, under any load of
# questions; its socket belongs to one sensor at a time; what the configuration file sets is set.
. "$(dirname "$0")/lib.sh"
need_root

socket=$work/run/status.sock

# status_is WANTED_CODE OPTION...: its exit code; what it said lies in $work/said and $work/errors
status_is() {
	local wanted=$1

	shift
	"$build/minerwatch" status --status "$socket" "$@" >"$work/said" 2>"$work/errors"
	equal "$wanted" $? "exit code of status $*"
}

# A probe says nothing while all is well, else one line why.
quiet() {
	[ ! -s "$work/said" ] && [ ! -s "$work/errors" ] || { echo "it said something" >&2; false; }
}

one_line_why() {
	[ ! -s "$work/said" ] && [ "$(wc -l <"$work/errors")" = 1 ] ||
		{ echo "it said: $(cat "$work/said" "$work/errors")" >&2; false; }
}

# json KEY: of the answer in $work/said
json() {
	expect get "$1" <"$work/said"
}

case_none() {
	check "none: --live says no" status_is 3 --live
	check "none: and why, in a line" one_line_why
	check "none: --ready says no" status_is 3 --ready
}

case_life() {
	sensor_start life --status "$socket" || return
	check "life: --live" status_is 0 --live && check "life: --live is quiet" quiet
	check "life: --ready" status_is 0 --ready && check "life: --ready is quiet" quiet
	check "life: readable" status_is 0 && check "life: says ready" grep -qx 'ready: yes' "$work/said"
	check "life: --json" status_is 0 --json || return
	check "life: pid" equal "$sensor" "$(json pid)" pid
	check "life: exec hook" equal proven "$(json hooks.exec)" hooks.exec
	check "life: nothing dropped" equal 0 "$(json dropped.exec)" dropped.exec
	check "life: rules" equal 64 "$(json rules | tr -d '\n' | wc -c)" "length of rules"
	check "life: mode of the socket" equal 600 "$(stat -c %a "$socket")" mode
	check "life: mode of its directory" equal 700 "$(stat -c %a "$work/run")" mode
	check "life: one more alert is counted" counts_alert
	check "life: many who ask at once are answered" ask_often
	sensor_stop
	check "life: no socket left" [ ! -e "$socket" ]
	check "life: --live after its end" status_is 3 --live
}

# Others may be reported at the same time: the number lies between those before and after.
counts_alert() {
	local before after

	standin SECONDS=20 THREADS=0 -- xmrig -o 127.0.0.1:3333 -u "$WALLET" --donate-level 1 &&
		expect alert "$alerts" 20 action=opened "process.pid=$standin" >"$work/found" || return
	before=$(wc -l <"$alerts")
	status_is 0 --json || return
	after=$(wc -l <"$alerts")
	end "$standin"
	[ "$(json alerts)" -ge "$before" ] && [ "$(json alerts)" -le "$after" ] ||
		{ echo "alerts is $(json alerts), not $before to $after" >&2; false; }
}

# More than are answered in a second: the others wait for the next, nobody is turned away.
ask_often() {
	local pids=() pid

	for _ in 1 2 3 4 5 6 7 8 9 10 11; do
		"$build/minerwatch" status --status "$socket" --ready &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || return
	done
}

case_second() {
	local code

	sensor_start second --status "$socket" || return
	timeout 50 "$build/minerwatch" run --status "$socket" --alerts "$work/other" 2>"$work/errors"
	code=$?
	check "second: exit code" equal 3 $code "exit code"
	check "second: names the socket" grep -qF "$socket" "$work/errors"
	check "second: the first still answers" status_is 0 --ready
	sensor_stop
}

case_stale() {
	sensor_start stale --status "$socket" || return
	kill -KILL "$sensor"
	check "stale: sensor gone" expect gone "$sensor" 20
	check "stale: its socket is left" [ -S "$socket" ]
	check "stale: nobody answers" status_is 3 --live
	sensor_start after-stale --status "$socket" || return
	check "stale: the next sensor answers" status_is 0 --ready
	sensor_stop
}

# The socket is not for others, and says so; a directory that they could write to is not used.
case_others() {
	local code

	sensor_start others --status "$socket" || return
	chmod 755 "$work/run"
	setpriv --reuid 65534 --regid 65534 --clear-groups "$build/minerwatch" status \
		--status "$socket" 2>"$work/errors"
	code=$?
	check "others: refused" equal 3 $code "exit code"
	check "others: told why" grep -q 'only root' "$work/errors"
	chmod 700 "$work/run"
	sensor_stop
	mkdir -m 777 "$work/open"
	timeout 50 "$build/minerwatch" run --status "$work/open/s" --alerts "$work/other" \
		2>"$work/errors"
	code=$?
	check "others: no socket where they write" equal 2 $code "exit code"
}

# A launcher that is stopped plays no canary, so nothing is ready; and in a network without loopback
# what is said on connections is never seen.
case_before_ready() {
	alerts=$work/early.alerts log=$work/early.log
	unshare -n "$build/minerwatch" run --status "$socket" --alerts "$alerts" 2>"$log" &
	sensor=$!
	children+=("$sensor")
	check "early: loading" until_true 20 "a child with maps" child_with anon_inode:bpf-map >"$work/loading" || return
	kill -STOP "$sensor"
	check "early: watching" expect line "$log" "$sensor" 50 '.* watching .*' || return
	check "early: --live" status_is 0 --live
	check "early: --ready says no" status_is 3 --ready
	check "early: and why, in a line" one_line_why
	check "early: --json" status_is 0 --json
	check "early: not ready" equal false "$(json ready)" ready
	check "early: ready is not said yet" not_said ready "$log"
	kill -CONT "$sensor"
	check "early: ready at last" expect line "$log" "$sensor" 50 ready || return
	check "early: --ready" status_is 0 --ready
	check "early: --json" status_is 0 --json
	check "early: payload is not seen" equal attached "$(json hooks.payload)" hooks.payload
	check "early: and that is said" degraded_names payload
	kill -TERM "$sensor"
	check "early: ended" sensor_ended
}

# Where no cgroup can be made, as in a pod, the hook is doubted until somebody else made one.
case_unwritable() {
	if ! cgroup_find || ! mkdir "$cgroup_mount/unwritable-$$" 2>/dev/null; then
		skip "unwritable" "this host has no hierarchy that lets us make a cgroup"
		return
	fi
	rmdir "$cgroup_mount/unwritable-$$"
	alerts=$work/unwritable.alerts log=$work/unwritable.log trace=$work/unwritable.trace
	records=$work/unwritable.records
	unshare -m sh -c 'mount -o remount,bind,ro "$1" && shift && exec "$@"' sh "$cgroup_mount" \
		"$build/minerwatch" run --status "$socket" --alerts "$alerts" --record "$trace" 2>"$log" &
	sensor=$!
	children+=("$sensor")
	check "unwritable: ready" expect line "$log" "$sensor" 50 ready || return
	check "unwritable: --json" status_is 0 --json
	check "unwritable: not yet seen" equal attached "$(json hooks.cgroup)" hooks.cgroup
	check "unwritable: and that is said" degraded_names cgroup
	mkdir "$cgroup_mount/unwritable-$$"
	sh -c 'echo 0 >"$1"' sh "$cgroup_mount/unwritable-$$/cgroup.procs"
	rmdir "$cgroup_mount/unwritable-$$"
	check "unwritable: seen" expect line "$log" "$sensor" 50 '.*cgroup: can be seen again' || return
	check "unwritable: --json" status_is 0 --json
	check "unwritable: the hook is seen" equal seen "$(json hooks.cgroup)" hooks.cgroup
	check "unwritable: nothing is said of it" not_degraded cgroup
	sensor_stop
	check "unwritable: degraded" equal 1 "$(expect count "$records" type=degraded what=cgroup \
		active=1)" "degraded records"
	check "unwritable: restored" equal 1 "$(expect count "$records" type=degraded what=cgroup \
		active=0)" "degraded records"
}

not_said() {
	! grep -qx "$1" "$2" || { echo "$1 has been said" >&2; false; }
}

degraded_names() {
	grep -qF "\"what\":\"$1\"" "$work/said" || { echo "degraded: $(json degraded.what)" >&2; false; }
}

not_degraded() {
	! degraded_names "$1" 2>/dev/null || { echo "degraded: $(json degraded.what)" >&2; false; }
}

# What the file says holds, but for what the command line says; a wrong one stops the start.
case_config() {
	local code

	printf 'cluster: hive\nnode: from-file\nstatus: %s\nfor: 1\n' "$socket" >"$work/config.yaml"
	alerts=$work/config.alerts trace=$work/config.trace
	NODE_NAME=from-environment "$build/minerwatch" run --config "$work/config.yaml" \
		--node from-line --alerts "$alerts" --record "$trace" 2>"$work/errors"
	code=$?
	check "config: ends by itself" equal 0 $code "exit code"
	check "config: trace read" tracecat_read "$trace" "$work/records" || return
	check "config: names in the HOST record" equal 1 "$(expect count "$work/records" type=host \
		hostname=from-line cluster=hive)" "host records"
	echo 'fors: 1' >>"$work/config.yaml"
	"$build/minerwatch" run --config "$work/config.yaml" --alerts "$alerts" 2>"$work/errors"
	code=$?
	check "config: unknown key" equal 2 $code "exit code"
	check "config: with its line" grep -qF "$work/config.yaml:5: fors: " "$work/errors"
	"$build/minerwatch" check-config --config "$work/config.yaml" >"$work/said" 2>"$work/errors"
	code=$?
	check "config: check-config refuses it too" equal 2 $code "exit code"
}

run_case case_none
run_case case_life
run_case case_second
run_case case_stale
run_case case_others
run_case case_before_ready
run_case case_unwritable
run_case case_config
finish

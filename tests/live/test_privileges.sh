#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who holds which privileges, what happens when one of the processes dies or hangs, and that a sensor
# which is told something while it starts obeys.
. "$(dirname "$0")/lib.sh"
need_root

field() { # PID NAME
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | cut -f 1
}

listener='' # the exporter's; case_privileges has one
promises=$("$build/minerwatch" doctor --privileges)
filters_here=$(field $$ Seccomp_filters) # since 5.9; those this test runs under itself

# What the binary itself says a process keeps, under the names of /proc/PID/status.
promised() { # PROCESS NAME
	awk -v process="$1" -v name="$2" '/^[^ ]/ { here = $0 == process }
		here && $1 == name { print $2; exit }' <<<"$promises"
}

# Only the sensor holds maps, only readers have mapped the rules, only the writer has the file open, and
# but for the sensor only the exporter has the socket that listens.
kind_of() { # PID
	if has_open "$1" anon_inode:bpf-map; then
		echo sensor
		return
	fi
	if has_open "$1" "$alerts"; then
		echo writer
		return
	fi
	if has_open "$1" "$listener"; then
		echo exporter
		return
	fi
	case $(field "$1" CapPrm) in
	"$(promised writer CapPrm)") # as the visitor's, who waits for a packet
		case $(cat "/proc/$1/wchan") in
		*poll*) echo "writer that waits" ;;
		*) echo visitor ;;
		esac
		;;
	"$(promised examiner CapPrm)")
		if grep -q memfd:minerwatch-rules "/proc/$1/maps"; then
			echo "reader of content"
		else
			echo examiner
		fi
		;;
	"$(promised loader CapPrm)") echo loader ;;
	*) echo unknown ;;
	esac
}

find_children() {
	local child

	examiner='' inner='' reader='' writer='' waiting='' kinds=''
	for child in $(children_of "$sensor"); do
		kind=$(kind_of "$child")
		kinds+="$kind $child"$'\n'
		case $kind in
		sensor) inner=$child ;;
		examiner) examiner=$child ;;
		writer) writer=$child ;;
		"writer that waits") waiting=$child ;;
		"reader of content") reader=$child ;;
		esac
	done
	[ -n "$examiner" ] && [ -n "$inner" ] && [ -n "$reader" ] && [ -n "$writer" ] && return
	echo "children and what they may: $(for child in $(children_of "$sensor"); do
		echo "$child $(field "$child" CapPrm)"
	done | tr '\n' ' ')" >&2
	return 1
}

holds() { # WHAT PID FIELD WANTED
	check "$1: $3" equal "$4" "$(field "$2" "$3")" "$3"
}

# The sensor keeps what is promised only on kernels that ask for it.
capabilities_of() { # PROCESS
	if [ "$1" = sensor ] && [ "$(printf '%s\n' 5.19 "$(uname -r)" | sort -V | head -n 1)" = 5.19 ]; then
		echo 0000000000000000
	else
		promised "$1" CapPrm
	fi
}

# FILTERS: its own and those of whoever forked it.
all_of() { # WHAT PID PROCESS FILTERS
	local capabilities

	capabilities=$(capabilities_of "$3")
	holds "$1" "$2" CapPrm "$capabilities"
	holds "$1" "$2" CapEff "$capabilities"
	holds "$1" "$2" CapInh 0000000000000000
	holds "$1" "$2" CapAmb 0000000000000000
	holds "$1" "$2" CapBnd 0000000000000000
	holds "$1" "$2" NoNewPrivs "$(promised "$3" NoNewPrivs)"
	holds "$1" "$2" Seccomp "$(promised "$3" Seccomp)"
	[ -z "$filters_here" ] || holds "$1" "$2" Seccomp_filters $((filters_here + $4))
}

# Descriptors that are open for writing, but stdio and what this test itself left open to its children.
writable_files() {
	local fd target own

	own=$(for fd in /proc/$$/fd/*; do readlink "$fd"; done)
	for fd in /proc/"$1"/fd/*; do
		target=$(readlink "$fd") || continue
		case $target in "/memfd:minerwatch-rules (deleted)") continue ;; esac # sealed
		case $target in /dev/null | pipe:* | socket:* | anon_inode:* | "$work"/*.log | "$work"/*.stdout) continue ;; esac
		grep -qxF "$target" <<<"$own" && continue
		grep -q '^flags:.*[12]$' "/proc/$1/fdinfo/${fd##*/}" && echo "$target"
	done | sort | tr '\n' ' '
}

case_privileges() {
	local listener port

	port=$(expect free_port 9440 19440 29440 39440) || return
	sensor_start privileges --metrics "127.0.0.1:$port" || return
	listener=$(listener_at "$port")
	check "privileges: the exporter serves" "$PYTHON" "$live/metrics.py" status_is "$port" 200 GET /healthz
	check "privileges: sensor and examiner found" find_children || return
	check "privileges: a process of each kind, no other" equal \
		'examiner,exporter,loader,reader of content,reader of content,sensor,visitor,writer,' \
		"$(sed -E '/^$/d; s/ [0-9]+$//' <<<"$kinds" | sort | tr '\n' ,)" "list of processes"
	all_of launcher "$sensor" launcher 2
	while read -r -u 9 line; do
		[ -z "$line" ] || all_of "${line% *}" "${line##* }" "${line% *}" 2
	done 9<<<"$kinds"
	check "reader of content writes to nothing" equal "" "$(writable_files "$reader")" \
		"set of writable files"
	holds sensor "$inner" Uid 0
	check "sensor writes to the trace alone" equal "$trace " \
		"$(writable_files "$inner")" "set of writable files"
	check "writer writes to its file alone" equal "$alerts " \
		"$(writable_files "$writer")" "set of writable files"
	check "examiner writes to nothing" equal "" "$(writable_files "$examiner")" "set of writable files"
	sensor_stop
}

# One whose server is away has nothing left either.
case_writer_waits() {
	local target

	target=syslog:tcp:127.0.0.1:$(expect free_port 10514 10515 10516) || return
	sensor_start writer_waits --alerts "$target" || return
	check "writer that waits: for a server that is away" expect line "$log" "$sensor" 20 \
		"minerwatch: warning: --alerts $target: Connection refused; trying again" || return
	check "writer that waits: found" find_children || return
	check "writer that waits: one does" test -n "$waiting" || return
	all_of "writer that waits" "$waiting" writer 2
	sensor_stop
}

# The kernel's log tells of each call that a list refused, and of each process that died of one.
mark_kernel_log() {
	echo "minerwatch test $$ begins" >/dev/kmsg && dmesg >/dev/null
}

no_call_refused() {
	dmesg | awk -v mark="minerwatch test $$ begins" -v exe="exe=\"$(readlink -f "$build/minerwatch")\"" '
		index($0, mark) { n = 0 }
		/type=1326/ && index($0, exe) { last = $0; n++ }
		END { if (n) { print n " refused, at last: " last; exit 1 } }' >&2
}

# The trace's laps: more is recorded than its file may hold.
case_laps() {
	local text

	sensor_start laps --record-max 1M || return
	while read -r text; do
		/bin/true "$text"
	done < <(head -c 1500000 /dev/urandom | base64 -w 3200) # zlib finds nothing in it
	sensor_stop || return # the trace is read
	check "laps: there were some" grep -q 'oldest blocks dropped (--record-max)' "$log"
	check "laps: the file holds 1 MiB at most" test "$(stat -c %s "$trace")" -le $((1 << 20))
}

case_sensor_dies() {
	local launcher

	sensor_start sensor_dies || return
	check "sensor dies: found" find_children || return
	launcher=$sensor
	kill -KILL "$inner"
	check "sensor dies: launcher ends" expect gone "$launcher" 50 || return
	wait "$launcher"
	check "sensor dies: exit code 1" equal 1 $? "exit code"
	check "sensor dies: examiner ends" expect gone "$examiner" 50
	check "sensor dies: said so" grep -q 'the sensor died of signal 9' "$log"
}

case_launcher_dies() {
	sensor_start launcher_dies || return
	check "launcher dies: found" find_children || return
	kill -KILL "$sensor"
	wait "$sensor" 2>/dev/null
	check "launcher dies: sensor ends" expect gone "$inner" 50
	check "launcher dies: examiner ends" expect gone "$examiner" 50
}

# One that has only just begun is held by the launcher's list alone.
has_own_list() { # PID
	[ -z "$filters_here" ] ||
		[ "$(field "$1" Seccomp_filters)" -gt "$(field "$sensor" Seccomp_filters)" ]
}

another_examiner() { # OLD
	find_children && [ "$examiner" != "$1" ] && has_own_list "$examiner"
}

case_examiner_dies() {
	local old

	sensor_start examiner_dies || return
	check "examiner dies: found" find_children || return
	old=$examiner
	kill -KILL "$old"
	check "examiner dies: another one" until_true 60 "another examiner" another_examiner "$old"
	all_of "new examiner" "$examiner" examiner 3
	check "examiner dies: said so" grep -q 'the examiner died of signal 9' "$log"
	old=$examiner
	kill -SYS "$old"
	check "examiner makes a forbidden call: another one" \
		until_true 60 "another examiner" another_examiner "$old"
	check "examiner makes a forbidden call: said so" \
		grep -q 'the examiner died of signal 31 .* made a system call' "$log"
	sensor_stop
}

# One that hangs gets a job (the container of a cgroup named like one) it cannot answer.
case_examiner_hangs() {
	local group old miner id

	if ! cgroup_find; then
		skip "examiner hangs" "this host has no hierarchy that lets us make a cgroup"
		return
	fi
	id=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
	group=$cgroup_mount/docker/$id
	made=$(mkdir "$cgroup_mount/docker" 2>/dev/null && echo yes)
	mkdir -p "$group" || return
	sensor_start examiner_hangs || return
	check "examiner hangs: found" find_children || return
	old=$examiner
	kill -STOP "$old"
	(
		echo "$BASHPID" >"$group/cgroup.procs"
		STANDIN_SECONDS=30 exec "$build/standin" -o 127.0.0.1:3333 -u "$WALLET" --donate-level 1
	) &
	miner=$!
	children+=("$miner")
	check "examiner hangs: alert goes out without its answer" expect alert "$alerts" 60 \
		action=opened "process.pid=$miner" pending=container
	check "examiner hangs: another one" until_true 60 "another examiner" another_examiner "$old"
	check "examiner hangs: the alert is completed" expect alert "$alerts" 200 \
		action=updated "container.id=$id"
	end "$miner"
	sensor_stop_and_replay
	rmdir "$group"
	[ -z "$made" ] || rmdir "$cgroup_mount/docker"
}

# told_early SIGNAL WHEN SECONDS: once the launcher has `rules` or `helpers`, and that much later
told_early() {
	local code rules=()

	[ "$2" != rules ] || rules=(--rules "$work/many")
	"$build/minerwatch" run "${rules[@]}" --alerts "$work/early.alerts" 2>"$work/early.log" &
	sensor=$!
	children+=("$sensor")
	until_true 20 "$2" "early_$2" || return
	sleep "$3"
	kill "-$1" "$sensor"
	case $1 in HUP | USR1)
		expect line "$work/early.log" "$sensor" 50 ready || return
		if [ "$1" = HUP ]; then
			until_true 20 "the rules" grep -q 'rules: read again, and the same' "$work/early.log" || return
		fi
		kill -TERM "$sensor"
		;;
	esac
	expect gone "$sensor" 50 || return
	wait "$sensor"
	code=$? sensor=''
	equal "0 " "$code $(grep 'error: ' "$work/early.log")" "$1 $3 s after $2: exit code and errors"
}

early_rules() {
	has_open "$sensor" "/memfd:minerwatch-rules (deleted)"
}

early_helpers() {
	[ -n "$(children_of "$sensor")" ]
}

case_told_early() {
	local how

	mkdir "$work/many" # so many that they take longer to read than we to see that it has begun
	seq 200000 | "$PYTHON" -c 'import sys
for line in sys.stdin:
    print("%064x" % int(line))' >"$work/many/digests.add.list" || return
	for how in "TERM rules 0" "HUP rules 0" "USR1 rules 0" "INT helpers 0" "TERM helpers 0.2" "TERM helpers 0.4"; do
		# shellcheck disable=SC2086 # three words
		check "told early: $how" told_early $how
	done
}

marked=$(mark_kernel_log 2>/dev/null && echo yes)
case_privileges
case_writer_waits
case_laps
run_case case_told_early
case_sensor_dies
case_launcher_dies
case_examiner_dies
case_examiner_hangs
if [ -n "$marked" ]; then
	check "no process made a call it may not make" no_call_refused
else
	skip "calls that were refused" "this host has no kernel log for us"
fi
finish

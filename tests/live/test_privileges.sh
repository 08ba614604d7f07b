#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who holds which privileges, and what happens when one of the processes dies or hangs.
. "$(dirname "$0")/lib.sh"
need_root

children_of() {
	cat "/proc/$1/task/$1/children"
}

field() { # PID NAME
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | cut -f 1
}

has_open() { # PID NAME
	local fd

	for fd in /proc/"$1"/fd/*; do
		[ "$(readlink "$fd")" = "$2" ] && return
	done
	return 1
}

# Examiner and readers of content keep capabilities, and only readers have the rules; the sensor
# keeps none, nor does the writer, who alone has the file open.
find_children() {
	local child

	examiner='' inner='' reader='' writer=''
	for child in $(children_of "$sensor"); do
		case $(field "$child" CapPrm) in
		0000000000080004)
			if grep -q memfd:minerwatch-rules "/proc/$child/maps"; then
				reader=$child
			else
				examiner=$child
			fi
			;;
		0000000000000000)
			if has_open "$child" "$alerts"; then
				writer=$child
			elif has_open "$child" "anon_inode:[eventpoll]"; then
				inner=$child
			fi
			;;
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

all_of() { # WHAT PID CAPABILITIES
	holds "$1" "$2" CapPrm "$3"
	holds "$1" "$2" CapEff "$3"
	holds "$1" "$2" CapInh 0000000000000000
	holds "$1" "$2" CapAmb 0000000000000000
	holds "$1" "$2" CapBnd 0000000000000000
	holds "$1" "$2" NoNewPrivs 1
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
	sensor_start privileges || return
	check "privileges: sensor and examiner found" find_children || return
	all_of sensor "$inner" 0000000000000000
	all_of examiner "$examiner" 0000000000080004
	all_of "reader of content" "$reader" 0000000000080004
	check "reader of content writes to nothing" equal "" "$(writable_files "$reader")" \
		"set of writable files"
	holds sensor "$inner" Uid 0
	all_of writer "$writer" 0000000000000000
	check "sensor writes to the trace alone" equal "$trace " \
		"$(writable_files "$inner")" "set of writable files"
	check "writer writes to its file alone" equal "$alerts " \
		"$(writable_files "$writer")" "set of writable files"
	check "examiner writes to nothing" equal "" "$(writable_files "$examiner")" "set of writable files"
	sensor_stop
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

another_examiner() { # OLD
	local deadline=$((SECONDS + 60))

	until find_children 2>/dev/null && [ "$examiner" != "$1" ]; do
		[ $SECONDS -lt $deadline ] || { echo "no other examiner within 60 s" >&2; return 1; }
		sleep 0.1
	done
}

case_examiner_dies() {
	local old

	sensor_start examiner_dies || return
	check "examiner dies: found" find_children || return
	old=$examiner
	kill -KILL "$old"
	check "examiner dies: another one" another_examiner "$old"
	all_of "new examiner" "$examiner" 0000000000080004
	sensor_stop
}

# One that hangs gets a job (the container of a cgroup named like one) it cannot answer.
case_examiner_hangs() {
	local hierarchy group old miner id

	hierarchy=$("$build/minerwatch" doctor | sed -n 's/^ok *cgroups .* at //p')
	id=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
	group=$hierarchy/docker/$id
	made=$(mkdir "$hierarchy/docker" 2>/dev/null && echo yes)
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
	check "examiner hangs: another one" another_examiner "$old"
	check "examiner hangs: the alert is completed" expect alert "$alerts" 200 \
		action=updated "container.id=$id"
	end "$miner"
	sensor_stop_and_replay
	rmdir "$group"
	[ -z "$made" ] || rmdir "$hierarchy/docker"
}

case_privileges
case_sensor_dies
case_launcher_dies
case_examiner_dies
case_examiner_hangs
finish

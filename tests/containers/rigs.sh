# SPDX-License-Identifier: Apache-2.0
# Starts and stops private container runtimes for the tests, each with the same functions.
# shellcheck shell=bash
#
#   rig_<name>_available             0, or 1 with the reason on stdout
#   rig_<name>_up                    starts the engine, where there is one, and waits for it
#   rig_<name>_run NAME IMAGE [ARGV...]   starts a container from an output of make_image.sh and
#                                    returns when the program runs;
#                                    without ARGV the first binary of the image
#   rig_<name>_exec NAME ARGV...     runs a program in it: its output, its exit status
#   rig_<name>_id NAME               prints the full container id
#   rig_<name>_pid NAME              prints the host pid of its first process
#   rig_<name>_down                  ends containers and engine, removes what they left
#
# <name> is one of RIGS. All state lies in RIG_ROOT, so the functions may be called from several
# shells. Each container shares the host's network, except Docker's (see rig_docker.sh).

RIGS="runc podman docker containerd cri"
RIG_DEADLINE_S=${RIG_DEADLINE_S:-60}
RIG_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Short, because the path of a unix socket ends at 107 bytes.
: "${RIG_ROOT:=$(mktemp -d /tmp/mwrig.XXXXXX)}"
export RIG_ROOT

rig_say() {
	printf 'rig: %s\n' "$*" >&2
}

rig_needs() { # PROGRAM...: the reason why a rig cannot run, or nothing
	local program
	if [ "$(id -u)" -ne 0 ]; then
		echo "needs root"
		return 1
	fi
	for program in "$@"; do
		if ! command -v "$program" >/dev/null; then
			echo "no $program (see tests/containers/install.sh)"
			return 1
		fi
	done
}

rig_wait() { # WHAT COMMAND...: until the command succeeds
	local what=$1 end=$((SECONDS + RIG_DEADLINE_S))
	shift
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$end" ]; then
			rig_say "gave up waiting for $what"
			return 1
		fi
		sleep 0.05
	done
}

# runc returns when it has told its child to execute the program, a moment before the child has done
# so.
rig_wait_program() { # RIG NAME
	rig_wait "program of $2" rig_has_left_runc "$1" "$2"
}

rig_has_left_runc() { # RIG NAME: true as well when the program has ended already
	local pid
	pid=$("rig_${1}_pid" "$2") || return 0
	! grep -q '^runc:' "/proc/$pid/comm"
}

rig_new_id() {
	od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# A pid file outlives its process; the start time tells whether the number has been given to
# another.
rig_start_time() { # PID
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	stat=${stat##*) }
	# shellcheck disable=SC2086
	set -- $stat
	[ "$1" != Z ] && echo "${20}"
}

# The engine gets a session and a clean environment, because shims pass on what the engine inherits.
rig_daemon() { # RIG COMMAND...: its output goes to RIG/log
	local dir=$RIG_ROOT/$1 pid
	shift
	(cd "$dir" && exec env -i PATH="$PATH" setsid "$@" </dev/null >"$dir/log" 2>&1) &
	pid=$!
	disown "$pid"
	echo "$pid $(rig_start_time "$pid")" >"$dir/engine"
}

rig_process_gone() { # PID START_TIME
	[ "$(rig_start_time "$1")" != "$2" ]
}

rig_end_process() { # PID START_TIME: asks, waits, insists
	rig_process_gone "$1" "$2" && return
	kill -TERM "$1" 2>/dev/null
	RIG_DEADLINE_S=10 rig_wait "end of process $1" rig_process_gone "$1" "$2" && return
	kill -KILL "$1" 2>/dev/null
	rig_wait "death of process $1" rig_process_gone "$1" "$2"
}

rig_end_daemon() { # RIG
	local pid start
	[ -f "$RIG_ROOT/$1/engine" ] || return 0
	read -r pid start <"$RIG_ROOT/$1/engine"
	rig_end_process "$pid" "$start" && rm "$RIG_ROOT/$1/engine"
}

# Prints the pids of processes that outlive their engine and name the rig's own directory. Its name
# is random, so nobody else's process has it, except a caller's shell: hence the look at what they
# are.
rig_processes() { # RIG
	local file pid
	grep -laF "$RIG_ROOT/$1/" /proc/[0-9]*/cmdline 2>/dev/null | while read -r file; do
		pid=${file//[!0-9]/}
		case $(cat "/proc/$pid/comm" 2>/dev/null) in
		containerd | containerd-shim | conmon) echo "$pid" ;;
		esac
	done
}

# Nothing is left over where the engine lived to remove its containers.
rig_end_leftovers() { # RIG RUNC_ROOT
	local id pid start
	cat "$RIG_ROOT/$1/ids"/* 2>/dev/null | while read -r id; do
		[ ! -d "$2/$id" ] || runc --root "$2" delete --force "$id" </dev/null
	done
	for pid in $(rig_processes "$1"); do
		start=$(rig_start_time "$pid") && rig_end_process "$pid" "$start"
	done
}

rig_unmount() { # DIR: everything mounted at or below it, the last first
	local point
	tac /proc/self/mountinfo | while read -r _ _ _ _ point _; do
		[[ $point/ == "$1"/* ]] && umount "$point"
	done
	return 0
}

# Directories outside RIG_ROOT that a runtime insists on: those that were missing before are removed
# after, and only when they are empty, so an engine already on the host keeps its own.
rig_remember_missing() { # RIG DIR...
	local dir rig=$1
	shift
	for dir in "$@"; do
		[ -d "$dir" ] || echo "$dir"
	done >>"$RIG_ROOT/$rig/missing"
}

rig_remove_empty() { # DIR: with its empty subdirectories; true when it is gone
	[ -d "$1" ] && find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
	[ ! -d "$1" ]
}

rig_remove_listed() { # LIST: true when all that it lists is gone
	local dir left=0
	while read -r dir; do
		rig_remove_empty "$dir" || left=1
	done <"$1"
	return "$left"
}

# A cgroup is busy until the last process in it has been reaped; what another rig still uses stays
# in the list RIG_ROOT/missing until that one goes down.
rig_remove_missing() { # RIG
	local later=$RIG_ROOT/missing
	[ -f "$RIG_ROOT/$1/missing" ] || return 0
	grep '^/sys/fs/cgroup/' "$RIG_ROOT/$1/missing" >"$RIG_ROOT/$1/cgroups"
	RIG_DEADLINE_S=10 rig_wait "the cgroups of $1" rig_remove_listed "$RIG_ROOT/$1/cgroups"
	cat "$RIG_ROOT/$1/missing" >>"$later"
	rig_remove_listed "$later"
}

rig_begin() { # RIG [DIR...]: its own directory, and which of the others are missing now
	local rig=$1
	shift
	mkdir -p "$RIG_ROOT/$rig/ids"
	rig_remember_missing "$rig" "$@"
}

# To be called before a container is made; the runtime makes the parents of its cgroup in each
# hierarchy.
rig_begin_cgroup() { # RIG CGROUP_PATH
	local mount top type
	top=${2#/}
	top=${top%%/*}
	while read -r _ mount type _; do
		[[ $type == cgroup || $type == cgroup2 ]] && rig_remember_missing "$1" "$mount/$top"
	done </proc/self/mounts
	return 0
}

rig_finish() { # RIG RUNC_ROOT
	rig_end_daemon "$1"
	rig_end_leftovers "$1" "$2"
	rig_unmount "$RIG_ROOT/$1"
	rig_remove_missing "$1"
	rm -rf --one-file-system "${RIG_ROOT:?}/$1"
	if [ -z "$(find "$RIG_ROOT" -mindepth 1 -type d -print -quit 2>/dev/null)" ]; then
		rm -rf "$RIG_ROOT"
	fi
	[ ! -e "$RIG_ROOT/$1" ]
}

rig_names() { # RIG: the containers started and not yet removed
	local file
	for file in "$RIG_ROOT/$1/ids"/*; do
		[ -f "$file" ] && echo "${file##*/}"
	done
	return 0
}

for rig in $RIGS; do
	# shellcheck source=/dev/null
	. "$RIG_HERE/rig_$rig.sh"
done
unset rig

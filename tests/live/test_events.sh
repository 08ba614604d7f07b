#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Exact counts: what was made is in the trace or counted as dropped, whichever way it was made.
. "$(dirname "$0")/lib.sh"
need_root

generate=$build/generate
made_lines=$work/made
class_exec=0 class_fork=1 class_connect=3 class_cgroup=4 # enum event_class

# A way this kernel cannot do is a skip; the line tells the rest what to count.
make_events() {
	if ! "$generate" "$@" >>"$made_lines" 2>"$work/why"; then
		not_ok "make $*" "$(tail -n 1 "$work/why")"
	fi
}

# Losses of the run by class (enum event_class), in the order of its last counters.
read_losses() {
	"$PYTHON" - "$records" <<-'PYTHON'
		import json, sys
		lost = [0] * 8
		for line in open(sys.argv[1], encoding="utf-8"):
		    record = json.loads(line)
		    if record["type"] == "counters":
		        lost = record["dropped"]
		print(*lost)
	PYTHON
}

# all_seen MADE SEEN DROPPED: exact as long as nothing was dropped
all_seen() {
	[ "$2" -le "$1" ] && [ "$(($2 + $3))" -ge "$1" ] && return
	echo "made $1, seen $2, dropped $3" >&2
	return 1
}

# all_of NAME MADE CLASS RECORD_CONDITION...
all_of() {
	local name=$1 made=$2 class=$3 seen

	shift 3
	seen=$(expect count "$records" "$@")
	check "$name: $made" all_seen "$made" "$seen" "${lost[$class]}"
}

# What a line of generate is found by in the trace, and how often it must be there.
judge() {
	local kind way pid marker made why

	{
		read -r kind
		read -r way
		read -r pid
		read -r marker
		read -r made
		read -r why
	} < <(expect get kind way pid marker made skipped <<<"$1")
	if [ -n "$why" ]; then
		skip "$kind $way" "this kernel cannot: $why"
		return
	fi
	[ "$way" = thread ] && [ "$kind" = fork ] && made=0 # no new thread group
	case $kind in
	exec) all_of "exec $way" "$made" $class_exec type=exec "argv=$marker" ;;
	fork) all_of "fork $way" "$made" $class_fork type=fork "ppid=$pid" ;;
	connect) all_of "connect $way" "$made" $class_connect type=connect "pid=$pid" ;;
	esac
	# Each program executed had a process of its own made for it.
	if [ "$kind" = exec ]; then
		all_of "forks of exec $way" "$made" $class_fork type=fork "ppid=$pid"
	fi
}

# Only one hierarchy carries ids: N are made in each of them, and N in all are to be seen.
judge_cgroups() {
	local made=$1 ours="$place/generate-marker-[0-9]+\$"

	all_of "cgroups made" "$made" $class_cgroup type=cgroup_mkdir "path~/$ours"
	all_of "cgroups released" "$made" $class_cgroup type=cgroup_release "path~/$ours"
	all_of "moves into them" "$made" $class_cgroup type=cgroup_attach "path~/$ours"
	all_of "moves out of them" "$made" $class_cgroup type=cgroup_attach "path~/$place\$"
}

make_cgroups() {
	local mount

	place=live-events-$$
	while read -r mount; do
		mkdir "$mount/$place" 2>/dev/null || continue
		"$generate" cgroup "$1" move "$mount/$place" >>"$work/cgroups" 2>>"$work/cgroups.why"
		rmdir "$mount/$place"
	done < <(awk '$3 == "cgroup" || $3 == "cgroup2" {print $2}' /proc/mounts)
	grep -q '"made"' "$work/cgroups"
}

sensor_start events || finish
# First: the kernel releases a cgroup some 30 ms after it was removed; the rest takes longer.
cgroups=0
make_cgroups 13 && cgroups=13
for way in plain memfd deleted script symlink hardlink thread execveat proc_self_fd int80; do
	make_events exec 97 $way
done
for way in fork vfork clone3 thread; do
	make_events fork 211 $way
done
for way in v4 v6 mapped nonblocking fastopen io_uring sqpoll io_uring_fastopen int80 mptcp udp4 udp6; do
	make_events connect 53 $way
done
sensor_stop_and_replay || finish

read -r -a lost < <(read_losses)
while read -r line; do
	judge "$line"
done <"$made_lines"
if [ $cgroups = 0 ]; then
	skip "cgroups" "no hierarchy lets us make one"
else
	judge_cgroups $cgroups
fi
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Exact counts: what was made is in the trace or counted as dropped, whichever way it was made.
# EVENTS: how many execs, forks and connects each way, and connects in the flood; 0: no flood.
. "$(dirname "$0")/lib.sh"
need_root

generate=$build/generate
made_lines=$work/made
read -r execs forks connects flood <<<"${EVENTS:-97 211 53 20011}"
class_exec=0 class_fork=1 class_connect=3 class_cgroup=4 # enum event_class

# A way this kernel cannot do is a skip; the line tells the rest what to count.
make_events() {
	if ! "$generate" "$@" >>"$made_lines" 2>"$work/why"; then
		not_ok "make $*" "$(tail -n 1 "$work/why")"
	fi
}

# read_counters dropped|skipped: by class (enum event_class), as the run's last counters say.
read_counters() {
	"$PYTHON" - "$records" "$1" <<-'PYTHON'
		import json, sys
		last = [0] * 12
		for line in open(sys.argv[1], encoding="utf-8"):
		    record = json.loads(line)
		    if record["type"] == "counters":
		        last = record[sys.argv[2]]
		print(*last)
	PYTHON
}

# all_seen MADE SEEN DROPPED: exact as long as nothing was dropped
all_seen() {
	[ "$2" -le "$1" ] && [ "$(($2 + $3))" -ge "$1" ] && return
	echo "made $1, seen $2, dropped $3" >&2
	return 1
}

# all_of NAME MADE CLASS RECORD_CONDITION...: judged by settle, which reads the trace once for all
owed=()
all_of() {
	owed+=("$1" "$2" "$3")
	shift 3
	(IFS=$'\t' && echo "$*") >>"$work/owed"
}

settle() {
	local i=0 seen

	while read -r seen; do
		check "${owed[i]}: ${owed[i + 1]}" all_seen "${owed[i + 1]}" "$seen" \
			"${lost[${owed[i + 2]}]}"
		i=$((i + 3))
	done < <(expect counts "$records" <"$work/owed")
	[ $i = ${#owed[@]} ] || not_ok "counts" "$((i / 3)) of $((${#owed[@]} / 3)) were answered"
}

# The first connect to a destination is a record; those of the minute after it are skipped. Each way
# with its own process, so what is repeated is known: it is compared with the sum at the end.
judge_connects() {
	local way=$1 pid=$2 made=$3

	case $way in
	repeat*)
		all_of "connect $way: one record" 1 $class_connect type=connect "pid=$pid"
		repeated=$((repeated + made - 1))
		;;
	*) all_of "connect $way" "$made" $class_connect type=connect "pid=$pid" ;;
	esac
}

# Other programs of the host repeat theirs too.
skipped_them() {
	[ "${left_out[$class_connect]}" -ge "$repeated" ] ||
		equal "$repeated" "${left_out[$class_connect]}" "skipped connects"
}

# judge KIND WAY PID MARKER MADE WHY-SKIPPED: what a line of generate is found by in the trace, and how
# often it must be there.
judge() {
	local kind=$1 way=$2 pid=$3 marker=$4 made=$5 why=$6

	if [ -n "$why" ]; then
		skip "$kind $way" "this kernel cannot: $why"
		return
	fi
	[ "$way" = thread ] && [ "$kind" = fork ] && made=0 # no new thread group
	case $kind in
	exec) all_of "exec $way" "$made" $class_exec type=exec "argv=$marker" ;;
	fork) all_of "fork $way" "$made" $class_fork type=fork "ppid=$pid" ;;
	connect)
		if [[ $way = *udp* ]] && ! grep -q '^[^ ]* [^ ]* cgroup2 ' /proc/mounts; then
			check "connect $way: said to be unseen without cgroup2" said_unseen "$pid"
			return
		fi
		judge_connects "$way" "$pid" "$made"
		;;
	esac
	# Each program executed had a process of its own made for it.
	if [ "$kind" = exec ]; then
		all_of "forks of exec $way" "$made" $class_fork type=fork "ppid=$pid"
	fi
}

# Unseen and said so: neither alone will do.
said_unseen() {
	equal 1 "$(expect count "$records" type=degraded what=connect_udp active=1)" \
		"number of degraded connect_udp" &&
		equal 0 "$(expect count "$records" type=connect "pid=$1")" "number of connects"
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
	make_events exec "$execs" $way
done
for way in fork vfork clone3 thread; do
	make_events fork "$forks" $way
done
for way in v4 v6 mapped nonblocking fastopen io_uring sqpoll io_uring_fastopen int80 mptcp udp4 udp6 \
	repeat repeat_udp; do
	make_events connect "$connects" $way
done
sensor_stop_and_replay || finish

read -r -a lost < <(read_counters dropped)
read -r -a left_out < <(read_counters skipped)
repeated=0
mapfile -t made < <(expect fields kind way pid marker made skipped <"$made_lines")
check "each way is judged" equal $((6 * $(wc -l <"$made_lines"))) ${#made[@]} "number of fields"
for ((i = 0; i < ${#made[@]}; i += 6)); do
	judge "${made[@]:i:6}"
done
check "repeated connects: $repeated skipped" skipped_them
if [ $cgroups = 0 ]; then
	skip "cgroups" "no hierarchy lets us make one"
else
	judge_cgroups $cgroups
fi
settle
[ "$flood" -gt 0 ] || finish

# More than a cgroup may make in a second: the rest is dropped, and counted to the last one.
budget=2000 # CGROUP_BUDGET, src/sources/live_load.c
sensor_start budget || finish
started=$EPOCHSECONDS
make_events connect "$flood" v4
seconds=$((EPOCHSECONDS - started + 2))
sensor_stop || finish
read -r -a lost < <(read_counters dropped)
seen=$(expect count "$records" type=connect "pid=$(expect get pid < <(tail -n 1 "$work/made"))")
check "flood of connects: $flood" all_seen "$flood" "$seen" "${lost[$class_connect]}"
check "flood of connects: no more than $budget a second" \
	test "$seen" -le $((budget * seconds))
finish

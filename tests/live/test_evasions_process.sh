#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What miners do to hide which process they are, rows P1 to P12 of README's table: each is caught. P4 to
# P6 are about content and stand in test_content.sh. What one finding weighs is not the question here, so
# the rules report from a score of 12 on: a port pools use (10) is not yet one, with any of these it is.
. "$(dirname "$0")/lib.sh"
need_root

rules=$work/rules

# What the README says of each row, by its first words; the rows' tests follow, or stand in test_content.sh.
rows='P1 caught:
P2 caught:
P3 caught:
P4 caught by
P5 digests miss
P6 caught:
P7 caught:
P8 caught at
P9 caught:
P10 not believed:
P11 not followed:
P12 the passes
P13 one that'

readme_agrees() { # ROW WORDS
	awk -F ' *[|] *' -v row="$1" -v words="$2" '$2 == row && index($4, words) == 1 { found = 1 }
		END { exit !found }' "$live/../../README.md" || { echo "the README says otherwise" >&2; false; }
}

while read -r row words; do
	check "$row stands in the README as: $words" readme_agrees "$row" "$words"
done <<<"$rows"

rules_make() {
	mkdir -m 755 "$rules" && rules_set "$rules" severity_medium 12
}

# await NAME GUARD CONDITION...: sets found to the alert
await() {
	local name=$1

	shift
	check "$name" expect alert "$alerts" "$@" >"$work/found" && found=$(cat "$work/found")
}

# finding NAME GUARD PID DETECTOR [CONDITION...]
finding() {
	local name=$1 guard=$2 pid=$3 detector=$4

	shift 4
	await "$name" "$guard" "process.pid=$pid" "findings.detector=$detector" "$@"
}

# helper NAME SOURCE OPTION...: compiles it to $work/NAME
helper() {
	local name=$1 source=$2

	shift 2
	gcc -O1 -D_GNU_SOURCE "$@" -o "$work/$name" "$live/$source" 2>"$work/stderr" && return
	skip "$name" "this host has no compiler that makes it: $(head -n 1 "$work/stderr")"
	return 1
}

# disguise WAY TEXT PORT: in a session, so an incident, of its own; sets hidden to its pid. 77: the kernel
# does not allow it
disguise() {
	: >"$work/hidden"
	TEXT=$2 setsid "$work/disguise" "$1" "$3" >"$work/hidden" 2>"$work/disguise.why" &
	hidden=$!
	children+=("$hidden")
	expect line "$work/hidden" "$hidden" 20 hidden 2>/dev/null && return
	wait "$hidden"
}

# replays_with_rules: as replays_alike, with the rules the run had
replays_with_rules() {
	"$build/minerwatch" replay --rules "$rules" "$trace" >"$work/replayed" &&
		cmp "$work/replayed" "$alerts" >&2
}

stop_and_replay() {
	sensor_stop &&
		check "$(basename "$trace" .trace): replays to the same bytes" replays_with_rules
}

# --- P1: names ---

case_p1() {
	local name

	for name in '[kworker/u8:3]' '[kthreadd]' 'kworker/0:1'; do
		standin SECONDS=60 THREADS=0 -- "$name" || return
		finding "P1 argv[0] is $name" 50 "$standin" masquerade "findings.evidence.where=argv" || return
		end "$standin"
	done
	standin SECONDS=60 THREADS=0 NAME=kworker/u8:3 -- a || return
	finding "P1 prctl(PR_SET_NAME): comm is kworker/u8:3" 50 "$standin" masquerade \
		"findings.evidence.where=comm" || return
	end "$standin"
	cp "$build/standin" "$work/dbus-daemon"
	program=$work/dbus-daemon standin SECONDS=60 THREADS=0 -- dbus-daemon --algo rx/0 \
		-o "127.0.0.1:$pool_port" -u "$WALLET" || return
	finding "P1 renamed binary: told by its arguments" 50 "$standin" miner_option || return
	end "$standin"
}

case_p1_argv() {
	helper disguise disguise/disguise.c -static || return
	disguise argv '[kworker/u8:3]' "$pool_port" || return
	finding "P1 argv overwritten with [kworker/u8:3]" 50 "$hidden" masquerade || return
	kill -KILL "$hidden"
	disguise argv 'dbus-daemon --system' "$pool_port" || return
	finding "P1 argv overwritten with other words" 50 "$hidden" argv_rewritten \
		findings.evidence.was=disguise findings.evidence.now=dbus-daemon || return
	kill -KILL "$hidden"
}

# --- P2: the exe link ---

case_p2() {
	disguise exe /usr/bin/env 0
	case $? in
	0) ;;
	77)
		skip "P2 PR_SET_MM_EXE_FILE" "this host cannot: not permitted"
		return
		;;
	*)
		not_ok "P2 PR_SET_MM_EXE_FILE" "$(cat "$work/disguise.why")"
		return
		;;
	esac
	check "P2 the link leads elsewhere" equal "$(readlink -f /usr/bin/env)" \
		"$(readlink "/proc/$hidden/exe")" link
	finding "P2 PR_SET_MM_EXE_FILE" 50 "$hidden" exe_replaced || return
	check "P2 the alert names what was executed" equal "$work/disguise" \
		"$(expect get process.exe <<<"$found")" "process.exe"
	kill -KILL "$hidden"
}

# --- P3: files without a name, or in memory ---

case_p3() {
	local step

	for step in memfd unlinked; do
		standin SECONDS=60 THREADS=0 POOL="127.0.0.1:$pool_port" DISGUISE=$step -- worker || return
		finding "P3 $step" 50 "$standin" unlinked_exec || return
		end "$standin"
	done
	cp "$build/standin" "/dev/shm/live-$$"
	program=/dev/shm/live-$$ standin SECONDS=60 THREADS=0 -- \
		worker --donate-level 1 -u "$WALLET"
	rm -f "/dev/shm/live-$$"
	finding "P3 /dev/shm" 50 "$standin" origin findings.evidence.place=memory || return
	end "$standin"
}

# --- P7, P8: many, and little (the whole of it: test_randomx.sh) ---

case_p7() {
	standin SECONDS=60 ROUNDING=1 PROCESSES=200 -- a || return
	await "P7 200 processes of 300 ms: one incident" 600 "ancestors.pid=$standin" \
		findings.detector=randomx_rounding 'severity~high|critical' || return
	end "$standin"
	check "P7 one incident, not one a process" equal 1 \
		"$(expect count "$alerts" action=opened "ancestors.pid=$standin" \
			findings.detector=randomx_rounding)" "opened"
}

case_p8() {
	standin SECONDS=60 ROUNDING=1 DUTY=20 -- a || return
	finding "P8 busy 20 % of each 10 ms" 600 "$standin" randomx_rounding 'severity~high|critical' || return
	end "$standin"
}

# --- P9, P10, P11: namespaces, cgroups' names, container ids ---

case_p9() {
	local inner

	# shellcheck disable=SC2016 # $0 is for the inner one
	STANDIN_SECONDS=60 STANDIN_THREADS=0 setsid unshare -pfr \
		bash -c 'exec -a "[kworker/u8:3]" "$0"' "$build/standin" &
	standin=$!
	children+=("$standin")
	await "P9 its own pid and user namespace: opened" 50 findings.detector=masquerade \
		"ancestors.pid=$standin" || return
	inner=$(expect get process.pid <<<"$found")
	check "P9 the pid is the host's" grep -qx "NSpid:	$inner	1" "/proc/$inner/status"
	kill -KILL "$inner" "$standin"
}

# The hierarchy that carries the ids: of the cgroup path that records give.
case_p10() {
	local id mount name

	id=$(printf '%064d' $$)
	name=docker-$id.scope
	while read -r mount; do
		mkdir "$mount/$name" 2>/dev/null && cgroups+=("$mount/$name")
	done < <(awk '$3 == "cgroup" || $3 == "cgroup2" {print $2}' /proc/mounts)
	if [ ${#cgroups[@]} = 0 ]; then
		skip "P10 forged cgroup name" "this host cannot make a cgroup"
		return
	fi
	standin SECONDS=60 THREADS=0 NAME=kworker/u8:3 -- a || return
	for mount in "${cgroups[@]}"; do
		echo "$standin" >"$mount/cgroup.procs"
	done 2>/dev/null
	await "P10 a cgroup called docker-<64 hex>.scope" 50 "process.pid=$standin" \
		"container.id=$id" container.verified=false || return
	check "P10 it is not believed" equal 0 "$(expect count "$alerts" "process.pid=$standin" \
		container.verified=true)" "alerts with a verified container"
	end "$standin"
	rmdir "${cgroups[@]}" 2>/dev/null
	cgroups=()
}

case_p11() {
	check "P11 hostile container ids become no path" "$build/unit/test_container_id" >/dev/null
}

# --- P12: listings of /proc ---

case_p12() {
	helper hide.so preload/hide.c -shared -fPIC -ldl || return
	standin SECONDS=60 THREADS=0 -- a || return
	LD_PRELOAD=$work/hide.so HIDE_PID=$standin sensor_start hide --rules "$rules" || return
	finding "P12 readdir is made to leave it out" 50 "$standin" hidden_process || return
	end "$standin"
	stop_and_replay || return
	check "P12 no other process is taken for hidden" equal 1 "$(expect count "$records" type=hidden)" \
		"records of hidden processes"
}

case_p12_hidepid() {
	unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$0" doctor' "$build/minerwatch" \
		>"$work/doctor" 2>&1
	check "P12 hidepid: doctor says that listings prove nothing" \
		grep -q '^MISSING *proc_listing.*hidepid' "$work/doctor"
}

cgroups=()
rules_make || finish
pool_start || finish
if sensor_start evasions --rules "$rules"; then
	case_p1
	case_p1_argv
	case_p2
	case_p3
	case_p7
	case_p8
	case_p9
	case_p10
	case_p11
	stop_and_replay
fi
run_case case_p12
case_p12_hidepid
end "$pool"
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# In each process of a sensor with pins, state, metrics and two sinks the n-th allocation, read, write,
# open or bpf call fails: it alerts as ever, or says why not and ends; nothing crashes or hangs, and the
# next start, without faults, finds nothing in its way. ROUNDS of each kind, n spread evenly, by chance
# (SEED) in between; MINERWATCH_LONG: each n. And a start that finds no room is one to be tried again.
source "$(dirname "$0")/lib.sh"
need_root

rounds=${ROUNDS:-3}
RANDOM=${SEED:-$$}
echo "SEED=${SEED:-$$}"
at_once=4
port=$((20000 + $$ % 9000)) # one for each run, below those the kernel gives out

# Allocations within libseccomp (2.5.4 to 2.6.1, src/gen_bpf.c) do not fail: what makes a filter of rules
# cannot live without memory, and nothing we could do would help it. _gen_bpf_syscalls leaves its loop
# with rc 0 where _gen_bpf_syscall has found none, so that seccomp_load installs a list cut short and
# reports success: even exit_group is refused then. Where _blk_resize and _gen_bpf_node fail they free a
# block with all it jumps to, which their callers' lists and _state_release's hash table still hold: freed
# twice, read after (SIGSEGV), or a chain without end.
spared=libseccomp.so.2

bpffs_mount faults || finish

# run NAME SECONDS TRACE [ENVIRONMENT...]: as the package runs it
run() {
	timeout -s KILL 100 env "${@:4}" "$build/minerwatch" run --for "$2" --node "$1" --pin "$bpffs/$1" \
		--state "$work/$1.state" --metrics "127.0.0.1:${ports[$1]}" --alerts "$work/$1.alerts" \
		--alerts "syslog:unix:$work/syslog.socket" --record "$3" >/dev/null
}

detach() { # NAME
	"$build/minerwatch" detach --pin "$bpffs/$1" 2>"$work/$1.detach-log"
	echo $? >"$work/$1.detach-code"
}

faulty() { # NAME SECONDS FAULT
	run "$1" "$2" "$work/$1.trace" FAULT="$3" FAULT_SPARED="$spared" LD_PRELOAD="$build/fault.so" 2>"$work/$1.log"
	echo $? >"$work/$1.code"
	alerted "$1" 2>/dev/null
	echo $? >"$work/$1.alerted"
}

# one NAME FAULT: a run with a fault and one without; exit codes go to NAME.code and NAME.next-code
declare -A ports
one() {
	echo "$standin" >"$work/$1.miner"
	faulty "$1" 1 "$2"
	# What an examiner that ended was at is asked for again 10 s later.
	if [ "$(cat "$work/$1.code" "$work/$1.alerted")" = $'0\n1' ]; then
		detach "$1"
		rm "$work/$1".{state,trace}
		faulty "$1" 20 "$2"
	fi
	run "$1" 1 "$work/$1.next-trace" 2>"$work/$1.next-log"
	echo $? >"$work/$1.next-code"
	detach "$1"
}

# How many calls of a kind the busiest process makes.
calls_of() { # KIND
	ports[count-$1]=$port
	faulty "count-$1" 1 "$1:0"
	detach "count-$1"
	sed -n "s/^$1 calls: //p" "$work/count-$1.log" | sort -n | tail -n 1
}

# The stand-in ran before it: both sinks have it.
alerted() { # NAME
	local sink miner

	miner=$(cat "$work/$1.miner" 2>/dev/null)
	for sink in "$work/$1.alerts" "$work/syslog"; do
		[ "$(expect count "$sink" action=opened "process.pid=$miner" "host.name=$1")" -gt 0 ] ||
			return
	done
}

honest() { # NAME
	local code

	code=$(cat "$work/$1.code")
	case $code in
	0)
		[ "$(cat "$work/$1.alerted")" = 0 ] || grep -q 'error: examiner: no process can be looked into' "$work/$1.log" ||
			{ echo "exit code 0, and not all alerts" >&2; return 1; }
		"$build/minerwatch" replay "$work/$1.trace" >/dev/null || return
		;;
	# Where every write fails there is nothing to say it with. 2 would mean that we asked wrongly, and
	# keep a service down.
	1 | 3) [[ $1 = write-*+ ]] || grep -q '^minerwatch: error: ' "$work/$1.log" ||
		{ echo "an end without a word" >&2; return 1; } ;;
	*) echo "exit code $code: $(tail -n 2 "$work/$1.log" | tr '\n' ' ')" >&2; return 1 ;;
	esac
	# A helper that ends is replaced; one that crashes is a fault of ours.
	if grep -E 'died of signal (4|6|7|8|11|31) ' "$work/$1.log" >&2; then return 1; fi
	[ "$(cat "$work/$1.next-code" "$work/$1.detach-code")" = $'0\n0' ] && grep -q '^ready$' "$work/$1.next-log" ||
		{ echo "the next one: $(tail -n 2 "$work/$1.next-log" "$work/$1.detach-log" | tr '\n' ' ')" >&2; return 1; }
	alerted "$1" || { echo "the next one: not all alerts" >&2; return 1; }
}

"$PYTHON" "$live/sink_receiver.py" datagrams "$work/syslog.socket" "$work/syslog" &
children+=("$!")
until_true 20 "syslog's socket" [ -S "$work/syslog.socket" ] || exit 1

# One that is there for the next two runs: a guard of 100 s each.
miner_until=0
miner() {
	[ "$SECONDS" -lt "$miner_until" ] && return
	miner_until=$((SECONDS + 400))
	standin SECONDS=600 THREADS=0 -- worker -o 127.0.0.1:3333 -u "$WALLET" --donate-level 1
}

# What a library does to a helper that it crashes.
helpers='examiner,exporter,loader,reader of content,reader of large content,visitor,writer,writer,'
crashes_told() {
	equal "$helpers" "$(sed -n 's/.*: the \(.*\) died of signal 11 .*/\1/p' "$log" | sort | tr '\n' ',')" helpers
}

all_there() {
	[ "$(children_of "$sensor" | wc -w)" -ge 9 ] || { echo "children: $(children_of "$sensor")" >&2; false; }
}

case_crash() {
	local child watches

	sensor_start crash --metrics "127.0.0.1:$((port - 1))" --alerts "syslog:unix:$work/syslog.socket" --node crash ||
		return
	watches=$(sensor_process)
	for child in $(children_of "$sensor"); do
		[ "$child" = "$watches" ] || kill -SEGV "$child"
	done
	check "crash: of each helper is told" until_true 20 "each is told of" crashes_told
	check "crash: each helper is replaced" until_true 20 "all are there" all_there
	miner_until=0
	miner || return
	check "crash: an alert in the file" expect alert "$alerts" 20 action=opened "process.pid=$standin" >/dev/null
	check "crash: and in syslog" expect alert "$work/syslog" 20 action=opened "process.pid=$standin" \
		host.name=crash >/dev/null
	sensor_stop
}

# n bpf calls are those of a whole run of a second: those that fail are of later passes.
case_no_passes() { # N
	FAULT="bpf:$1+" LD_PRELOAD=$build/fault.so sensor_start no_passes || return
	check "no passes: that is told" until_true 20 "it is told" grep -q 'no pass over all processes' "$log"
	end "$sensor"
}

# refused_with CODE WHY OPTION FILE
refused_with() {
	timeout -s KILL 50 "$build/minerwatch" run --for 1 --alerts "$work/refused.alerts" "$3" "$4" \
		>/dev/null 2>"$work/refused.log"
	equal "$1" $? "exit code of $3 $4" && grep -qF -- "$4: $2" "$work/refused.log"
}

# What the user asks for is right, and the disk is not.
case_no_room() {
	local disk=$work/disk option

	mkdir "$disk"
	if ! mount -t tmpfs -o size=64k,nr_inodes=2 minerwatch-test "$disk" 2>/dev/null; then
		skip "no room" "this host cannot mount a small file system"
		return
	fi
	: >"$disk/old"
	chmod 600 "$disk/old"
	for option in --alerts --record --state; do
		check "no room: $option exits with 3" refused_with 3 "No space left on device" "$option" "$disk/new"
	done
	check "no room: --status exits with 3" refused_with 3 "No space left on device" --status "$disk/run/socket"
	mount -o remount,ro "$disk"
	for option in --alerts --record --state; do
		check "read-only: $option exits with 3" refused_with 3 "Read-only file system" "$option" "$disk/old"
	done
	for option in --alerts --record --state; do
		check "a path that is wrong: $option exits with 2" \
			refused_with 2 "No such file or directory" "$option" "$work/nowhere/new"
	done
	umount "$disk"
}

run_case case_no_room
run_case case_crash # leaves its miner to those below
for kind in ${KINDS:-allocation read write open bpf}; do
	miner || break
	calls=$(calls_of "$kind")
	check "$kind: ${calls:-no} calls at most in a process" test "${calls:-0}" -gt 0 || continue
	[ -n "${MINERWATCH_LONG:-}" ] && rounds=$calls
	names=() ones=()
	for ((round = 0; round < rounds; round++)); do
		first=$((round * calls / rounds)) end=$(((round + 1) * calls / rounds))
		n=$((first + 1 + (end > first ? (RANDOM * 32768 + RANDOM) % (end - first) : 0)))
		fault=$kind:$n
		[ $((round % 3)) = 2 ] && fault=$fault+
		names+=("${fault/:/-}")
		ports[${fault/:/-}]=$((port += 1))
		miner || break 2
		one "${fault/:/-}" "$fault" &
		ones+=("$!")
		[ "${#ones[@]}" -lt "$at_once" ] || { wait "${ones[0]}"; ones=("${ones[@]:1}"); }
	done
	wait "${ones[@]}"
	wrong=
	for name in "${names[@]}"; do
		honest "$name" 2>"$work/why" || wrong="$wrong $name: $(tail -n 1 "$work/why");"
	done
	check "$kind: $rounds runs told the truth" equal "" "$wrong" "what went wrong"
	[ "$kind" != bpf ] || run_case case_no_passes "$calls"
done
finish

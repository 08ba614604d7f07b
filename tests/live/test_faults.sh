#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# In each process of a running sensor the n-th allocation, read, write, open or bpf call fails, n by chance
# (SEED): it runs on and gets ready, or says why not and ends; nothing crashes, hangs or is left behind.
# ROUNDS of each kind (default 8; long: 200).
source "$(dirname "$0")/lib.sh"
need_root

rounds=${ROUNDS:-8}
[ -n "${MINERWATCH_LONG:-}" ] && rounds=200
RANDOM=${SEED:-$$}
echo "SEED=${SEED:-$$}"
at_once=4

# one NAME FAULT: a run; its exit code goes to NAME.code
one() {
	timeout -s KILL 40 env FAULT="$2" LD_PRELOAD="$build/fault.so" "$build/minerwatch" run --for 1 \
		--alerts "$work/$1.alerts" --record "$work/$1.trace" >"$work/$1.stdout" 2>"$work/$1.log"
	echo $? >"$work/$1.code"
}

# How many calls of a kind the busiest process makes.
calls_of() { # KIND
	one "count-$1" "$1:0"
	sed -n "s/^$1 calls: //p" "$work/count-$1.log" | sort -n | tail -n 1
}

honest() { # NAME
	case $(cat "$work/$1.code") in
	0) grep -q '^ready$' "$work/$1.log" || { echo "exit code 0, never ready" >&2; return 1; } ;;
	# Where every write fails there is nothing to say it with.
	1 | 2 | 3) [[ $1 = write-*+ ]] || grep -q '^minerwatch: ' "$work/$1.log" ||
		{ echo "an end without a word" >&2; return 1; } ;;
	*)
		echo "exit code $(cat "$work/$1.code"): $(tail -n 2 "$work/$1.log" | tr '\n' ' ')" >&2
		return 1
		;;
	esac
	# A helper that ends is replaced; one that crashes is a fault of ours.
	if grep -E 'died of signal (4|6|7|8|11|31) ' "$work/$1.log" >&2; then return 1; fi
	# The trace is whole as far as it goes.
	[ "$(cat "$work/$1.code")" != 0 ] || "$build/minerwatch" replay "$work/$1.trace" >/dev/null 2>"$work/replay.log" ||
		{ cat "$work/replay.log" >&2; return 1; }
}

for kind in allocation read write open bpf; do
	calls=$(calls_of "$kind")
	check "$kind: ${calls:-no} calls at most in a process" test "${calls:-0}" -gt 0 || continue
	names=()
	for round in $(seq "$rounds"); do
		fault=$kind:$((RANDOM * 32768 % calls + RANDOM % calls + 1))
		# A read that fails for ever is no fault a loop can live through: it would never sleep.
		[ $((round % 4)) = 0 ] && [ "$kind" != read ] && fault=$fault+
		names+=("${fault/:/-}")
		one "${fault/:/-}" "$fault" &
		while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n; done
	done
	wait
	wrong=
	for name in "${names[@]}"; do
		honest "$name" 2>"$work/why" || wrong="$wrong $name: $(tail -n 1 "$work/why");"
	done
	check "$kind: $rounds runs told the truth" equal "" "$wrong" "what went wrong"
done
finish

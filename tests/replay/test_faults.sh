#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each allocation, read, write and open of a replay fails in turn: the run gives all alerts or says why not.
# KINDS: some of them; FAULT_SO: what makes them fail; BEFORE: a library that must come before it.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
preload=${BEFORE:+$BEFORE:}${FAULT_SO:-$build/fault.so}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

replay() { # FAULT TRACE
	FAULT=$1 LD_PRELOAD=$preload timeout 20 "$build/minerwatch" replay "$2" >"$work/alerts" 2>"$work/log"
}

# honest EXIT-CODE FAULT: whether what came out may come out of a run in which calls failed. Where every
# write fails there is nothing to say it with.
honest() {
	case $1 in
	0) cmp -s "$work/alerts" "$work/wanted" || { echo "exit code 0 and other alerts"; return 1; } ;;
	1 | 2) [[ $2 = write:*+ ]] || grep -q '^minerwatch: ' "$work/log" || { echo "exit code $1 without a word"; return 1; } ;;
	*) echo "exit code $1"; return 1 ;;
	esac
}

for trace in tests/replay/cases/{daemon,stratum-answered}.trace; do
	"$build/minerwatch" replay "$trace" >"$work/wanted" 2>/dev/null
	for kind in ${KINDS:-allocation read write open}; do
		replay "$kind:0" "$trace"
		calls=$(sed -n "s/^$kind calls: //p" "$work/log")
		wrong='' n=0
		while [ "$n" -lt "${calls:-0}" ] && [ -z "$wrong" ]; do
			n=$((n + 1))
			for fault in "$kind:$n" "$kind:$n+"; do
				replay "$fault" "$trace"
				why=$(honest $? "$fault") || wrong="$wrong $fault: $why"
			done
		done
		if [ "${calls:-0}" -gt 0 ] && [ -z "$wrong" ]; then
			echo "ok $(basename "$trace" .trace): each of $calls calls of $kind fails, alone and with all after it"
		else
			echo "not ok $(basename "$trace" .trace): $kind, ${calls:-no} calls:$wrong"
			failed=1
		fi
	done
done
exit $failed

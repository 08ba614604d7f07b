#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The last test of a guest, which it changes for good: kernels and hosts that lack something. What doctor
# says of each is so: run starts and names the same as degraded, or ends with exit code 3 and says why.
. "$(dirname "$0")/../live/lib.sh"

# Each makes a world out of the whole one, in a mount namespace that lasts as long as it does.
cat >"$work/worlds" <<'WORLDS'
no_btf() { mount -t tmpfs none /sys/kernel/btf; }
no_lsm() { :; } # the guest was started so
no_cgroups() { umount /sys/fs/cgroup; }
hidepid() { mount -t proc -o hidepid=2 none /proc; }
memlock() { ulimit -l 64; }
lockdown() { :; } # by then the guest has it
WORLDS

# within WORLD COMMAND...
within() {
	local bounded=()

	[ "$1" != memlock ] || bounded=(setpriv --bounding-set -sys_resource)
	unshare --mount "${bounded[@]}" "$BASH" -c '. "$0" && "$1" && shift && exec "$@"' \
		"$work/worlds" "$@"
}

one_line() {
	tr '\n' ' ' | sed 's/ $//'
}

# doctor_says WORLD CODE MISSING VERDICT WORDS
doctor_says() {
	local said=$work/$1.doctor code

	within "$1" "$build/minerwatch" doctor >"$said" 2>"$work/log"
	code=$?
	sed 's/^/# /' "$said" >>"$work/all"
	equal "$2" $code "exit code" &&
		equal "$3" "$(sed -nE 's/^MISSING +([a-z_]+).*/\1/p' "$said" | sort -u | one_line)" \
			"what is missing" &&
		equal "minerwatch run would $4" "$(tail -n 1 "$said")" "verdict" || return
	grep -qE "$5" "$said" || { echo "no line matches $5" >&2; false; }
}

# run_refuses WORLD WORDS
run_refuses() {
	within "$1" "$build/minerwatch" run --alerts "$work/alerts" --for 60 2>"$work/log"
	equal 3 $? "exit code" || return
	grep -qE "^minerwatch: error: loading the kernel programs: $2.*; minerwatch doctor says" "$work/log" ||
		{ tail -n 1 "$work/log" >&2; false; }
}

# run_lacks WORLD DEGRADED
run_lacks() {
	local trace=$work/$1.trace

	within "$1" "$build/minerwatch" run --alerts "$work/alerts" --record "$trace" --for 6 2>"$work/log"
	equal 0 $? "exit code" && tracecat_read "$trace" "$work/records" || return
	equal "$2" "$(expect degraded "$work/records" 2>"$work/log")" degraded
}

# starts WORLD MISSING DEGRADED WORDS
starts() {
	local verdict="start, without what is missing above."

	[ -n "$2" ] || verdict="start, and lacks nothing."
	check "$1: doctor: starts${2:+ without $2}" doctor_says "$1" 0 "$2" "$verdict" "$4"
	check "$1: run: starts${3:+, degraded: $3}" run_lacks "$1" "$3"
}

# refuses WORLD MISSING WORDS WHY
refuses() {
	check "$1: doctor: would not start" doctor_says "$1" 3 "$2" "NOT start here." "$3"
	check "$1: run: exit code 3, says why" run_refuses "$1" "$4"
}

hooks='cgroup connect_tcp connect_udp exec exit fork payload'
case $(uname -r) in
5.10.*) # since 5.11 maps are charged to the cgroup, and since 5.13 there is Landlock
	refuses memlock "${hooks/payload/landlock payload} programs sockets tasks" '^MISSING +programs +.*memlock' '.*memlock'
	finish
	;;
esac
mount -t securityfs none /sys/kernel/security
if grep -q bpf /sys/kernel/security/lsm; then
	not_ok no_lsm "the guest was not started with lsm= without bpf"
else
	starts no_lsm '' '' '^ok +exec +proven: '
fi
refuses no_btf "btf $hooks programs sockets tasks" '^MISSING +btf +the kernel does not describe its types' '.*types'
starts no_cgroups 'cgroup cgroups connect_udp payload' 'cgroup connect_udp payload' \
	'^MISSING +cgroups +none usable: alerts name no cgroup'
starts hidepid proc_listing proc_listing '^MISSING +proc_listing +/proc is mounted with hidepid'
starts memlock '' '' '^ok +exec +proven: '
echo confidentiality >/sys/kernel/security/lockdown
# The programs on cgroup2 know whose socket it is only by reading the kernel; and since 6.16 what a thread's
# floating-point unit was set to is found only so (core_fixes.bpf.h).
hidden='connect_udp payload strings'
if [ "$(printf '%s\n6.16\n' "$(uname -r)" | sort -V | head -n 1)" = 6.16 ]; then
	hidden='connect_udp payload rounding strings'
fi
starts lockdown "$hidden" "$hidden" '^MISSING +strings +kernel lockdown hides names, paths and arguments'
[ $failed -eq 0 ] || cat "$work/all"
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A lost record is no lost miner: one that starts while the ring is full, so that its cgroup, its fork,
# its exec, its connection and what it said are all dropped, is found with each of them by the passes.
. "$(dirname "$0")/lib.sh"
need_root

# none_of WHAT CONDITION...: no such record came from a hook
none_of() {
	local what=$1

	shift
	equal 0 "$(expect count "$records" "$@")" "number of records of its $what"
}

connected() {
	awk -v port="$(printf ':%04X' "$pool_port")" \
		'$4 == "01" && index($3, port) {found = 1} END {exit !found}' /proc/net/tcp
}

# The stand-in may still be about to connect when it reports.
start_unseen() {
	kill -STOP "$process"
	"$build/generate" fork 997 vfork >/dev/null &&
		mkdir "$top" &&
		standin CGROUP="$top" SECONDS=120 THREADS=0 KEEPALIVE=2 USER="$WALLET" \
			POOL="127.0.0.1:$pool_port" -- xmrig -o "127.0.0.1:$pool_port" -u "$WALLET" \
			--donate-level 1 && until_true 10 "the stand-in's connection" connected
	local code=$?

	kill -CONT "$process"
	return $code
}

if ! cgroup_find || ! mkdir "$cgroup_mount/live-reconcile-$$" 2>/dev/null; then
	skip reconcile "this host has no hierarchy that lets us make a cgroup"
	finish
fi
rmdir "$cgroup_mount/live-reconcile-$$"
top=$cgroup_mount/live-reconcile-$$
pool_start || finish
sensor_start reconcile --ring 64K || finish
process=$(sensor_process) || finish
check "reconcile: started while the ring is full" start_unseen || finish
check "reconcile: process and cgroup" expect alert "$alerts" 20 "process.pid=$standin" \
	"findings.detector=miner_option" "cgroup.path~/live-reconcile-$$\$" >"$work/found"
if grep -q '^minerwatch: .*sockets: ' "$log"; then
	skip "reconcile: its connection" "this kernel cannot: $(grep -m 1 'sockets: ' "$log")"
else
	check "reconcile: its connection and what it says there" expect alert "$alerts" 60 \
		"process.pid=$standin" findings.detector=stratum_handshake \
		"indicators.wallet=$WALLET" >"$work/found"
fi
end "$standin"
check "reconcile: its end" expect alert "$alerts" 20 action=ended "cgroup.path~/live-reconcile-$$\$" \
	>"$work/found"
end "$pool"
sensor_stop_and_replay
check "reconcile: no exec" none_of exec type=exec "pid=$standin"
check "reconcile: no fork" none_of fork type=fork "pid=$standin"
check "reconcile: no connect" none_of connect type=connect "pid=$standin"
check "reconcile: no cgroup" none_of mkdir type=cgroup_mkdir "path~/live-reconcile-$$\$"
rmdir "$top"
finish

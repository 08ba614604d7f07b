#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the sensor needs does not grow with what it has seen: short processes, ever new destinations, ever
# more cgroups; memory of all its processes and in the kernel stays below its limits. The long version
# fills every table and asks for flatness too. SOAK="PROCESSES DESTINATIONS CGROUPS": other numbers.
. "$(dirname "$0")/lib.sh"
need_root

numbers=${SOAK:-20000 5000 500} shape=any
if [ -n "${MINERWATCH_LONG:-}" ]; then
	numbers=${SOAK:-1000000 100000 10000} shape=flat
fi
socket=$work/run/status.sock

load() {
	# shellcheck disable=SC2086 # three words
	"$PYTHON" "$live/../soak/measure.py" "$sensor" $shape "$build/soak" $numbers "$top"
}

# What is measured has to have been seen: at least nine in ten, the ring can be full for a moment.
seen_enough() {
	"$build/minerwatch" status --status "$socket" --json >"$work/status" || return
	echo "exec: $(expect get delivered.exec <"$work/status") delivered," \
		"$(expect get dropped.exec <"$work/status") dropped; evicted" \
		"$(expect get evicted <"$work/status")"
	[ "$(expect get delivered.exec <"$work/status")" -ge $((${numbers%% *} * 9 / 10)) ] ||
		{ echo "the sensor saw $(expect get delivered.exec <"$work/status") execs" >&2; false; }
}

if ! cgroup_find || ! mkdir "$cgroup_mount/live-soak-$$" 2>/dev/null; then
	skip soak "this host has no hierarchy that lets us make a cgroup"
	finish
fi
top=$cgroup_mount/live-soak-$$
alerts=$work/soak.alerts log=$work/soak.log
# Without a trace: its file would be all that grows.
"$build/minerwatch" run --alerts "$alerts" --status "$socket" >"$work/stdout" 2>"$log" &
sensor=$!
children+=("$sensor")
check "soak: sensor ready" expect line "$log" "$sensor" 50 ready || finish
check "soak: $numbers processes, destinations, cgroups: memory" load
check "soak: they were seen" seen_enough
check "soak: sensor ended by SIGTERM, exit code 0" eval 'kill -TERM "$sensor" && sensor_ended'
rmdir "$top"
finish

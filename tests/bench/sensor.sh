# SPDX-License-Identifier: Apache-2.0
# What the measurements share: the build directory ($1), a place for files, the sensor's life and costs.
# shellcheck shell=bash
# shellcheck disable=SC2034 # its variables are for those who source it

set -u
build=${1:-build}
[ "$(id -u)" = 0 ] || { echo "the sensor needs root" >&2; exit 3; }
work=$(mktemp -d)
sensor=
others=() # processes that end with the measurement

clean_up() {
	local pid

	for pid in $sensor "${others[@]}"; do
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT

# start [OPTION...]: sets sensor; back once it is ready
start() {
	local end=$((SECONDS + 50))

	rm -f "$work/stderr"
	"$build/minerwatch" run --alerts "$work/alerts" "$@" 2>"$work/stderr" &
	sensor=$!
	until grep -sq '^ready$' "$work/stderr"; do
		kill -0 "$sensor" 2>/dev/null && [ $SECONDS -lt $end ] || { cat "$work/stderr" >&2; exit 1; }
		sleep 0.05
	done
}

stop() {
	kill -TERM "$sensor" && wait "$sensor"
	sensor=
}

processes() {
	echo "$sensor"
	pgrep -P "$sensor"
}

# Run time of all its threads; /proc/PID/stat counts in steps of 10 ms, too coarse for an idle sensor.
run_ns() {
	local pid

	for pid in $(processes); do
		cat /proc/"$pid"/task/*/schedstat
	done | awk '{sum += $1} END {printf "%d", sum}'
}

pss_kib() {
	local pid

	for pid in $(processes); do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null
	done | awk '/^Pss:/ {sum += $2} END {printf "%d", sum}'
}

median() {
	sort -n "$1" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

# SPDX-License-Identifier: Apache-2.0
# What the live tests share: results, the sensor's life, the stand-in's, waiting with a hang guard.
# shellcheck shell=bash
# shellcheck disable=SC2034 # its variables are for those who source it

set -u
live=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "${BUILD:-$live/../../build}" && pwd) || exit 1
# The interpreter itself: what stands for it in PATH may be a script with processes of its own, and which
# of them an alert names is chance.
PYTHON=${PYTHON:-python3}
PYTHON=$("$PYTHON" -c 'import sys; print(sys.executable)' || echo "$PYTHON")

# Nobody holds its keys: both are the texts "minerwatch test wallet: no key 1" and "... 2", behind
# tag 0x12 and with the right checksum, so that readers that verify it take it for an address.
WALLET=45mb8Vfvz7SLU7X3Dvdcom6Rxv9DdicMX6RdFeAQVBcT9GWSZX4DqQULU7X3Dvdcom6Rxv9DdicMX6RdFeAQVBcT6hZabxz

work=$(mktemp -d "${TMPDIR:-/tmp}/live-XXXXXX") || exit 1
chmod 711 "$work" # an ordinary user replays copies that lie in it
mkfifo "$work/report"
exec {report}<>"$work/report"
exec {results}>&1 # so that a check can send its command's output elsewhere
passed=0 failed=0 skipped=0
children=() # processes to end, should the test end early
bpffs='' # bpffs_mount's

clean_up() {
	local pid

	exec 2>/dev/null # the shell tells of each that it kills
	for pid in "${children[@]}"; do
		kill -KILL "$pid" 2>/dev/null
	done
	wait
	[ -z "$bpffs" ] || umount -l "$bpffs"
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# --- results ---

ok() {
	echo "ok $1" >&"$results"
	passed=$((passed + 1))
}

not_ok() {
	echo "not ok $1: $2" >&"$results"
	failed=$((failed + 1))
}

skip() {
	echo "skip $1: $2" >&"$results"
	skipped=$((skipped + 1))
}

# check NAME COMMAND...: its last line on stderr is the reason when it fails
check() {
	local name=$1

	shift
	if "$@" 2>"$work/why"; then
		ok "$name"
	else
		not_ok "$name" "$(tail -n 1 "$work/why")"
		return 1
	fi
}

# The last line of a test; its exit code says whether anything failed.
finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	exit $((failed > 0))
}

need_root() {
	[ "$(id -u)" = 0 ] && return
	skip "$(basename "$0" .sh)" "needs root"
	finish
}

# until_true SECONDS WHAT COMMAND...: a guard against hanging, not a limit; says what it waited for and
# what the command said last.
until_true() {
	local until_s=$(($1 * ${PATIENCE:-1})) until_what=$2 until_end # names that no COMMAND uses

	until_end=$((SECONDS + until_s))
	shift 2
	until "$@" 2>"$work/not-yet"; do
		if [ $SECONDS -ge $until_end ]; then
			echo "$until_what: not within $until_s s: $(tail -n 1 "$work/not-yet")" >&2
			return 1
		fi
		sleep 0.05
	done
}

# --- questions (expect.py) ---

expect() {
	"$PYTHON" "$live/expect.py" "$@"
}

# status_get SOCKET KEY: of a running sensor's status; fails when nobody answers
status_get() {
	local answer

	answer=$("$build/minerwatch" status --status "$1" --json) && expect get "$2" <<<"$answer"
}

# equal WANTED GOT WHAT
equal() {
	[ "$1" = "$2" ] || { echo "$3 is $2, not $1" >&2; false; }
}

# --- the sensor ---

# sensor_start NAME [OPTION...]: sets sensor, alerts, trace, log; back once it is ready
sensor_start() {
	local name=$1

	shift
	alerts=$work/$name.alerts trace=$work/$name.trace log=$work/$name.log
	records=$work/$name.records
	"$build/minerwatch" run --alerts "$alerts" --record "$trace" "$@" \
		>"$work/$name.stdout" 2>"$log" &
	sensor=$!
	children+=("$sensor")
	check "$name: sensor ready" expect line "$log" "$sensor" 50 ready
}

children_of() { # PID
	cat "/proc/$1/task/$1/children"
}

has_open() { # PID NAME: as /proc/PID/fd names it
	readlink "/proc/$1/fd/"* 2>/dev/null | grep -qxF -- "$2"
}

# child_with NAME [LAUNCHER]: the first of the launcher's children that has that open
child_with() {
	local child launcher=${2:-$sensor}

	for child in $(children_of "$launcher"); do
		has_open "$child" "$1" && echo "$child" && return
	done
	echo "no child of $launcher has $1 open" >&2
	return 1
}

# sensor_process [LAUNCHER]: the child that watches; it alone holds the programs
sensor_process() {
	child_with anon_inode:bpf-prog "$@"
}

# The socket that listens at a port of 127.0.0.1, as /proc/PID/fd names it.
listener_at() { # PORT
	echo "socket:[$(awk -v port=":$(printf %04X "$1")" \
		'$4 == "0A" && index($2, port) {print $10}' /proc/net/tcp)]"
}

# bpffs_mount NAME: a BPF file system of the test's own, with which all ends that is pinned there; sets bpffs.
# Where none can be had NAME is skipped.
bpffs_mount() {
	mkdir "$work/bpf"
	mount -t bpf bpf "$work/bpf" 2>"$work/why" && bpffs=$work/bpf && return
	skip "$1" "this host cannot mount bpffs: $(cat "$work/why")"
	return 1
}

# rules_set DIRECTORY KEY VALUE: the weights as they are, but for one setting
rules_set() {
	sed "s/^set $2 .*/set $2 $3/" "$live/../../src/rules/weights.conf" >"$1/weights.conf" &&
		grep -qx "set $2 $3" "$1/weights.conf" || { echo "no setting $2 to change" >&2; false; }
}

# The hierarchy that carries cgroup ids: sets cgroup_version and cgroup_mount (empty: there is none).
cgroup_find() {
	read -r cgroup_version cgroup_mount < <("$build/minerwatch" doctor 2>/dev/null |
		sed -nE 's/^ok +cgroups +ids from v([12]).* at (.*)$/\1 \2/p')
	[ -n "${cgroup_mount:-}" ]
}

# Ends the sensor and makes records, its trace as JSON lines.
sensor_stop() {
	local name

	name=$(basename "$trace" .trace)
	kill -TERM "$sensor" 2>/dev/null
	check "$name: sensor ended by SIGTERM, exit code 0" sensor_ended &&
		check "$name: trace read" tracecat_read "$trace" "$records"
}

sensor_ended() {
	expect gone "$sensor" 50 || return
	wait "$sensor"
	equal 0 $? "exit code" && sensor=''
}

tracecat_read() {
	"$build/tracecat" "$1" >"$2"
}

tracecat_write() {
	"$build/tracecat" --from-json "$2" <"$1"
}

# replays_alike BINARY TRACE ALERTS
replays_alike() {
	"$build/$1" replay "$2" >"$work/replayed" && cmp "$work/replayed" "$3" >&2
}

# The two things that must hold of every run.
sensor_stop_and_replay() {
	sensor_stop &&
		check "$(basename "$trace" .trace): replays to the same bytes" \
			replays_alike minerwatch "$trace" "$alerts"
}

# --- the stand-in and other programs that end when told ---

# standin [CONTROL=VALUE...] -- ARGV0 [ARGUMENT...]: starts it in a session of its own, on CPU $pin
# (empty: all), by "${within[@]}". Sets standin_first (the process executed), standin (the one that
# works in the end) and standin_port. Runs $program.
program=$build/standin
pin=
within=() # what brings a program to another network namespace
standin() {
	local controls=(STANDIN_REPORT="$work/report")

	while [ "$1" != -- ]; do
		controls+=("STANDIN_$1")
		shift
	done
	shift
	printf '%s\n' "$@" >"$work/argv"
	(
		export "${controls[@]}"
		exec "${within[@]}" setsid "$live/launch.sh" "$program" "$pin" <"$work/argv"
	) &
	standin_first=$!
	children+=("$standin_first")
	if ! read -r -t $((20 * ${PATIENCE:-1})) -u "$report" standin standin_port; then
		not_ok "stand-in $*" "did not report"
		return 1
	fi
	children+=("$standin")
}

# Starts a stub pool on a port that miners use; sets pool and pool_port.
pool_start() {
	pool_port=$(expect free_port 3333 13333 14444 15555) &&
		standin SERVE="$pool_port" THREADS=0 SECONDS=600 -- stub && pool=$standin
}

# run_case FUNCTION [ARGUMENT...]: one that gives up half-way leaves nothing running for the next
run_case() {
	local pid

	sensor='' standin='' standin_first=''
	"$@" && return
	for pid in $sensor $standin $standin_first; do
		kill -KILL "$pid" 2>/dev/null && expect gone "$pid" 20
	done
}

# end PID: a process of ours, and waits until it is gone
end() {
	kill -TERM "$1" 2>/dev/null
	expect gone "$1" 20
}

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of the sensor, with --state and --pin, at random moments while stand-ins mine, and right
# after one has said the only thing that gives it away: who is alive in the end is known, opened once
# per incident, numbered without holes, and ends where it belongs.
# KILLS (default 10; long: 100), SEED (default: of the clock; printed). Also: which files are refused.
source "$(dirname "$0")/lib.sh"
need_root

kills=${KILLS:-10}
[ -n "${MINERWATCH_LONG:-}" ] && kills=100
seed=${SEED:-$((EPOCHSECONDS % 100000))}
RANDOM=$seed
echo "# SEED=$seed KILLS=$kills"
alerts=$work/alerts state=$work/state
pinned=() places=()
ready_ms=()

end_all() {
	clean_up
	[ ${#places[@]} -eq 0 ] || rmdir "${places[@]}"
}
trap end_all EXIT

bpffs_mount "kill: with pins" && pinned=(--pin "$bpffs/pins")

# start NAME [OPTION...]: a run that goes on where the last one was killed; does not wait for ready
start() {
	local name=$1

	shift
	log=$work/$name.log
	"$build/minerwatch" run --alerts "$alerts" --state "$state" "${pinned[@]}" "$@" \
		2>"$log" &
	sensor=$!
	children+=("$sensor")
}

# All of the launcher's: whoever is left would still write.
killed() {
	kill -KILL "$sensor"
	expect gone "$sensor" 20
	wait "$sensor" 2>/dev/null
	true
}

# ready NAME: waits, and keeps how long it took
ready() {
	local began=$EPOCHREALTIME

	expect line "$log" "$sensor" 50 ready || return
	ready_ms+=("$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "%d", (b - a) * 1000}')")
}

miner() { # a stand-in that logs in and burns a little
	standin SECONDS=600 THREADS=1 DUTY=5 POOL="127.0.0.1:$pool_port" -- \
		"worker$1" -o "127.0.0.1:$pool_port" -u "$WALLET" --donate-level 1 || return
	miners+=("$standin")
}

# One that gives nothing away but its login, once. The sensor asks whether its cgroup is a container,
# which nobody answers, and would alert a second later.
quiet_miner() {
	local place=$cgroup_mount/live-kill-$$-$1 child process

	process=$(sensor_process) || return
	for child in $(children_of "$sensor"); do
		[ "$child" = "$process" ] || kill -STOP "$child"
	done
	mkdir "$place" && places+=("$place") || return
	standin SECONDS=600 THREADS=0 KEEPALIVE=600 CGROUP="$place" \
		POOL="127.0.0.1:$quiet_port" -- service || return
	quiet+=("$standin")
	sleep 0.1 # it is to be killed after it has read that; it may be killed before
}

# Once each, in order, without holes; a line that came twice has been dropped by the file sink.
numbered() {
	"$PYTHON" - "$alerts" "$@" <<'PYTHON'
import collections, json, sys
path, miners = sys.argv[1], [int(pid) for pid in sys.argv[2:]]
text = open(path).read()
if not text.endswith("\n"):
    sys.exit("the last line has no end")
lines = text.splitlines()
if len(set(lines)) != len(lines):
    sys.exit("a line stands there twice")
incidents = collections.defaultdict(list)
for alert in map(json.loads, lines):
    if alert["action"] != "suppressed":
        incidents[alert["id"]].append(alert)
for id, of_it in incidents.items():
    if [a["seq"] for a in of_it] != list(range(1, len(of_it) + 1)):
        sys.exit(f"{id} is numbered {[a['seq'] for a in of_it]}")
    if [a["action"] for a in of_it].count("opened") != 1 or of_it[0]["action"] != "opened":
        sys.exit(f"{id} went {[a['action'] for a in of_it]}")
by_pid = collections.Counter(of_it[0]["process"]["pid"] for of_it in incidents.values())
for pid in miners:
    if by_pid[pid] != 1:
        sys.exit(f"stand-in {pid} has {by_pid[pid]} incidents")
PYTHON
}

rounds() {
	local i pause

	for ((i = 1; i <= kills; i++)); do
		start "kill$i"
		if [ $((i % 5)) = 0 ] && [ -n "$quiet_port" ]; then
			ready && quiet_miner "$i" && killed || return
			continue
		fi
		# Every second one comes before it is ready, or about then.
		if [ $((RANDOM % 2)) = 0 ]; then
			ready || return
		fi
		if [ $((i % 3)) = 1 ] && [ "${#miners[@]}" -lt 4 ]; then
			miner "$i" || return
		fi
		pause=$(printf '0.%03d' $((RANDOM % 1000)))
		sleep "$pause" # the random moment, not a synchronisation
		killed || return
	done
}

all_known() { # each stand-in that lives was told of
	local pid

	for pid in "${miners[@]}"; do
		expect alert "$alerts" 20 action=opened "process.pid=$pid" >/dev/null || return
	done
	for pid in "${quiet[@]}"; do
		expect alert "$alerts" 20 action=opened "process.pid=$pid" \
			findings.detector=stratum_handshake >/dev/null || return
	done
}

all_ended() {
	local pid

	for pid in "${miners[@]}" "${quiet[@]}"; do
		end "$pid" || return
	done
	for pid in "${miners[@]}" "${quiet[@]}"; do
		expect alert "$alerts" 20 action=ended "process.pid=$pid" >/dev/null || return
	done
}

# Alerts of the runs before, sent again, are no part of it.
replays_to_the_end() {
	"$build/minerwatch" replay "$work/last.trace" >"$work/replayed" &&
		[ -s "$work/replayed" ] &&
		tail -n "$(wc -l <"$work/replayed")" "$alerts" | cmp - "$work/replayed" >&2
}

# refused CODE TEXT [OPTION...]: what a start with that state file says
refused() {
	local code

	timeout 50 "$build/minerwatch" run --alerts "$work/other" "${@:3}" 2>"$work/errors"
	code=$?
	grep -qF -- "$2" "$work/errors" || cat "$work/errors" >&2
	grep -qF -- "$2" "$work/errors" && equal "$1" "$code" "exit code"
}

miners=() quiet=() quiet_port=''
if [ ${#pinned[@]} -gt 0 ]; then
	if cgroup_find && mkdir "$cgroup_mount/live-kill-$$"; then
		places+=("$cgroup_mount/live-kill-$$")
		# Of a port that no miner uses, and silent after its answer.
		standin SERVE=0 THREADS=0 SECONDS=600 KEEPALIVE=600 -- stub || finish
		quiet_pool=$standin quiet_port=$standin_port
	else
		skip "kill: right after a login" "this host cannot make a cgroup"
	fi
fi
pool_start || finish
ln -s "$state" "$work/link"
mkfifo -m 600 "$work/fifo"
check "kill: a link is refused" refused 2 "is a link" --state "$work/link"
check "kill: a FIFO is refused" refused 2 "is no regular file" --state "$work/fifo"
(umask 077 && head -c 5000 /dev/urandom >"$state")
check "kill: $kills kills" rounds
start all
check "kill: those that live are seen once more" ready
check "kill: every stand-in alive is known" all_known
check "kill: and that run is killed" killed
# One ends while nobody looks.
check "kill: one ends unseen" end "${miners[0]}"
start last --record "$work/last.trace"
check "kill: the last one is ready" ready
check "kill: a second one on its file is refused" \
	refused 3 "a sensor that runs already, writes to that file" --state "$state"
check "kill: a damaged file is said" grep -q -- "--state: damaged" "$work/kill1.log"
check "kill: numbered without holes, opened once" numbered "${miners[@]}" "${quiet[@]}"
check "kill: every one ends" all_ended
check "kill: and is numbered to the end" numbered "${miners[@]}" "${quiet[@]}"
kill -TERM "$sensor"
check "kill: ended by SIGTERM" sensor_ended
check "kill: the last run replays to the same bytes" replays_to_the_end
grep -h -- '--state' "$work"/*.log | sort | uniq -c | sed 's/^/# /'
echo "# ready after, median of ${#ready_ms[@]}: $(printf '%s\n' "${ready_ms[@]}" | sort -n |
	sed -n "$(((${#ready_ms[@]} + 1) / 2))p") ms"
end "$pool"
[ -z "$quiet_port" ] || end "$quiet_pool"
echo "# ${#quiet[@]} of the kills right after a login"
finish

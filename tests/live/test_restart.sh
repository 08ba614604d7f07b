#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Kernel programs that outlive the sensor: nothing is missed while none runs, whoever takes over and
# whatever was left behind; and they end when told.
. "$(dirname "$0")/lib.sh"
need_root

restarts=${MINERWATCH_LONG:+100}
restarts=${restarts:-5}
digest=0123456789abcdef # of other programs

if ! command -v bpftool >/dev/null; then
	skip restart "this host has no bpftool"
	finish
fi
bpffs_mount restart || finish
pins=$bpffs/pins

# --- a sensor with pins ---

start() { # NAME [OPTION...]
	sensor_start "$1" --pin "$pins" "${@:2}"
}

# As SIGKILL, an out-of-memory kill or a crash leaves it.
kill_it() {
	kill -KILL "$sensor"
	wait "$sensor" 2>/dev/null
	sensor=''
}

# Of each start, but the first ones: fewer hooks than all are tried again.
is_whole() {
	equal 16 "$(find "$pins"/v* -name 'link-*' | wc -l)" "number of links"
}

program() {
	bpftool -j prog show pinned "$(echo "$pins"/v*/program-report_exec)" | expect get id
}

make() { # KIND COUNT WAY: sets marker, maker
	local made

	made=$("$build/generate" "$@") || return
	marker=$(expect get marker <<<"$made")
	maker=$(expect get pid <<<"$made")
}

miner() { # SECONDS
	standin SECONDS="$1" THREADS=0 -- worker -o 127.0.0.1:3333 -u "$WALLET" --donate-level 1
}

counted() { # WANTED RECORD_CONDITION...
	local wanted=$1

	shift
	equal "$wanted" "$(expect count "$records" "$@")" "number of $*"
}

nothing_dropped() {
	equal 0 "$(expect count "$records" type=counters 'dropped~[1-9]')" "records of drops"
}

# When each of the marked programs ran, and the run began.
times() { # RECORD_TYPE [MARKER]
	"$PYTHON" - "$records" "$@" <<-'PYTHON'
		import json, sys
		for line in open(sys.argv[1], encoding="utf-8"):
		    record = json.loads(line)
		    if record["type"] == sys.argv[2] and all(m in line for m in sys.argv[3:]):
		        print(record["time_ns"])
	PYTHON
}

in_order() { # MARKER: and before the run
	{ times exec "$1" && times host; } >"$work/times"
	sort -nc "$work/times"
}

first_two() {
	equal "host wall" "$(head -n 2 "$records" | while read -r line; do
		expect get type <<<"$line"
	done | tr '\n' ' ' | sed 's/ $//')" "start of the trace"
}

after_start() { # ALERT: event time began with the run
	local offset_ns

	offset_ns=$(head -n 2 "$records" | tail -n 1 | expect get offset_ns)
	"$PYTHON" - "$1" "$(times host)" "$offset_ns" "$live" <<-'PYTHON'
		import json, sys
		sys.path.append(sys.argv[4])
		import expect
		sys.exit(expect.alert_ns(json.loads(sys.argv[1])) < int(sys.argv[2]) + int(sys.argv[3]))
	PYTHON
}

# --- cases ---

case_killed() {
	local id log_of_next alert ended

	start killed || return
	id=$(program)
	kill_it
	make exec 400 plain || return
	execs=$marker
	make connect 53 v4 || return
	miner 1 && expect gone "$standin" 20 && ended=$standin
	miner 40 || return
	start next || return
	log_of_next=$log
	if is_whole; then
		check "killed: the next start loads nothing" equal "$id" "$(program)" "id of a program"
		check "killed: and says so" grep -q 'going on with the kernel programs' "$log_of_next"
	else
		skip "killed: the next start loads nothing" "this kernel cannot have all hooks"
	fi
	alert=$(check "killed: one that still lives is alerted" expect alert "$alerts" 20 \
		action=opened "process.pid=$standin")
	check "killed: one that lived in between, too" expect alert "$alerts" 20 \
		action=opened "process.pid=$ended" >"$work/found"
	end "$standin"
	sensor_stop_and_replay || return
	check "killed: 400 of 400 programs" counted 400 type=exec "argv=$execs"
	check "killed: 53 of 53 connects" counted 53 type=connect "pid=$maker"
	check "killed: nothing dropped" nothing_dropped
	check "killed: in the order they ran, before the run" in_order "$execs"
	check "killed: the trace begins with the host" first_two
	check "killed: no alert is older than the run" after_start "$alert"
}

# Connects to a port where nobody listens, once for each line.
talk() {
	while read -r; do
		true 3<>"/dev/tcp/127.0.0.1/$1"
		echo talked
	done 2>/dev/null
}

talks() {
	local answer

	echo >&"$ask" && read -r -t 10 -u "$told" answer && equal talked "$answer" answer
}

# What a process used before the run is not told as used in it.
nothing_before() { # PID
	local first

	first=$("$PYTHON" - "$records" "$1" <<-'PYTHON'
		import json, sys
		records = (json.loads(line) for line in open(sys.argv[1], encoding="utf-8"))
		print(next(r["run_ns"] for r in records if r["type"] == "thread" and r["pid"] == int(sys.argv[2])))
	PYTHON
	)
	equal 0 "$first" "run_ns of its first record"
}

# The one made in this run; that of the run before may have waited in the ring.
connects_again() { # PID
	local again

	again=$(times connect "\"pid\":$1," | awk -v begun="$(times host)" '$1 >= begun' | wc -l)
	equal 1 "$again" "number of connects since the start"
}

# What one reader was told is told to the next: a path, a peer.
case_told_again() {
	local place='' talker spinner late

	cgroup_find && mkdir "$cgroup_mount/live-restart-$$" &&
		place=$cgroup_mount/live-restart-$$
	mkfifo "$work/ask" "$work/told"
	exec {ask}<>"$work/ask" {told}<>"$work/told"
	talk 9 <"$work/ask" >"$work/told" &
	talker=$!
	while :; do :; done &
	spinner=$!
	children+=("$talker" "$spinner")
	[ -z "$place" ] || echo "$talker" >"$place/cgroup.procs"
	start told || return
	check "told: connects" talks
	kill_it
	while :; do :; done &
	late=$!
	children+=("$late")
	sleep 1 # time that nobody sees is what this is about
	start told_again || return
	check "told again: connects" talks
	sensor_stop_and_replay || return
	kill -KILL "$talker" "$spinner" "$late"
	wait "$talker" "$spinner" "$late" 2>/dev/null
	check "told again: the same connect" connects_again "$talker"
	check "told again: nothing used before" nothing_before "$spinner"
	check "told again: nor by one that began meanwhile" nothing_before "$late"
	if [ -z "$place" ]; then
		skip "told again: the path of an old cgroup" "this host cannot make one"
		return
	fi
	rmdir "$place"
	check "told again: the path of an old cgroup" counted 1 type=cgroup "path~/live-restart-$$\$"
}

refused() { # EXIT-CODE WHY COMMAND...: minerwatch
	local code

	timeout 20 "$build/minerwatch" "${@:3}" 2>"$work/errors"
	code=$?
	equal "$1" $code "exit code" || return
	grep -q -- "$2" "$work/errors" || { echo "said: $(cat "$work/errors")" >&2; false; }
}

doctor_says() { # PATTERN
	"$build/minerwatch" doctor --pin "$pins" >"$work/doctor"
	grep -qE "$1" "$work/doctor" || { echo "no $1: $(grep pins "$work/doctor")" >&2; false; }
}

detached() {
	"$build/minerwatch" detach --pin "$pins" 2>"$work/errors" || return
	[ ! -e "$pins" ] || { echo "still there: $(ls "$pins")" >&2; false; }
}

program_gone() { # ID
	! bpftool prog show id "$1" >/dev/null 2>&1
}

# The kernel frees programs a moment after their last user.
programs_gone() { # ID
	until_true 10 "the end of program $1" program_gone "$1"
}

# A helper can hang in a file system; nobody could take the pins over then. The sensor drops what it
# may as without pins (CAP_BPF stays before about 5.19).
two_hold() {
	local fd holders=() child

	for fd in /proc/[0-9]*/fd/*; do
		[ "$(readlink "$fd")" = "$pins" ] && holders+=("${fd#/proc/}")
	done 2>/dev/null
	equal 2 ${#holders[@]} "number of holders" || return
	for child in "${holders[@]%%/*}"; do
		[ "$child" = "$sensor" ] || grep -qE '^CapPrm:	(0{16}|0{6}8000000000)$' "/proc/$child/status" ||
			{ echo "$child has $(grep CapPrm "/proc/$child/status")" >&2; return 1; }
	done
}

case_ended() {
	local id

	start ended || return
	check "ended: launcher and sensor alone hold the pins" two_hold
	check "ended: a second sensor is refused" refused 3 "process $sensor\$" run --alerts "$work/none" \
		--pin "$pins"
	check "ended: detach is refused" refused 3 "process $sensor\$" detach --pin "$pins"
	check "ended: doctor sees a sensor" doctor_says '^ok +pins .*a sensor works'
	sensor_stop
	id=$(program)
	check "ended: doctor sees what is left" doctor_says '^NOTE +pins .*no sensor runs'
	make exec 97 plain || return
	start ended_next || return
	sensor_stop_and_replay || return
	check "ended: 97 of 97 programs after SIGTERM" counted 97 type=exec "argv=$marker"
	check "ended: detach" detached
	check "ended: its programs are gone" programs_gone "$id"
	check "ended: detach when nothing is pinned" detached
	check "ended: doctor has nothing to say" doctor_says '^ok +exec'
	check "ended: of pins" equal 0 "$(grep -c ' pins ' "$work/doctor")" "number of lines"
}

one_set() { # NAME-PATTERN
	local names

	names=$(ls "$pins")
	[[ $names =~ ^v[a-z0-9_]+-[0-9a-f]{16}-[0-9a-f]{16}$ ]] && is_whole && return
	echo "there is: $names" >&2
	return 1
}

# Whatever happens while the programs are exchanged is seen once.
case_replaced() { # NAME WHAT: done to $set, the directory of the set
	local set id busy

	start "$1" || return
	kill_it
	set=$(echo "$pins"/v*)
	id=$(program)
	"$2" || return
	"$build/generate" exec 1009 plain >"$work/made.$1" &
	busy=$!
	start "$1_next" || return
	wait "$busy"
	sensor_stop_and_replay || return
	marker=$(expect get marker <"$work/made.$1")
	check "$1: 1009 of 1009 programs, once" counted 1009 type=exec "argv=$marker"
	check "$1: nothing dropped" nothing_dropped
	check "$1: one set, and whole" one_set
	check "$1: other programs" test "$id" != "$(program)"
	check "$1: the old ones are gone" programs_gone "$id"
}

other_version() {
	mv "$set" "$pins/v0_0_9-$digest-0000000000000000"
}

lacks_link() {
	rm "$set/link-report_fork"
}

now() { # as names of sets have it
	"$PYTHON" -c 'import time; print("%016x" % time.clock_gettime_ns(time.CLOCK_BOOTTIME))'
}

# The ring once more, as that of an older set.
another_name() {
	mkdir "$pins/v0_0_9-$digest-0000000000000000" &&
		bpftool map pin pinned "$1/ring" "$pins/v0_0_9-$digest-0000000000000000/ring"
}

# What happened before the moment in a set's name is the older set's to tell, what happened after it
# is not: while sets are exchanged both see the same (here: both have the same ring), and each program
# is told once.
case_moment() { # NAME OLDER LATER: how many of 97 earlier and 53 later programs are to be seen
	local set earlier moment

	start "$1" || return
	kill_it
	make exec 97 plain || return
	earlier=$marker
	moment=$(now)
	set=$(echo "$pins"/v*)
	mv "$set" "${set%-*}-$moment"
	[ "$2" = 0 ] || check "$1: an older set" another_name "${set%-*}-$moment"
	make exec 53 plain || return
	start "$1_next" || return
	sensor_stop_and_replay || return
	check "$1: $2 of 97 earlier programs" counted "$2" type=exec "argv=$earlier"
	check "$1: $3 of 53 later ones" counted "$3" type=exec "argv=$marker"
}

# All is there by name, but nothing runs the program that tells of exec.
wrong_link() {
	rm "$set/link-report_exec"
	bpftool link pin pinned "$set/link-report_fork" "$set/link-report_exec"
}

case_wrong_link() {
	local set id

	start wrong || return
	kill_it
	set=$(echo "$pins"/v*)
	id=$(program)
	check "wrong: a link of another program" wrong_link || return
	start wrong_next || return
	sensor_stop_and_replay
	check "wrong: other programs" test "$id" != "$(program)"
	check "wrong: one set, and whole" one_set
}

# Execs that the pinned programs dropped and nobody was told of, as their map has them.
untold() {
	bpftool -j map dump pinned "$set/losses" | "$PYTHON" -c '
import json, struct, sys
loss = bytes(int(byte, 16) for byte in json.load(sys.stdin)[0]["value"])
dropped, told = struct.unpack("=QQ", loss)
print(dropped - told)'
}

# Dropped execs, as the newest log says them; nothing said: 0.
said_dropped() {
	sed -nE 's/^minerwatch: warning: dropped, and not told before: exec ([0-9]+).*/\1/p' "$log" |
		awk '{sum += $1} END {print sum + 0}'
}

# What the programs have lost, and not much more: other programs of the host go on.
as_dropped() { # LEAST NUMBER
	[ "$2" -ge "$1" ] && [ "$2" -lt $(($1 * 3 / 2)) ] && return
	echo "$2 are said to be dropped, of $1" >&2
	return 1
}

trace_dropped() {
	"$PYTHON" -c '
import json, sys
records = (json.loads(line) for line in open(sys.argv[1], encoding="utf-8"))
print(next(record["dropped"][0] for record in records if record["type"] == "counters"))' "$records"
}

# A ring that is too small, while no sensor reads: the next one tells how many were lost, of programs that
# it takes over as of those that it replaces; once.
case_lost() {
	local set least

	start lost --ring 64K || return
	kill_it
	set=$(echo "$pins"/v*)
	make exec 3001 plain || return
	least=$(untold) && [ "$least" -gt 2000 ] || { check "lost: many" false; return; }
	start lost_next --ring 64K || return
	check "lost: taken over, and told" as_dropped "$least" "$(said_dropped)"
	kill_it
	start lost_again --ring 64K || return
	check "lost: not told once more" [ "$(said_dropped)" -lt $((least / 2)) ]
	kill_it
	other_version
	set=$pins/v0_0_9-$digest-0000000000000000
	make exec 3001 plain || return
	least=$(untold)
	start lost_replaced --ring 64K || return
	check "lost: replaced, and told" as_dropped "$least" "$(said_dropped)"
	sensor_stop_and_replay || return
	check "lost: in the trace" as_dropped "$least" "$(trace_dropped)"
	check "lost: what another version wrote otherwise" unknown_losses
	start lost_unknown || return
	check "lost: is not guessed" grep -q 'how many were dropped there is not known' "$log"
	sensor_stop
}

unknown_losses() {
	local one

	one=$(echo "$pins"/v*) && rm "$one/losses" && bpftool map pin pinned "$one/ring" "$one/losses"
}

# One whose making was cut short, after another version: what it saw is not whole, so that one's is
# read to its end.
case_half() {
	local set half

	start half || return
	kill_it
	set=$(echo "$pins"/v*)
	other_version
	half=$pins/new-v0_1_0-$digest-$(now)
	mkdir "$half"
	check "half: one that was left" bpftool link pin pinned \
		"$pins/v0_0_9-$digest-0000000000000000/link-report_fork" "$half/link-report_fork"
	make exec 53 plain || return
	start half_next || return
	sensor_stop_and_replay
	check "half: one set, and whole" one_set
	check "half: 53 of 53 programs" counted 53 type=exec "argv=$marker"
}

link_detached() {
	bpftool link detach pinned "$set/link-report_connect_udp4"
}

case_detached_link() {
	local set

	start link || return
	kill_it
	set=$(echo "$pins"/v*)
	if [ ! -e "$set/link-report_connect_udp4" ]; then
		skip "link: detached" "this host has no cgroup2"
		return
	fi
	check "link: detached" link_detached || return
	start link_next || return
	make connect 53 udp4
	sensor_stop_and_replay
	check "link: 53 of 53 connects" counted 53 type=connect "pid=$maker"
}

case_refused() {
	local bad=$bpffs/bad

	mkdir "$work/plain"
	check "refused: no bpffs" refused 2 "is not on a BPF file system" run --pin "$work/plain/p"
	check "refused: no bpffs, nothing made" test ! -e "$work/plain/p"
	check "refused: bpffs itself" refused 2 "name a directory in it" run --pin "$bpffs"
	check "refused: detach there" refused 2 "name a directory in it" detach --pin "$bpffs"
	mkdir -m 777 "$bad"
	chmod 777 "$bad"
	check "refused: others may write" refused 2 "can be written" run --pin "$bad"
	chmod 700 "$bad"
	chown 65534 "$bad"
	check "refused: somebody else's" refused 2 "belongs to" run --pin "$bad"
	rmdir "$bad"
	ln -s "$work/plain" "$bad"
	check "refused: a link" refused 2 "is a link" run --pin "$bad"
	rm "$bad"
	check "refused: no directory above" refused 2 "No such file" run --pin "$bpffs/none/p"
	check "refused: a relative path" refused 2 "absolute" run --pin pins
}

# From the command to "ready" in microseconds. The pipe is this run's own: the children of the one
# killed before may still hold the end of theirs.
ready_after() { # NAME: sets sensor, took_us
	local says line started=${EPOCHREALTIME/./}

	mkfifo "$work/$1.says"
	exec {says}<>"$work/$1.says"
	"$build/minerwatch" run --alerts "$work/times.again" --pin "$pins" 2>&"$says" &
	sensor=$!
	children+=("$sensor")
	while read -r -t 20 -u "$says" line && [ "$line" != ready ]; do :; done
	took_us=$((${EPOCHREALTIME/./} - started))
	exec {says}>&-
	equal ready "$line" "last line"
}

# Printed only: how long it takes depends on who else is at work here.
case_times() {
	local all_ready=true took_us times=()

	start times || return
	for ((i = 0; i < restarts; i++)); do
		kill_it
		ready_after "times.$i" || all_ready=false
		times+=("$took_us")
	done
	check "times: ready each time" "$all_ready"
	kill_it
	check "times: detach" detached
	printf '%s\n' "${times[@]}" | sort -n |
		awk '{t[NR] = $1} END {printf "# restart to ready, median of %d: %d ms, longest %d ms\n",
			NR, t[int((NR + 1) / 2)] / 1000, t[NR] / 1000}'
}

run_case case_killed
run_case case_told_again
run_case case_ended
run_case case_replaced version other_version
run_case case_replaced no_link lacks_link
run_case case_moment own 0 53
run_case case_moment older 97 53
run_case case_wrong_link
run_case case_lost
run_case case_half
run_case case_detached_link
run_case case_refused
run_case case_times
finish

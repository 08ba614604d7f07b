#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# RandomX is found by its arithmetic alone: no name, no argument, no network. Each deadline is event
# time since the exec (or the run's first record); the seconds given to await are hang guards.
. "$(dirname "$0")/lib.sh"
need_root

cpu=$(sed -n 's/^Cpus_allowed_list:\t\([0-9]*\).*/\1/p' /proc/self/status)
quota=
high='severity~high|critical'
arithmetic=findings.detector=randomx_rounding

# await NAME GUARD CONDITION...: sets found to the alert
await() {
	local name=$1

	shift
	check "$name" expect alert "$alerts" "$@" >"$work/found" && found=$(cat "$work/found")
}

# The trace is read when the run is over: what has to be checked of it until then waits in a list.
delays=()
owe() { # NAME LIMIT_MS RECORD_CONDITION
	delays+=("$1" "$2" "$3" "$found")
}

pay() {
	local i

	for ((i = 0; i < ${#delays[@]}; i += 4)); do
		check "${delays[i]}: within $((delays[i + 1] / 1000)) s" expect delay "$records" "${delays[i + 3]}" \
			"${delays[i + 1]}" type="${delays[i + 2]%% *}" "${delays[i + 2]#* }" >"$work/ms"
		echo "# ${delays[i]}: $(cat "$work/ms") ms of event time, limit ${delays[i + 1]} ms"
	done
	delays=()
}

# case_plain NAME LIMIT_MS [CONTROL...]: the stand-in as its controls say
case_plain() {
	local name=$1 limit=$2

	shift 2
	standin SECONDS=60 ROUNDING=1 "$@" -- a || return
	await "$name: high" $((limit / 100)) "process.pid=$standin" "$high" "$arithmetic" || return
	owe "$name" "$limit" "exec pid=$standin"
	end "$standin"
}

# A period of 200 ms, of which the stand-in may run so many per cent.
stop_and_go() {
	local pid=$1 on off

	on=$(printf '0.%03d' $(($2 * 2))) off=$(printf '0.%03d' $((200 - $2 * 2)))
	while kill -CONT "$pid" 2>/dev/null; do
		sleep "$on"
		kill -STOP "$pid" 2>/dev/null || return
		sleep "$off"
	done
}

case_stopped() {
	local duty=$1 controller name="$1 % by SIGSTOP"

	standin SECONDS=60 ROUNDING=1 -- a || return
	stop_and_go "$standin" "$duty" &
	controller=$!
	children+=("$controller")
	await "$name: high" 300 "process.pid=$standin" "$high" "$arithmetic"
	kill "$controller"
	[ -n "$found" ] && owe "$name" 30000 "exec pid=$standin"
	kill -KILL "$standin"
	expect gone "$standin" 20
}

# A cgroup of ours in which CPU time can be limited, of either version.
quota_make() {
	local root

	for root in /sys/fs/cgroup/cpu /sys/fs/cgroup /sys/fs/cgroup/unified; do
		mkdir "$root/live-$$" 2>/dev/null || continue
		[ -e "$root/live-$$/cpu.cfs_quota_us" ] || [ -e "$root/live-$$/cpu.max" ] &&
			quota=$root/live-$$ && return
		rmdir "$root/live-$$"
	done
	return 1
}

case_quota() {
	local duty=$1 name="$1 % by a cgroup's quota"

	if [ -e "$quota/cpu.max" ]; then
		echo "${duty}000 100000" >"$quota/cpu.max"
	else
		echo 100000 >"$quota/cpu.cfs_period_us"
		echo "${duty}000" >"$quota/cpu.cfs_quota_us"
	fi
	standin SECONDS="$2" ROUNDING=1 -- a || return
	echo "$standin" >"$quota/cgroup.procs"
	await "$name: high" 300 "process.pid=$standin" "$high" "$arithmetic" &&
		owe "$name" 30000 "exec pid=$standin"
}

# What it may not run counts as wanted: it is as busy as any, though it runs a quarter of the time.
case_quota_busy() {
	case_quota 25 14
	expect gone "$standin" 200
	check "25 % by a cgroup's quota: sustained_cpu" expect alert "$alerts" 100 action=ended \
		"process.pid=$standin" findings.detector=sustained_cpu >"$work/found"
}

# A thread of the sums inside a program that is what it seems otherwise.
case_innocent() {
	if ! gcc -shared -fPIC -O2 -iquote "$live/../../tools/standin" -o "$work/thread.so" \
		"$live/preload/thread.c" "$live/../../tools/standin/standin_arithmetic.c" \
		"$live/../../tools/standin/standin_round.c" 2>"$work/stderr"; then
		skip "thread of an innocent process" "this host has no compiler, or no sources"
		return
	fi
	LD_PRELOAD="$work/thread.so" setsid sleep 60 &
	standin=$!
	children+=("$standin")
	await "thread of an innocent process: high" 50 "process.pid=$standin" "$high" "$arithmetic" &&
		owe "thread of an innocent process" 5000 "exec pid=$standin"
	end "$standin"
}

# Each lives for 300 ms and does nothing by itself that would be enough.
case_processes() {
	standin SECONDS=120 ROUNDING=1 PROCESSES=200 -- a || return
	await "200 processes: high" 600 "ancestors.pid=$standin" "$high" "$arithmetic" || return
	check "200 processes: before the last one ends" kill -0 "$standin"
	owe "200 processes" 60000 "exec pid=$standin"
	end "$standin"
}

# Busy in bursts, as a node that checks blocks: told, but not as a miner.
case_verifier() {
	standin SECONDS=60 VERIFIER=1 -- a || return
	await "verifier: seen" 300 "process.pid=$standin" "$arithmetic" || return
	check "verifier: medium" equal medium "$(expect get severity <<<"$found")" severity
	check "verifier: the text says that a node is possible" \
		grep -q 'a node that verifies is possible' <<<"$found"
	verifier=$standin
}

# Huge pages that it sets aside and maps, as XMRig does when it may; two of them, given back.
case_hugepages() {
	local pages=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages before

	if ! before=$(cat $pages 2>/dev/null) || ! echo $((before + 2)) >$pages ||
		[ "$(cat $pages)" != $((before + 2)) ]; then
		echo "$before" >$pages
		skip "huge pages" "this host has no room for two huge pages"
		return
	fi
	echo "$before" >$pages
	standin SECONDS=30 ROUNDING=1 HUGEPAGES=2 -- a &&
		await "huge pages: set aside and mapped" 100 "process.pid=$standin" \
			findings.detector=host_tuning kind=hugepages
	end "$standin"
	echo "$before" >$pages
}

# The descriptor alone counts; nothing is read or written by it.
case_registers() {
	if [ ! -c /dev/cpu/0/msr ]; then
		skip "model-specific registers held open" "this host has no /dev/cpu/0/msr"
		return
	fi
	standin SECONDS=30 ROUNDING=1 -- a 9</dev/cpu/0/msr &&
		await "model-specific registers held open" 100 "process.pid=$standin" \
			findings.detector=host_tuning kind=descriptor
	end "$standin"
}

container_remove() {
	runc kill "live-$$" KILL 2>/dev/null
	runc delete -f "live-$$" 2>/dev/null
}

case_container() {
	local bundle=$work/bundle

	if ! command -v runc >/dev/null; then
		skip "in a container" "this host has no runc"
		return
	fi
	mkdir -p "$bundle/rootfs"
	cp "$build/standin" "$bundle/rootfs/a"
	(cd "$bundle" && runc spec && "$PYTHON" - <<-'PY'
		import json
		spec = json.load(open("config.json"))
		spec["process"]["terminal"] = False
		spec["process"]["args"] = ["/a"]
		spec["process"]["env"] = ["STANDIN_ROUNDING=1", "STANDIN_SECONDS=60"]
		json.dump(spec, open("config.json", "w"))
	PY
	) || return
	if ! runc run -d -b "$bundle" "live-$$" >"$work/runc" 2>&1 </dev/null; then
		not_ok "in a container" "$(tail -n 1 "$work/runc")"
		return
	fi
	standin=$(runc state "live-$$" | "$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["pid"])')
	await "in a container: high" 50 "process.pid=$standin" "$high" "$arithmetic" &&
		owe "in a container" 5000 "exec pid=$standin"
	container_remove
}

# Already running when the sensor starts, and a real-time hog on one CPU: no tick may be late.
case_hog() {
	local hog

	pin=$cpu standin SECONDS=60 ROUNDING=1 -- a || return
	chrt -f 50 taskset -c "$cpu" sh -c 'while :; do :; done' 2>/dev/null &
	hog=$!
	children+=("$hog")
	sensor_start hog || return
	await "running before, beside a real-time hog: high" 200 "process.pid=$standin" "$high" \
		"$arithmetic" || return
	owe "running before, beside a real-time hog" 10000 "host boot_id~."
	sleep 5 # ticks to count, not events to wait for
	kill -KILL "$hog"
	end "$standin"
	sensor_stop_and_replay || return
	pay
	check "beside a real-time hog: no tick is late" ticks_are_even
}

ticks_are_even() {
	"$PYTHON" - "$records" <<-'PY'
		import json, sys
		times = [r["time_ns"] for r in map(json.loads, open(sys.argv[1])) if r["type"] == "tick"]
		gap = max(b - a for a, b in zip(times, times[1:])) / 1e6
		print(f"{gap:.0f} ms between two ticks", file=sys.stderr)
		sys.exit(gap > 2000)
	PY
}

case_before() {
	standin SECONDS=60 ROUNDING=1 -- a || return
	sensor_start before || return
	await "running before: high" 100 "process.pid=$standin" "$high" "$arithmetic" || return
	owe "running before" 10000 "host boot_id~."
	end "$standin"
	sensor_stop_and_replay || return
	pay
}

case_after() {
	found=
	sensor_start randomx || return
	case_verifier
	found=
	case_plain "full duty" 5000
	case_plain "one among 64 idle threads" 5000 IDLE=63
	case_plain "50 % of each 10 ms" 10000 DUTY=50
	case_innocent
	case_container
	for duty in 50 25 10; do
		found=
		case_stopped $duty
	done
	if quota_make; then
		for duty in 50 10; do
			case_quota $duty 60
			end "$standin"
		done
		case_quota_busy
		rmdir "$quota"
	else
		skip "quota" "this host cannot limit a cgroup's CPU time"
	fi
	case_hugepages
	case_registers
	case_processes
	check "verifier: never more than medium" equal 0 "$(expect count "$alerts" \
		"process.pid=$verifier" "$high")" "alerts above medium"
	end "$verifier"
	sensor_stop_and_replay || return
	check "replays alike offline" replays_alike minerwatch-offline "$trace" "$alerts"
	pay
}

run_case case_after
run_case case_before
run_case case_hog
container_remove 2>/dev/null
finish

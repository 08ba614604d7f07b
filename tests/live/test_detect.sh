#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Miner-like programs are reported in time, whatever they do to hide. Deadlines are event time; the
# seconds given to expect alert are hang guards of ten times as much.
. "$(dirname "$0")/lib.sh"
need_root

cpu=$(sed -n 's/^Cpus_allowed_list:\t\([0-9]*\).*/\1/p' /proc/self/status)

# soon NAME ALERT LIMIT_MS RECORD_CONDITION...: the alert's delay behind the record
soon() {
	local name=$1 line=$2

	shift 2
	check "$name: in time" expect delay "$records" "$line" "$@" >"$work/ms" &&
		echo "# $name: $(cat "$work/ms") ms of event time"
}

# await NAME GUARD CONDITION...: sets found to the alert
await() {
	local name=$1

	shift
	check "$name" expect alert "$alerts" "$@" >"$work/found" && found=$(cat "$work/found")
}

# One that is told by its command line, then by its CPU, and then ends.
case_xmrig() {
	local opened raised id

	sensor_start xmrig || return
	pin=$cpu standin SECONDS=120 POOL="127.0.0.1:$pool_port" -- \
		xmrig -o "127.0.0.1:$pool_port" -u "$WALLET" -p hunter2 --donate-level 1 -k || return
	await "xmrig: opened" 20 action=opened "process.pid=$standin" findings.detector=miner_option || return
	opened=$found
	id=$(expect get id <<<"$opened")
	check "xmrig: severity at least high" expect_high "$opened"
	check "xmrig: wallet named" equal "$WALLET" "$(expect get indicators.wallet <<<"$opened")" \
		wallet
	check "xmrig: password masked" expect_no hunter2 "$alerts"
	await "xmrig: CPU is told" 600 'action~raised|updated' "id=$id" findings.detector=sustained_cpu || return
	raised=$found
	end "$standin"
	await "xmrig: ended" 100 action=ended "id=$id" || return
	sensor_stop_and_replay || return
	soon "xmrig: opened" "$opened" 2000 type=exec "pid=$standin"
	soon "xmrig: CPU" "$raised" 60000 type=exec "pid=$standin"
	check "xmrig: ended after its exit" expect delay "$records" "$found" 20000 \
		type=exit "pid=$standin" >/dev/null
	check "xmrig: one incident" equal 1 "$(expect count "$alerts" action=opened "process.pid=$standin")" opened
}

expect_high() {
	case $(expect get severity <<<"$1") in
	high | critical) return 0 ;;
	esac
	echo "severity is $(expect get severity <<<"$1")" >&2
	return 1
}

expect_no() {
	! grep -n -F -e "$1" "$2" >&2
}

# Already running when the sensor starts.
case_before() {
	pin=$cpu standin SECONDS=120 POOL="127.0.0.1:$pool_port" -- \
		xmrig -o "127.0.0.1:$pool_port" -u "$WALLET" --donate-level 1 || return
	sensor_start before || return
	await "before: opened" 600 action=opened "process.pid=$standin" || return
	end "$standin"
	await "before: ended" 100 action=ended || return
	sensor_stop_and_replay || return
	soon "before: opened" "$(expect alert "$alerts" 0 action=opened)" 60000 type=host
}

# case_unlinked NAME DISGUISE KIND: its file has no name
case_unlinked() {
	local name=$1 kind=$3

	sensor_start "$name" || return
	standin SECONDS=60 THREADS=0 POOL="127.0.0.1:$pool_port" DISGUISE="$2" -- \
		worker --algo rx/0 -o "127.0.0.1:$pool_port" -u "$WALLET" --donate-level 1 || return
	await "$name: file named as evidence" 20 "process.pid=$standin" 'action~opened|raised|updated' \
		findings.detector=unlinked_exec "findings.evidence.kind=$kind" || return
	end "$standin"
	sensor_stop_and_replay || return
	soon "$name: seen" "$found" 2000 type=exec "pid=$standin"
}

# The parent ends at once; the incident goes on with the child in its own session.
case_daemon() {
	local id opened

	sensor_start daemon || return
	pin=$cpu standin SECONDS=120 POOL="127.0.0.1:$pool_port" DISGUISE=daemon -- \
		xmrig -o "127.0.0.1:$pool_port" -u "$WALLET" -B --donate-level 1 || return
	await "daemon: opened" 20 action=opened "process.pid=$standin_first" || return
	id=$(expect get id <<<"$found")
	opened=$found
	await "daemon: the child's CPU is told" 600 'action~raised|updated' "id=$id" \
		findings.detector=sustained_cpu "findings.pid=$standin" || return
	check "daemon: not ended with its parent" equal 0 "$(expect count "$alerts" action=ended)" ended
	end "$standin"
	await "daemon: ended under the same id" 100 action=ended "id=$id" || return
	sensor_stop_and_replay || return
	soon "daemon: opened" "$opened" 2000 type=exec "pid=$standin_first"
	check "daemon: one incident" equal 0 "$(expect count "$alerts" action=opened \
		"process.pid=$standin")" "opened by the child"
	check "daemon: ended after the child's exit" expect delay "$records" "$found" 20000 \
		type=exit "pid=$standin" >/dev/null
}

# No option that says anything: a wallet by itself, after a word of no meaning.
# A wallet alone may belong to an honest tool; with a busy CPU it is a miner's.
case_wallet() {
	sensor_start wallet || return
	standin SECONDS=60 THREADS=1 -- worker pay "$WALLET" || return
	await "wallet: opened" 150 action=opened "process.pid=$standin" "indicators.wallet=$WALLET" || return
	end "$standin"
	sensor_stop_and_replay || return
	soon "wallet: opened" "$found" 15000 type=exec "pid=$standin"
}

# A name proves nothing: the finding may be made, an alert may not.
case_name() {
	sensor_start name || return
	cp "$build/standin" "$work/xmrig"
	program=$work/xmrig standin SECONDS=3 THREADS=0 -- xmrig || return
	check "name: ran its time" expect gone "$standin" 30
	sensor_stop_and_replay || return
	check "name: seen" equal 1 "$(expect count "$records" type=exec "pid=$standin" name=xmrig)" seen
	check "name: no alert" equal 0 "$(expect count "$alerts")" alerts
}

pool_start || finish
run_case case_xmrig
run_case case_before
run_case case_unlinked memfd memfd memfd
run_case case_unlinked deleted unlinked deleted
run_case case_daemon
run_case case_wallet
run_case case_name
end "$pool"
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Row S9 of README's table: one pid, and one session number, had by one process after another, are kept
# apart by the start time: what speaks against one says nothing of the next.
. "$(dirname "$0")/lib.sh"
need_root

times=1499 standins=7

use_again() {
	WALLET=$WALLET "$PYTHON" "$live/reuse.py" $times $standins "$build" >"$work/reused" &&
		read -r pid made shown <"$work/reused" && echo "pid $pid: $made processes, $shown stand-ins"
}

all_ended() {
	local ended

	ended=$(grep -c '"action":"ended"' "$alerts")
	[ "$ended" -ge "$shown" ] || { echo "$ended ended, not $shown" >&2; false; }
}

# One incident a stand-in, each opened and ended once, and about the stand-in's program alone.
no_wrong_joins() {
	"$PYTHON" - "$alerts" "$pid" "$shown" <<-'PYTHON'
		import json, sys
		alerts = [json.loads(line) for line in open(sys.argv[1])]
		ours = [a for a in alerts if a["process"]["pid"] == int(sys.argv[2])]
		opened = [a for a in ours if a["action"] == "opened"]
		for action in ("opened", "ended"):
		    ids = {a["id"] for a in ours if a["action"] == action}
		    if len(ids) != int(sys.argv[3]):
		        told = [f"{a['action']} {a['summary']}" for a in ours][:9]
		        sys.exit(f"{len(ids)} incidents {action}, not {sys.argv[3]}: {told}")
		if len(opened) != len({a["process"]["start_time"] for a in opened}):
		    sys.exit("two incidents with one start time")
		for a in ours:
		    if a["action"] == "reopened":
		        sys.exit(f"reopened: {a['summary']}")
		    if not a["process"]["exe"].endswith("/standin") or a["process"]["args"][0] != "xmrig":
		        sys.exit(f"of another process: {a['process']}")
	PYTHON
}

if [ ! -w /proc/sys/kernel/ns_last_pid ]; then
	skip "pid reuse" "this kernel has no ns_last_pid: no CONFIG_CHECKPOINT_RESTORE"
	finish
fi
sensor_start reuse || finish
check "S9 one pid, many processes" use_again || finish
check "S9 each one's end" until_true 30 "ends of incidents" all_ended
sensor_stop_and_replay
check "S9 each exec is there" equal "$made" \
	"$(expect count "$records" type=exec "pid=$pid" 'filename~/(soak|standin)$')" "number of execs"
check "S9 none is taken for another" no_wrong_joins
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A thousand containers made and removed: each one's cgroup and program
# are seen once, under its own id, and the sensor's memory does not grow in the second half.
. "$(dirname "$0")/../live/lib.sh"
need_root
command -v runc >/dev/null || { skip churn "no runc (see tests/containers/install.sh)"; finish; }
count=1000
bundle=$work/bundle
parent=minerwatch-churn
mkdir -p "$bundle/rootfs"
cp "$build/pause" "$bundle/rootfs/pause"

remove_parent() {
	local mount

	for mount in /sys/fs/cgroup /sys/fs/cgroup/*; do
		[ ! -d "$mount/$parent" ] || rmdir "$mount/$parent"
	done
}
trap 'clean_up; remove_parent 2>/dev/null' EXIT

(cd "$bundle" && runc spec) || exit 1
jq '.process.args = ["/pause", "print", "@ID@"] | .process.terminal = false | .root.path = "rootfs" |
	.linux.cgroupsPath = "/'$parent'/@ID@" | .mounts |= map(select(.type != "cgroup")) |
	.process.capabilities = {} | del(.process.rlimits)' "$bundle/config.json" >"$work/template.json"

run_some() { # HOW-MANY
	local id i

	for ((i = 0; i < $1; i++)); do
		id=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
		sed "s/@ID@/$id/" "$work/template.json" >"$bundle/config.json"
		[ "$(runc --root "$work/runc" run --bundle "$bundle" "$id" </dev/null 2>>"$work/runc.log")" = "$id" ] ||
			{ tail -n 1 "$work/runc.log" >&2; return 1; }
		echo "$id" >>"$work/ids"
	done
}

# The heap of all processes of the sensor. Not the ring: its 4 MiB become resident page by page, once.
heap_kb() {
	local pid sum=0

	for pid in "$sensor" $(cat "/proc/$sensor/task/$sensor/children"); do
		sum=$((sum + $(awk '/^Pss_Anon:/ {print $2}' "/proc/$pid/smaps_rollup")))
	done
	echo "$sum"
}

# Each container: one cgroup made, and its program run in that cgroup, as often as it was made: once.
all_told() {
	"$PYTHON" - "$records" "$work/ids" "$parent" <<-'PYTHON'
		import json, sys
		made, ran, dropped = {}, {}, 0
		for line in open(sys.argv[1]):
		    record = json.loads(line)
		    if record["type"] == "cgroup_mkdir" and "/" + sys.argv[3] + "/" in record.get("path", ""):
		        made.setdefault(record["path"].rsplit("/", 1)[1], []).append(record["cgroup_id"])
		    if record["type"] == "exec" and record.get("argv", [""])[0] == "/pause":
		        ran.setdefault(record["argv"][2], []).append(record["cgroup_id"])
		    if record["type"] == "counters":
		        dropped = sum(record["dropped"])
		ids = open(sys.argv[2]).read().split()
		bad = [i for i in ids if len(made.get(i, [])) != 1 or ran.get(i) != made.get(i)]
		if bad or len(made) != len(ids) or len(ran) != len(ids):
		    sys.exit(f"{len(ids)} made, cgroups of {len(made)} and programs of {len(ran)} seen, "
		             f"{len(bad)} not right, {dropped} records dropped")
	PYTHON
}

sensor_start churn || finish
check "churn: first half runs" run_some $((count - count / 2))
half=$(heap_kb)
check "churn: second half runs" run_some $((count / 2))
end=$(heap_kb)
sensor_stop
check "churn: $count containers seen once each, under their own id" all_told
echo "# heap after the first half $half KiB, after the second $end KiB"
# Exactly flat it is in tests/unit/test_churn.c; here the host's other processes come and go too.
check "churn: no growth in the second half" test "$end" -le $((half + 1024))
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The sensor's own image as its DaemonSet runs it: containerd's CRI, the capabilities, mounts and
# limits of the manifest (pod_to_cri.py reads them), a stand-in in another pod.
. "$(dirname "$0")/../live/lib.sh"
need_root
# shellcheck source=tests/containers/rigs.sh
. "$(dirname "$0")/rigs.sh"
deploy=$live/../deploy
manifests=$live/../../tools/deploy/kubernetes
node="node-of-the-test"
own=minerwatch # the container's name in the rig
miner=miner-$$
largest=3000000

end_all() {
	rig_cri_down >/dev/null 2>&1
	"$build/minerwatch" detach >/dev/null 2>&1 # what its pod has pinned
	rm -rf "$RIG_ROOT"
	clean_up
}
trap end_all EXIT

# A runtime's log has a head before each line, and splits those over 16 KiB ("P", at the end "F").
alerts_of_log() {
	awk '$2 == "stdout" { text = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", text); line = line text
		if ($3 == "F") { print line; line = "" } }' "$log"
}

said() { # PATTERN: a line of the sensor's stderr
	grep -qE "^[^ ]+ stderr F $1\$" "$log"
}

# await NAME CONDITION...: an alert on the container's stdout; sets found
await() {
	local name=$1

	shift
	rig_wait "$name" has_alert "$@"
	alerts_of_log >"$work/alerts"
	check "$name" expect alert "$work/alerts" 0 "$@" >"$work/found" && found=$(cat "$work/found")
}

has_alert() {
	alerts_of_log >"$work/alerts" && expect alert "$work/alerts" 0 "$@"
}

says() { # KEY WANTED
	check "alert: $1" equal "$2" "$(expect get "$1" <<<"$found")" "$1"
}

image_small() {
	local size

	size=$(stat --format=%s "$work/minerwatch-image.tar")
	echo "# $size bytes" >&"$results"
	[ "$size" -le "$largest" ] || { echo "$size bytes" >&2; false; }
}

# Where the rig looks for an image: a directory with archive and name.
image_made() {
	cp "$build/minerwatch-static" "$work/" &&
		(cd "$live/../.." && tools/make-image "$work") >&2 &&
		mkdir "$work/own" &&
		ln "$work/minerwatch-image.tar" "$work/own/oci.tar" &&
		/usr/bin/python3 "$deploy/ask_manifests.py" "$manifests" image >"$work/own/name"
}

sensor_up() {
	local uid

	uid=$(cat /proc/sys/kernel/random/uuid)
	rig_begin_cgroup cri "/kubepods/burstable/pod$uid"
	rig_cri_load "$work/own" &&
		/usr/bin/python3 "$deploy/pod_to_cri.py" "$manifests" "$RIG_ROOT/cri/pod" "$uid" "$node" \
			>"$work/pod.json" &&
		rig_cri_client run "$work/pod.json" >"$RIG_ROOT/cri/ids/$own" || return
	log=$(echo "$RIG_ROOT"/cri/pod/pods/*_"$uid"/minerwatch/0.log)
	rig_wait "ready (see $log)" said ready || { tail -n 5 "$log" >&2; false; }
}

# Its processes have of the manifest's capabilities what they need, and never another one.
confined() {
	local granted pid status=/proc/self/status

	granted=$(/usr/bin/python3 "$deploy/ask_manifests.py" "$manifests" capabilities)
	pid=$(rig_cri_pid "$own")
	status=/proc/$pid/status
	equal "$granted" "$(sed -n 's/^CapBnd:\t//p' "$status")" "bounding set" &&
		equal "$(printf '%016x' $((1 << 19 | 1 << 2)))" "$(sed -n 's/^CapPrm:\t//p' "$status")" \
			"permitted set of the launcher, who keeps SYS_PTRACE and DAC_READ_SEARCH" &&
		equal 1 "$(sed -n 's/^NoNewPrivs:\t//p' "$status")" NoNewPrivs &&
		equal 2 "$(sed -n 's/^Seccomp:\t//p' "$status")" Seccomp
}

# The command lines are the manifest's.
probe() { # livenessProbe|readinessProbe
	local command

	mapfile -t command < <(/usr/bin/python3 "$deploy/ask_manifests.py" "$manifests" "$1")
	rig_cri_exec "$own" "${command[@]}"
}

# What doctor finds wanting in the container is printed; exec, at least, has to work.
doctor() {
	rig_cri_exec "$own" /minerwatch doctor >"$work/doctor"
	local code=$?

	sed -n 's/^MISSING/# doctor: MISSING/p' "$work/doctor" >&"$results"
	equal 0 "$code" "exit code"
}

no_privilege_missing() {
	! grep '^MISSING *\(privilege\|btf\|cgroups\|programs\|exec\|fork\|exit\|connect_\|tasks\)' \
		"$work/doctor" >&2
}

miner_up() {
	RIG_CRI_POD=shop-7 RIG_CRI_NAMESPACE=shop RIG_CRI_UID=$miner_uid \
		RIG_CRI_ENVS='[{"key":"STANDIN_SECONDS","value":"120"},{"key":"STANDIN_THREADS","value":"0"}]' \
		rig_cri_run "$miner" "$work/miner" /bin/standin -o 127.0.0.1:3333 -u "$WALLET" \
		--donate-level 1 -k
}

if ! reason=$(rig_cri_available); then
	skip own_image "$reason"
	finish
fi
check "image built" image_made || finish
check "image at most 3 MB" image_small
"$RIG_HERE/make_image.sh" "$work/miner" localhost/minerwatch-test:1 "$build/standin" || finish
check "CRI up" rig_cri_up || finish
check "sensor ready in its container" sensor_up || { cat "$log" 2>/dev/null; finish; }
grep ' stderr ' "$log" | sed 's/^[^ ]* stderr . /# sensor: /'
check "no more privileges than the manifest's" confined
check "liveness probe" probe livenessProbe
check "readiness probe" probe readinessProbe
check "doctor in the container" doctor
check "doctor: nothing that the manifest should give is missing" no_privilege_missing
miner_uid=$(cat /proc/sys/kernel/random/uuid)
check "stand-in runs in another pod" miner_up || finish
pid=$(rig_cri_pid "$miner")
await "stand-in alerted" "process.pid=$pid" action=opened || { tail -n 5 "$log"; finish; }
case $(expect get pending <<<"$found") in
'' | '[]') ;;
*) await "late facts came" "process.pid=$pid" action=updated ;;
esac
says host.name "$node"
says host.cluster default
says container.id "$(rig_cri_id "$miner")"
says container.runtime containerd
says container.verified true
says container.name "$miner"
says container.image localhost/minerwatch-test:1
says kubernetes.namespace shop
says kubernetes.pod shop-7
says kubernetes.uid "$miner_uid"
echo "# $(grep -o '"degraded": *\[[^]]*\]' <<<"$found")"
check "no alert about itself" equal 0 \
	"$(expect count "$work/alerts" "container.id=$(rig_cri_id "$own")")" alerts
id=$(expect get id <<<"$found")
check "its pod is removed, as by an update" rig_cri_client remove "$(rig_cri_pod_id "$own")"
check "the next pod is ready" sensor_up || { cat "$log" 2>/dev/null; finish; }
check "the next pod goes on with the programs" said \
	"minerwatch: going on with the kernel programs of an earlier run"
check "the next pod goes on with the incidents" said \
	"minerwatch: --state: [0-9]+ incidents of the run before go on"
check "stand-in removed" rig_cri_client remove "$(rig_cri_pod_id "$miner")"
await "the incident ends under its id" "id=$id" action=ended
check "CRI down" rig_cri_down
finish

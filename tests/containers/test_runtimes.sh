#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real container runtimes: a stand-in in each is alerted with the right container, image and pod, as
# is one put into a running container; a benign container is not.
# usage: test_runtimes.sh [RIG[:CONTAINERD_NAMESPACE]...]
. "$(dirname "$0")/../live/lib.sh"
need_root
# shellcheck source=tests/containers/rigs.sh
. "$(dirname "$0")/rigs.sh"

rig=
declare -A pod_uid
end_all() {
	[ -z "$rig" ] || "rig_${rig}_down" >/dev/null 2>&1
	rm -rf "$RIG_ROOT"
	clean_up
}
trap end_all EXIT

image=$work/image
image_name=localhost/minerwatch-test:1
args=(-o 127.0.0.1:3333 -u "$WALLET" --donate-level 1)

# await NAME CONDITION...: sets found
await() {
	local name=$1

	shift
	check "$name" expect alert "$alerts" 60 "$@" >"$work/found" && found=$(cat "$work/found")
}

# late NAME CONDITION...: an alert that went out before all answers had come is followed by another one
late() {
	case "$(expect get pending <<<"$found")" in
	'' | '[]') ;;
	*) await "$@" ;;
	esac
}

# in_pod NAME: what the next container of the CRI rig belongs to
in_pod() {
	export RIG_CRI_NAMESPACE=shop RIG_CRI_POD="pod-$1"
	RIG_CRI_UID=$(cat /proc/sys/kernel/random/uuid)
	export RIG_CRI_UID
	pod_uid[$1]=$RIG_CRI_UID
}

# says NAME KEY WANTED: the found alert says so
says() {
	check "$1: $2" equal "$3" "$(expect get "$2" <<<"$found")" "$2"
}

# The names each runtime has for what it runs.
names_of() { # NAME
	verified=true
	case $rig in
	# A runc with a root of its own is known to nobody: its files cannot confirm what the path says.
	runc) runtime=unknown name_wanted='' image_wanted='' verified=false ;;
	containerd) runtime=containerd name_wanted=$1 image_wanted=$image_name ;;
	cri) runtime=containerd name_wanted=$1 image_wanted=$image_name ;;
	*) runtime=$rig name_wanted=$1 image_wanted=$image_name ;;
	esac
}

identified() { # CASE NAME
	says "$1" container.id "$("rig_${rig}_id" "$2")"
	says "$1" container.runtime "$runtime"
	says "$1" container.verified $verified
	[ -z "$name_wanted" ] || says "$1" container.name "$name_wanted"
	[ -z "$image_wanted" ] || says "$1" container.image "$image_wanted"
	[ "$rig" = cri ] || return
	says "$1" kubernetes.namespace shop
	says "$1" kubernetes.pod "pod-$2"
	says "$1" kubernetes.uid "${pod_uid[$2]}"
}

case_rig() { # CASE
	local case=$1 miner="miner-$$" calm="calm-$$" runtime name_wanted image_wanted verified pid

	check "$case: up" "rig_${rig}_up" || return
	in_pod "$calm"
	check "$case: benign container runs" "rig_${rig}_run" "$calm" "$image" /bin/pause || return
	sensor_start "$case" || return
	in_pod "$miner"
	check "$case: miner's container runs" "rig_${rig}_run" "$miner" "$image" /bin/standin "${args[@]}" ||
		return
	pid=$("rig_${rig}_pid" "$miner")
	await "$case: opened" action=opened "process.pid=$pid" || return
	late "$case: updated" action=updated "process.pid=$pid"
	names_of "$miner"
	identified "$case" "$miner"
	says "$case" container.entered start
	check "$case: 0 alerts for the benign one" equal 0 \
		"$(expect count "$alerts" "container.id=$("rig_${rig}_id" "$calm")")" alerts
	"rig_${rig}_exec" "$calm" /bin/standin "${args[@]}" >/dev/null 2>&1 &
	await "$case exec: opened" action=opened "container.id=$("rig_${rig}_id" "$calm")" || return
	late "$case exec: updated" action=updated "container.id=$("rig_${rig}_id" "$calm")"
	names_of "$calm"
	identified "$case exec" "$calm"
	says "$case exec" container.entered exec
	sensor_stop_and_replay
}

"$(dirname "$0")/make_image.sh" "$image" "$image_name" "$build/pause" "$build/standin" || exit 1
# A cgroup path says nothing of a container in a namespace that only its owner knows.
[ $# -gt 0 ] || read -ra list <<<"$RIGS containerd:tools"
for case in "${@:-${list[@]}}"; do
	rig=${case%:*}
	RIG_CONTAINERD_NAMESPACE=default
	[ "$rig" = "$case" ] || RIG_CONTAINERD_NAMESPACE=${case#*:}
	if ! reason=$("rig_${rig}_available"); then
		skip "$case" "$reason"
		continue
	fi
	mkdir -p "$RIG_ROOT"
	case_rig "$case"
	[ -z "${sensor:-}" ] || kill -KILL "$sensor" 2>/dev/null
	check "$case: down" "rig_${rig}_down"
done
rig=
finish

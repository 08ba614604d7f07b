#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs each rig once and checks that it works as promised and that nothing of it is left on the
# host.
# usage: smoke.sh [RIG...]    prints "ok", "skip" or "not ok" for each; fails when one is not ok

set -uo pipefail

unset RIG_ROOT
# shellcheck source=tests/containers/rigs.sh
. "$(dirname "${BASH_SOURCE[0]}")/rigs.sh"

SMOKE_DIR=$(mktemp -d)
SMOKE_RIG=
SMOKE_IDS=()

# Whatever else runs on the host comes and goes, so only traces of container engines count: this
# run's directory, the containers' ids, and places of theirs that did not exist before.
smoke_places() {
	local mount type
	find /run/{containerd,docker,docker.pid,runc,libpod,containers} /opt/containerd \
		/var/lib/{containerd,docker,containers,cni} /etc/docker /dev/shm/libpod_lock \
		-maxdepth 1 2>/dev/null
	while read -r _ mount type _; do
		[[ $type == cgroup || $type == cgroup2 ]] &&
			ls -d "$mount"/{docker,kubepods,libpod_parent,minerwatch-runc,default}
	done </proc/self/mounts 2>/dev/null
	return 0
}

smoke_left() { # PLACES_BEFORE
	local id pattern=$RIG_ROOT
	for id in "${SMOKE_IDS[@]}"; do
		pattern+=$'\n'$id
	done
	grep -F "$pattern" /proc/self/mountinfo
	find /sys/fs/cgroup -type d 2>/dev/null | grep -F "$pattern"
	grep -lF "$pattern" /proc/[0-9]*/cmdline /proc/[0-9]*/cgroup 2>/dev/null
	[ ! -e "$RIG_ROOT" ] || echo "$RIG_ROOT"
	comm -13 <(echo "$1") <(smoke_places | sort)
}

smoke_is_clean() { # PLACES_BEFORE
	[ -z "$(smoke_left "$1")" ]
}

smoke_expect() { # WHAT EXPECTED FOUND
	[ "$2" = "$3" ] && return
	echo "#   $1: expected '$2', found '$3'"
	return 1
}

# What the rig says of a container must be what the kernel says of its process.
smoke_container() { # RIG NAME ARGV...
	local rig=$1 name=$2 id pid
	shift 2
	"rig_${rig}_run" "$name" "$SMOKE_DIR/image" "$@" || return
	id=$("rig_${rig}_id" "$name") || return
	pid=$("rig_${rig}_pid" "$name") || return
	SMOKE_IDS+=("$id")
	smoke_expect "program" "${*:-/bin/pause}" "$(tr '\0' ' ' <"/proc/$pid/cmdline" | sed 's/ $//')" &&
		smoke_expect "hierarchies whose cgroup lacks the id" "" \
			"$(grep -v "[/-]$id\$" "/proc/$pid/cgroup")" &&
		smoke_expect "output of exec" "a b" "$("rig_${rig}_exec" "$name" /bin/pause print a b)"
}

smoke_rig() { # RIG
	local failed=0
	"rig_${1}_up" || return
	smoke_container "$1" "smoke-one-$$" || failed=1
	smoke_container "$1" "smoke-two-$$" /bin/pause wait || failed=1
	return "$failed"
}

# An engine that dies leaves container and shim behind; going down has to find them without it.
smoke_crash() { # RIG
	local pid
	"rig_${1}_up" && smoke_container "$1" "smoke-three-$$" || return
	[ ! -f "$RIG_ROOT/$1/engine" ] || read -r pid _ <"$RIG_ROOT/$1/engine"
	[ -z "${pid:-}" ] || kill -KILL "$pid"
}

smoke_end() {
	[ -z "$SMOKE_RIG" ] || "rig_${SMOKE_RIG}_down"
	rm -rf "$SMOKE_DIR" "$RIG_ROOT"
}

smoke_one() { # RIG
	local reason before failed=0
	if ! reason=$("rig_${1}_available"); then
		echo "skip $1: $reason"
		return
	fi
	before=$(smoke_places | sort)
	SMOKE_RIG=$1 SMOKE_IDS=()
	mkdir -p "$RIG_ROOT"
	smoke_rig "$1" || failed=1
	"rig_${1}_down" || failed=1
	mkdir -p "$RIG_ROOT"
	smoke_crash "$1" || failed=1
	"rig_${1}_down" 2>"$SMOKE_DIR/crash.log" || failed=1
	"rig_${1}_down" || failed=1
	SMOKE_RIG=
	# The dead remain as zombies until the host's init has reaped them.
	rig_wait "a clean host" smoke_is_clean "$before"
	smoke_expect "left behind" "" "$(smoke_left "$before")" || failed=1
	[ "$failed" -eq 0 ] && echo "ok $1" || echo "not ok $1"
	return "$failed"
}

trap smoke_end EXIT
trap 'exit 130' INT TERM
cc -std=gnu11 -O2 -static -o "$SMOKE_DIR/pause" "$RIG_HERE/pause.c" || exit
"$RIG_HERE/make_image.sh" "$SMOKE_DIR/image" localhost/minerwatch-smoke:1 "$SMOKE_DIR/pause" || exit
[ $# -gt 0 ] || read -ra RIG_LIST <<<"$RIGS"
failures=0
for name in "${@:-${RIG_LIST[@]}}"; do
	smoke_one "$name" || failures=$((failures + 1))
done
exit "$((failures > 0))"

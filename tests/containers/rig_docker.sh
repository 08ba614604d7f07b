# SPDX-License-Identifier: Apache-2.0
# The Docker rig: a dockerd, and the containerd it starts, with state and network of their own.
# shellcheck shell=bash

# shellcheck source=tests/containers/json.sh
. "$RIG_HERE/json.sh"

rig_docker_command() {
	DOCKER_CONFIG=$RIG_ROOT/docker/client docker --host "unix://$RIG_ROOT/docker/docker.sock" "$@"
}

rig_docker_available() {
	rig_needs dockerd docker containerd runc ip unshare
}

# A network namespace of its own, because dockerd with --bridge=none deletes the docker0 it finds,
# which would be another engine's. Its containers' "host" network is that namespace.
rig_docker_up() {
	local dir=$RIG_ROOT/docker
	rig_begin docker /run/containerd /run/containerd/s /run/docker /run/docker/plugins /etc/docker
	rig_begin_cgroup docker /docker
	mkdir -p "$dir/client"
	printf '{"deprecated-key-path":%s}\n' "$(json_string "$dir/key.json")" >"$dir/daemon.json"
	# shellcheck disable=SC2016
	rig_daemon docker unshare --net sh -c 'ip link set lo up && exec "$@"' sh \
		dockerd --config-file "$dir/daemon.json" --host "unix://$dir/docker.sock" \
		--data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/pid" \
		--storage-driver overlay2 \
		--exec-opt native.cgroupdriver=cgroupfs --oom-score-adjust 0 \
		--iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --bridge=none
	rig_wait "dockerd (see $dir/log)" rig_docker_command version
}

rig_docker_run() { # NAME IMAGE [ARGV...]
	local name=$1 image=$2
	shift 2
	rig_docker_command load --quiet --input "$image/docker.tar" >/dev/null || return
	rig_docker_command run --detach --network host --name "$name" "$(cat "$image/name")" "$@" \
		>"$RIG_ROOT/docker/ids/$name" &&
		rig_wait_program docker "$name"
}

rig_docker_exec() { # NAME ARGV...
	rig_docker_command exec "$@"
}

rig_docker_id() { # NAME
	cat "$RIG_ROOT/docker/ids/$1"
}

rig_docker_pid() { # NAME
	rig_docker_command inspect --format '{{.State.Pid}}' "$1"
}

rig_docker_down() {
	local name
	for name in $(rig_names docker); do
		rig_docker_command rm --force "$name" >/dev/null
	done
	rig_finish docker "$RIG_ROOT/docker/exec/runtime-runc/moby"
}

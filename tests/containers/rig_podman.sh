# SPDX-License-Identifier: Apache-2.0
# The Podman rig: root and run root of its own, runc below it, cgroups made without systemd.
# shellcheck shell=bash

rig_podman_command() {
	local dir=$RIG_ROOT/podman
	CONTAINERS_CONF=$dir/containers.conf CONTAINERS_STORAGE_CONF=$dir/storage.conf \
		podman --root "$dir/root" --runroot "$dir/run" --tmpdir "$dir/tmp" \
		--runtime runc --cgroup-manager cgroupfs --events-backend none "$@"
}

rig_podman_available() {
	rig_needs podman conmon runc
}

# Locks in files, because those in shared memory carry one name for the whole host. runc's own state
# stays in /run/runc: Podman's clean-up after an exit cannot be told otherwise, and the ids in it
# are random.
rig_podman_up() {
	local dir=$RIG_ROOT/podman
	rig_begin podman /run/runc
	rig_begin_cgroup podman /libpod_parent
	cat >"$dir/containers.conf" <<-END
		[containers]
		log_driver = "k8s-file"
		[engine]
		lock_type = "file"
		volume_path = "$dir/volumes"
		[network]
		network_config_dir = "$dir/networks"
	END
	cat >"$dir/storage.conf" <<-END
		[storage]
		driver = "overlay"
		graphroot = "$dir/root"
		runroot = "$dir/run"
	END
	echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$dir/policy.json"
	rig_podman_command info >/dev/null
}

# The limits are named because the defaults are above what a root without CAP_SYS_RESOURCE may set.
rig_podman_run() { # NAME IMAGE [ARGV...]
	local name=$1 image=$2
	shift 2
	rig_podman_command load --quiet --signature-policy "$RIG_ROOT/podman/policy.json" \
		--input "$image/docker.tar" >/dev/null || return
	rig_podman_command run --detach --pull never --network host --name "$name" \
		--ulimit nofile=1024:4096 --ulimit nproc=4096:4096 "$(cat "$image/name")" "$@" \
		>"$RIG_ROOT/podman/ids/$name" &&
		rig_wait_program podman "$name"
}

rig_podman_exec() { # NAME ARGV...
	rig_podman_command exec "$@"
}

rig_podman_id() { # NAME
	cat "$RIG_ROOT/podman/ids/$1"
}

rig_podman_pid() { # NAME
	rig_podman_command inspect --format '{{.State.Pid}}' "$1"
}

rig_podman_down() {
	if [ -f "$RIG_ROOT/podman/containers.conf" ]; then
		rig_podman_command rm --all --force --time 0 >/dev/null
	fi
	rig_finish podman /run/runc
}

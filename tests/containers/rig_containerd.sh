# SPDX-License-Identifier: Apache-2.0
# The containerd rig: a daemon of its own without the CRI plug-in, driven by ctr.
# shellcheck shell=bash
#
# As with any ctr container, the container's name is its id. So that none of the host's can have the
# same, they live in a namespace of their own.

: "${RIG_CONTAINERD_NAMESPACE:=default}" # the one ctr uses unasked; cgroups are named after it

rig_ctr() { # RIG ARGS...
	local rig=$1
	shift
	ctr --address "$RIG_ROOT/$rig/containerd.sock" "$@"
}

# The settings that both containerd rigs share; without them it makes /opt/containerd.
rig_containerd_config() { # RIG
	local dir=$RIG_ROOT/$1
	cat <<-END
		version = 2
		root = "$dir/root"
		state = "$dir/state"
		[grpc]
		  address = "$dir/containerd.sock"
		[plugins."io.containerd.internal.v1.opt"]
		  path = "$dir/opt"
	END
}

rig_containerd_command() {
	rig_ctr containerd --namespace "$RIG_CONTAINERD_NAMESPACE" "$@"
}

rig_containerd_available() {
	rig_needs containerd ctr runc
}

rig_containerd_up() {
	local dir=$RIG_ROOT/containerd
	rig_begin containerd /run/containerd /run/containerd/s
	rig_begin_cgroup containerd "/$RIG_CONTAINERD_NAMESPACE"
	{
		echo 'disabled_plugins = ["io.containerd.grpc.v1.cri"]'
		rig_containerd_config containerd
	} >"$dir/config.toml"
	rig_daemon containerd containerd --config "$dir/config.toml"
	rig_wait "containerd (see $dir/log)" rig_containerd_command version
}

rig_containerd_run() { # NAME IMAGE [ARGV...]
	local name=$1 image=$2
	shift 2
	rig_containerd_command images import "$image/oci.tar" >/dev/null || return
	echo "$name" >"$RIG_ROOT/containerd/ids/$name"
	rig_containerd_command run --detach --net-host --fifo-dir "$RIG_ROOT/containerd/fifo" \
		--runc-root "$RIG_ROOT/containerd/runc" \
		"$(cat "$image/name")" "$name" "$@" &&
		rig_wait_program containerd "$name"
}

rig_containerd_exec() { # NAME ARGV...
	local name=$1
	shift
	rig_containerd_command tasks exec --fifo-dir "$RIG_ROOT/containerd/fifo" \
		--exec-id "$(rig_new_id)" "$name" "$@"
}

rig_containerd_id() { # NAME
	cat "$RIG_ROOT/containerd/ids/$1"
}

rig_containerd_pid() { # NAME
	rig_containerd_command tasks list | awk -v name="$1" '$1 == name { print $2 }'
}

rig_containerd_down() {
	local name
	for name in $(rig_names containerd); do
		rig_containerd_command tasks delete --force "$name" >/dev/null 2>&1
		rig_containerd_command containers delete "$name"
	done
	rig_finish containerd "$RIG_ROOT/containerd/runc/$RIG_CONTAINERD_NAMESPACE"
}

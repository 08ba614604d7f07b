# SPDX-License-Identifier: Apache-2.0
# The runc rig: OCI bundles without any engine, at whatever cgroup path the caller asks for.
# shellcheck shell=bash
#
# RIG_RUNC_ID          the container's id; a random one of 64 hex digits by default
# RIG_RUNC_CGROUP      its cgroupsPath, @ID@ being the id; /minerwatch-runc/@ID@ by default

# shellcheck source=tests/containers/json.sh
. "$RIG_HERE/json.sh"

rig_runc_command() {
	runc --root "$RIG_ROOT/runc/state" "$@"
}

rig_runc_available() {
	rig_needs runc
}

rig_runc_up() {
	rig_begin runc
}

rig_runc_config() { # CGROUPS_PATH ARGV...
	local path=$1 caps
	shift
	caps=$(json_array CAP_KILL CAP_NET_BIND_SERVICE CAP_AUDIT_WRITE)
	cat <<-END
		{"ociVersion":"1.0.2",
		"process":{"user":{"uid":0,"gid":0},"cwd":"/","env":["PATH=/bin"],"args":$(json_array "$@"),
		 "capabilities":{"bounding":$caps,"effective":$caps,"permitted":$caps},"noNewPrivileges":true},
		"root":{"path":"rootfs"},
		"hostname":"rig",
		"mounts":[{"destination":"/proc","type":"proc","source":"proc"},
		 {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","mode=755"]}],
		"linux":{"cgroupsPath":$(json_string "$path"),
		 "namespaces":[{"type":"pid"},{"type":"ipc"},{"type":"uts"},{"type":"mount"}]}}
	END
}

rig_runc_run() { # NAME IMAGE [ARGV...]
	local name=$1 image=$2 id=${RIG_RUNC_ID:-$(rig_new_id)} bundle path
	shift 2
	[ $# -gt 0 ] || set -- "$(cat "$image/command")"
	bundle=$RIG_ROOT/runc/bundles/$id
	path=${RIG_RUNC_CGROUP:-/minerwatch-runc/@ID@}
	rig_begin_cgroup runc "$path"
	mkdir -p "$bundle"
	cp -a "$image/rootfs" "$bundle/"
	rig_runc_config "${path//@ID@/$id}" "$@" >"$bundle/config.json"
	echo "$id" >"$RIG_ROOT/runc/ids/$name"
	rig_runc_command run --detach --bundle "$bundle" "$id" </dev/null >"$bundle/log" 2>&1 ||
		{ cat "$bundle/log" >&2; return 1; }
	rig_wait_program runc "$name"
}

rig_runc_exec() { # NAME ARGV...
	local id
	id=$(rig_runc_id "$1") || return
	shift
	rig_runc_command exec "$id" "$@"
}

rig_runc_id() { # NAME
	cat "$RIG_ROOT/runc/ids/$1"
}

rig_runc_pid() { # NAME
	rig_runc_command ps --format json "$(rig_runc_id "$1")" | tr -d '[]' | cut -d, -f1
}

rig_runc_down() {
	rig_finish runc "$RIG_ROOT/runc/state"
}

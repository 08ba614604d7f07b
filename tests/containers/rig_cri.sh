# SPDX-License-Identifier: Apache-2.0
# The CRI rig: containerd with its CRI plug-in, for each name a pod sandbox with one container.
# shellcheck shell=bash
#
# RIG_CRI_POD, RIG_CRI_NAMESPACE, RIG_CRI_UID   the pod; by default NAME, "rigs", a random uid
# RIG_CRI_CGROUP       its cgroup, @UID@ being the uid; /kubepods/besteffort/pod@UID@ by default
# RIG_CRI_SECURITY     JSON, the container's security context; the node's network by default
# RIG_CRI_SANDBOX_NAMESPACES   JSON, the sandbox's NamespaceOption; the node's network by default
# RIG_CRI_MOUNTS       JSON array of Mount
# RIG_CRI_ENVS         JSON array of KeyValue

# The pods' logs lie in RIG_ROOT/cri/pods, as a kubelet's lie in /var/log/pods.

# shellcheck source=tests/containers/json.sh
. "$RIG_HERE/json.sh"

RIG_CRI_PAUSE_IMAGE=localhost/minerwatch-pause:1
# NamespaceMode: 0 the pod's, 1 the container's own, 2 the node's
RIG_CRI_NODE_NETWORK='{"network":2,"pid":1}'

rig_cri_client() {
	/usr/bin/python3 "$RIG_HERE/cri_client.py" "$RIG_ROOT/cri/containerd.sock" "$@"
}

rig_cri_available() {
	rig_needs containerd ctr runc cc || return
	if ! /usr/bin/python3 -c 'import grpc' 2>/dev/null; then
		echo "no python3-grpcio (see tests/containers/install.sh)"
		return 1
	fi
}

# restrict_oom_score_adj, because a sandbox asks for less than a root without CAP_SYS_RESOURCE may
# give.
rig_cri_up() {
	local dir=$RIG_ROOT/cri
	rig_begin cri /run/containerd /run/containerd/s /run/containerd/runc /run/containerd/runc/k8s.io
	mkdir -p "$dir/cni"
	{
		rig_containerd_config cri
		cat <<-END
			[plugins."io.containerd.grpc.v1.cri"]
			  sandbox_image = "$RIG_CRI_PAUSE_IMAGE"
			  restrict_oom_score_adj = true
			[plugins."io.containerd.grpc.v1.cri".cni]
			  bin_dir = "$dir/cni"
			  conf_dir = "$dir/cni"
		END
	} >"$dir/config.toml"
	cc -O2 -static -o "$dir/pause" "$RIG_HERE/pause.c" &&
		"$RIG_HERE/make_image.sh" "$dir/pause_image" "$RIG_CRI_PAUSE_IMAGE" "$dir/pause" || return
	rig_daemon cri containerd --config "$dir/config.toml"
	rig_wait "containerd's CRI (see $dir/log)" rig_cri_client version &&
		rig_cri_load "$dir/pause_image"
}

# The plug-in learns of an imported image a little later; until then it would ask a registry for it.
rig_cri_load() { # IMAGE
	rig_ctr cri --namespace k8s.io images import "$1/oci.tar" >/dev/null &&
		rig_wait "image $1" rig_cri_client image "$(cat "$1/name")"
}

# Labels and annotations as a kubelet sets them.
rig_cri_spec() { # NAME IMAGE POD NAMESPACE UID CGROUP LOGS ARGV...
	local name=$1 image=$2 pod=$3 namespace=$4 uid=$5 cgroup=$6 logs=$7
	local labels security
	shift 7
	security=${RIG_CRI_SECURITY:-"{\"namespace_options\":$RIG_CRI_NODE_NETWORK}"}
	labels="\"io.kubernetes.pod.name\":$(json_string "$pod"),
	 \"io.kubernetes.pod.namespace\":$(json_string "$namespace"),
	 \"io.kubernetes.pod.uid\":$(json_string "$uid")"
	cat <<-END
		{"sandbox":{"metadata":{"name":$(json_string "$pod"),"uid":$(json_string "$uid"),
		  "namespace":$(json_string "$namespace"),"attempt":0},
		 "log_directory":$(json_string "$logs"),"labels":{$labels},
		 "linux":{"cgroup_parent":$(json_string "$cgroup"),
		  "security_context":{"namespace_options":${RIG_CRI_SANDBOX_NAMESPACES:-$RIG_CRI_NODE_NETWORK}}}},
		"container":{"metadata":{"name":$(json_string "$name"),"attempt":0},
		 "image":{"image":$(json_string "$image")},"command":$(json_array "$@"),
		 "envs":${RIG_CRI_ENVS:-[]},"mounts":${RIG_CRI_MOUNTS:-[]},
		 "labels":{"io.kubernetes.container.name":$(json_string "$name"),$labels},
		 "annotations":{"io.kubernetes.container.restartCount":"0"},
		 "log_path":$(json_string "$name/0.log"),
		 "linux":{"security_context":$security}}}
	END
}

rig_cri_run() { # NAME IMAGE [ARGV...]
	local name=$1 image=$2 dir=$RIG_ROOT/cri pod namespace uid cgroup logs
	shift 2
	[ $# -gt 0 ] || set -- "$(cat "$image/command")"
	pod=${RIG_CRI_POD:-$name}
	namespace=${RIG_CRI_NAMESPACE:-rigs}
	uid=${RIG_CRI_UID:-$(cat /proc/sys/kernel/random/uuid)}
	logs=$dir/pods/${namespace}_${pod}_$uid
	cgroup=${RIG_CRI_CGROUP:-/kubepods/besteffort/pod@UID@}
	cgroup=${cgroup//@UID@/$uid}
	rig_begin_cgroup cri "$cgroup"
	mkdir -p "$logs/$name"
	rig_cri_load "$image" || return
	rig_cri_spec "$name" "$(cat "$image/name")" "$pod" "$namespace" "$uid" \
		"$cgroup" "$logs" "$@" >"$dir/$name.json"
	rig_cri_client run "$dir/$name.json" >"$dir/ids/$name" &&
		rig_wait_program cri "$name"
}

rig_cri_exec() { # NAME ARGV...
	local id
	id=$(rig_cri_id "$1") || return
	shift
	rig_cri_client exec "$id" "$@"
}

rig_cri_pod_id() { # NAME
	sed -n 1p "$RIG_ROOT/cri/ids/$1"
}

rig_cri_id() { # NAME
	sed -n 2p "$RIG_ROOT/cri/ids/$1"
}

rig_cri_pid() { # NAME
	rig_cri_client pid "$(rig_cri_id "$1")"
}

rig_cri_down() {
	local name pod
	for name in $(rig_names cri); do
		pod=$(rig_cri_pod_id "$name")
		[ -z "$pod" ] || rig_cri_client remove "$pod"
	done
	rig_finish cri /run/containerd/runc/k8s.io
}

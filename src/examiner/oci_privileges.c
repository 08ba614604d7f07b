/* SPDX-License-Identifier: Apache-2.0 */
/* Reads from an OCI config.json what power a container has over its host. */
#include <linux/capability.h>
#include <string.h>

#include "examiner/oci_json.h"

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(capability) (UINT64_C(1) << (capability))

/* By number, include/uapi/linux/capability.h up to CAP_CHECKPOINT_RESTORE (5.9). */
static const char *const capabilities[] = {"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER",
	"FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
	"NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
	"SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
	"SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE",
	"AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM",
	"BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE"};

/* The 14 that Docker and containerd give by default (containerd oci/spec.go, moby caps). */
static const uint64_t default_capabilities =
	BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) | BIT(CAP_FOWNER) |
	BIT(CAP_MKNOD) | BIT(CAP_NET_RAW) | BIT(CAP_SETGID) | BIT(CAP_SETUID) | BIT(CAP_SETFCAP) |
	BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SYS_CHROOT) | BIT(CAP_KILL) |
	BIT(CAP_AUDIT_WRITE);

static const uint64_t privileged_capabilities =
	BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_MODULE) | BIT(CAP_SYS_RAWIO);

static const struct {
	const char *type; /* runtime-spec, config-linux.md */
	enum oci_namespace bit;
} namespaces[] = {
	{"pid", OCI_NAMESPACE_PID},
	{"network", OCI_NAMESPACE_NETWORK},
	{"ipc", OCI_NAMESPACE_IPC},
	{"uts", OCI_NAMESPACE_UTS},
	{"mount", OCI_NAMESPACE_MOUNT},
};

enum extent { ITSELF, BELOW };

/*
 * Host paths whose mount gives power over the host, or a way around the container. The first row
 * that fits counts; rows without power are what engines and charts mount into harmless containers.
 */
static const struct {
	const char *path;
	enum extent extent; /* BELOW: it and all below it */
	bool power;
} host_paths[] = {
	{"/", ITSELF, true},
	{"/etc/hosts", ITSELF, false}, /* by ctr --net-host, as the next */
	{"/etc/resolv.conf", ITSELF, false},
	{"/etc/localtime", ITSELF, false},
	{"/etc/timezone", ITSELF, false},
	{"/etc/ssl", BELOW, false},
	{"/etc/pki", BELOW, false},
	{"/etc/ca-certificates", BELOW, false},
	{"/etc", BELOW, true},
	{"/root", BELOW, true},
	{"/proc", BELOW, true},
	{"/sys", BELOW, true},
	{"/dev/shm", ITSELF, false}, /* by engines for host IPC, which is told by itself */
	{"/dev/mqueue", ITSELF, false},
	{"/dev", BELOW, true},
	{"/var/lib/kubelet/pods", ITSELF, true},
	{"/var/lib/kubelet/pods", BELOW, false}, /* a pod's own volumes */
	{"/var/lib/kubelet", BELOW, true},
	{"/var/lib/docker", ITSELF, true},
	{"/var/lib/containerd", ITSELF, true},
	{"/var/lib/containers", ITSELF, true},
	{"/run/containerd", ITSELF, true},
	{"/var/lib", ITSELF, true},
	{"/var/run", ITSELF, true},
	{"/var", ITSELF, true},
	{"/run", ITSELF, true},
};

/* Engines' sockets lie in several places; their names do not change. */
static const char *const sockets[] = {"docker.sock", "containerd.sock", "crio.sock", "podman.sock",
	"dockershim.sock", "cri-dockerd.sock"};

const char *oci_capability_name(unsigned capability)
{
	return capability < SIZE(capabilities) ? capabilities[capability] : NULL;
}

static void add_capabilities(const json_t *list, struct oci_privileges *ret_privileges)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = oci_json_text(json_array_get(list, i));
		size_t bit = 0;

		if (strncmp(name, "CAP_", 4) == 0)
			name += 4;
		while (bit < SIZE(capabilities) && strcmp(capabilities[bit], name) != 0)
			bit++;
		if (bit == SIZE(capabilities))
			ret_privileges->capability_unknown = true;
		else
			ret_privileges->capabilities_added |= BIT(bit) & ~default_capabilities;
	}
}

/*
 * A path names another process's namespace. That of a pod's sandbox may itself be the host's
 * (containerd gives /proc/<sandbox>/ns/net even with hostNetwork), which no file tells; process 1's
 * and Docker's "default" (moby: --network host) are.
 */
static bool is_host_namespace(const char *path)
{
	static const char docker[] = "/docker/netns/default";
	size_t len = strlen(path);

	return strncmp(path, "/proc/1/", 8) == 0 ||
	       (len >= sizeof(docker) - 1 &&
		       strcmp(path + len - (sizeof(docker) - 1), docker) == 0);
}

static void read_namespaces(const json_t *list, struct oci_privileges *ret_privileges)
{
	unsigned own = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		const char *type = oci_json_text(json_object_get(entry, "type"));
		const char *path = oci_json_text(json_object_get(entry, "path"));

		for (size_t j = 0; j < SIZE(namespaces); j++) {
			if (strcmp(type, namespaces[j].type) != 0 || is_host_namespace(path))
				continue;
			own |= namespaces[j].bit;
			if (path[0])
				ret_privileges->joined_namespaces |= namespaces[j].bit;
		}
	}
	for (size_t j = 0; j < SIZE(namespaces); j++)
		if (!(own & namespaces[j].bit))
			ret_privileges->host_namespaces |= namespaces[j].bit;
}

/* Takes "//", "." and ".." out of an absolute path, in place. */
static void simplify(char *path)
{
	size_t out = 0;

	for (size_t in = 0; path[in];) {
		size_t len = strcspn(path + in, "/");

		if (len == 2 && path[in] == '.' && path[in + 1] == '.') {
			while (out > 0 && path[--out] != '/')
				;
		} else if (len > 0 && !(len == 1 && path[in] == '.')) {
			path[out++] = '/';
			memmove(path + out, path + in, len);
			out += len;
		}
		in += len + (path[in + len] == '/');
	}
	if (out == 0)
		path[out++] = '/';
	path[out] = '\0';
}

static bool gives_power(const char *source)
{
	const char *name = strrchr(source, '/') + 1;

	for (size_t i = 0; i < SIZE(sockets); i++)
		if (strcmp(name, sockets[i]) == 0)
			return true;
	for (size_t i = 0; i < SIZE(host_paths); i++) {
		size_t len = strlen(host_paths[i].path);

		if (strncmp(source, host_paths[i].path, len) == 0 &&
			(source[len] == '\0' ||
				(source[len] == '/' && host_paths[i].extent == BELOW)))
			return host_paths[i].power;
	}
	return false;
}

static bool is_read_only(const json_t *options)
{
	for (size_t i = 0; i < json_array_size(options); i++)
		if (strcmp(oci_json_text(json_array_get(options, i)), "ro") == 0)
			return true;
	return false;
}

static void read_mounts(const json_t *list, struct oci_privileges *ret_privileges)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		bool destination_cut = false; /* it is only shown */
		struct oci_mount mount = {
			.read_only = is_read_only(json_object_get(entry, "options"))};

		/* what the cut took away might have led elsewhere */
		oci_json_copy(json_object_get(entry, "source"), mount.source,
			&ret_privileges->mounts_cut);
		oci_json_copy(
			json_object_get(entry, "destination"), mount.destination, &destination_cut);
		if (mount.source[0] != '/')
			continue; /* "proc", "tmpfs": not of the host */
		simplify(mount.source);
		if (!gives_power(mount.source))
			continue;
		if (ret_privileges->mounts_count == OCI_MOUNTS_MAX) {
			ret_privileges->mounts_cut = true;
			return;
		}
		ret_privileges->mounts[ret_privileges->mounts_count++] = mount;
	}
}

void oci_privileges_read(const json_t *config, struct oci_privileges *ret_privileges)
{
	const json_t *sets = json_object_get(json_object_get(config, "process"), "capabilities");
	const json_t *os = json_object_get(config, "linux");

	memset(ret_privileges, 0, sizeof(*ret_privileges));
	add_capabilities(json_object_get(sets, "bounding"), ret_privileges);
	add_capabilities(json_object_get(sets, "effective"), ret_privileges);
	ret_privileges->no_seccomp = !json_is_object(json_object_get(os, "seccomp"));
	ret_privileges->privileged = ret_privileges->no_seccomp &&
				     (ret_privileges->capabilities_added &
					     privileged_capabilities) == privileged_capabilities;
	read_namespaces(json_object_get(os, "namespaces"), ret_privileges);
	read_mounts(json_object_get(config, "mounts"), ret_privileges);
}

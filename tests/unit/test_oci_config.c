/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is read from the files of container runtimes, and that their bounds hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examiner/oci_config.h"
#include "util/span.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(capability) (UINT64_C(1) << (capability))
#define HEX "d82817c0468aa914ba39466be1d3a7d2ac22bb76b485b1b64410f94a04635dbd"
#define UID "eb052b63-ea96-4728-ab4a-64ab3babccd7"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* JSON with ' for ": readable in C. */
static struct span json(const char *text)
{
	static char buffer[8192];
	size_t len = strlen(text);

	assert_true(len < sizeof(buffer));
	for (size_t i = 0; i <= len; i++)
		buffer[i] = text[i] == '\'' ? '"' : text[i];
	return (struct span){buffer, len};
}

static void names_text(const struct oci_names *names, char *ret_text, size_t size)
{
	static const char *const managers[] = {
		"unknown", "containerd", "cri-o", "docker", "nerdctl", "podman"};
	static const char *const types[] = {"-", "container", "sandbox"};

	snprintf(ret_text, size, "%s %s|%s|%s|%s|%s|%s|%s|%s|%s%s", managers[names->manager],
		types[names->type], names->image, names->image_id, names->container_name,
		names->pod_namespace, names->pod_name, names->pod_uid, names->sandbox_id,
		names->created, names->cut ? " cut" : "");
}

static const struct {
	const char *name, *text, *expected; /* as names_text writes them */
} configs[] = {
	{"empty", "{}", "unknown -||||||||"},
	{"no annotations of note", "{'annotations':{'a':'b','io.container.manager':'else'}}",
		"unknown -||||||||"},
	{"containerd",
		"{'annotations':{'io.kubernetes.cri.container-type':'container',"
		"'io.kubernetes.cri.image-name':'docker.io/library/a:1',"
		"'io.kubernetes.cri.container-name':'web','io.kubernetes.cri.sandbox-id':'" HEX "',"
		"'io.kubernetes.cri.sandbox-name':'web-0','io.kubernetes.cri.sandbox-namespace':'"
		"shop',"
		"'io.kubernetes.cri.sandbox-uid':'" UID "'}}",
		"containerd container|docker.io/library/a:1||web|shop|web-0|" UID "|" HEX "|"},
	{"containerd's sandbox",
		"{'annotations':{'io.kubernetes.cri.container-type':'sandbox',"
		"'io.kubernetes.cri.sandbox-name':'web-0'}}",
		"containerd sandbox|||||web-0|||"},
	{"containerd's new type", "{'annotations':{'io.kubernetes.cri.container-type':'new'}}",
		"containerd -||||||||"},
	{"cri-o",
		"{'annotations':{'io.container.manager':'cri-o',"
		"'io.kubernetes.cri-o.ContainerType':'container',"
		"'io.kubernetes.cri-o.ImageName':'quay.io/a:1','io.kubernetes.cri-o.Image':'a:1',"
		"'io.kubernetes.cri-o.ImageRef':'abc','io.kubernetes.container.name':'web',"
		"'io.kubernetes.pod.name':'web-0','io.kubernetes.cri-o.KubeName':'no',"
		"'io.kubernetes.pod.namespace':'shop','io.kubernetes.cri-o.Namespace':'no',"
		"'io.kubernetes.pod.uid':'" UID "','io.kubernetes.cri-o.SandboxID':'" HEX "',"
		"'io.kubernetes.cri-o.Created':'2022-01-07T11:33:26.5-06:00'}}",
		"cri-o container|quay.io/a:1|abc|web|shop|web-0|" UID "|" HEX
		"|2022-01-07T11:33:26.5-06:00"},
	{"cri-o, older names",
		"{'annotations':{'io.kubernetes.cri-o.ContainerType':'sandbox',"
		"'io.kubernetes.cri-o.ImageName':'','io.kubernetes.cri-o.Image':'pause:3.5',"
		"'io.kubernetes.cri-o.KubeName':'web-0','io.kubernetes.cri-o.Namespace':'shop'}}",
		"cri-o sandbox|pause:3.5|||shop|web-0|||"},
	{"containerd's annotations by a pod's author under cri-o",
		"{'annotations':{'io.container.manager':'cri-o',"
		"'io.kubernetes.cri.container-type':'sandbox',"
		"'io.kubernetes.cri.image-name':'registry.k8s.io/pause:3.9',"
		"'io.kubernetes.cri-o.ContainerType':'container',"
		"'io.kubernetes.cri-o.ImageName':'quay.io/miner:1'}}",
		"cri-o container|quay.io/miner:1|||||||"},
	{"cri-o's annotations by a pod's author under containerd",
		"{'annotations':{'io.kubernetes.cri.container-type':'container',"
		"'io.kubernetes.cri-o.ContainerType':'sandbox',"
		"'io.kubernetes.cri-o.ImageName':'pause','io.kubernetes.pod.name':'forged',"
		"'io.kubernetes.cri.image-name':'miner'}}",
		"containerd container|miner|||||||"},
	{"podman",
		"{'annotations':{'io.container.manager':'libpod',"
		"'io.kubernetes.cri-o.ContainerType':'container','io.kubernetes.cri-o.SandboxID':"
		"'" HEX "','io.kubernetes.cri-o.Created':'2026-11-22T01:07:42.7Z',"
		"'io.kubernetes.cri-o.ImageName':'forged'}}",
		"podman container|||||||" HEX "|2026-11-22T01:07:42.7Z"},
	{"podman's infra container",
		"{'annotations':{'io.container.manager':'libpod',"
		"'io.kubernetes.cri-o.ContainerType':'sandbox'}}",
		"podman sandbox||||||||"},
	{"nerdctl", "{'annotations':{'nerdctl/name':'app'}}", "nerdctl -|||app|||||"},
	{"other types",
		"{'annotations':{'io.kubernetes.cri.container-type':'container',"
		"'io.kubernetes.cri.image-name':7,'io.kubernetes.cri.container-name':['a'],"
		"'io.kubernetes.cri.sandbox-name':null}}",
		"containerd container||||||||"},
	{"annotations of another type", "{'annotations':['io.kubernetes.cri.container-type']}",
		"unknown -||||||||"},
};

static void test_config_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(configs); i++) {
		struct oci_config got;
		char text[5120];

		assert_int_equal(oci_config_read(json(configs[i].text), &got), 0);
		names_text(&got.names, text, sizeof(text));
		if (strcmp(text, configs[i].expected))
			fail_msg("%s: %s", configs[i].name, text);
	}
}

static const struct {
	const char *name, *text, *expected;
} dockers[] = {
	{"empty", "{}", "docker -||||||||"},
	{"plain",
		"{'ID':'" HEX "','Created':'2026-11-22T01:07:42.7Z','Name':'/web',"
		"'Image':'sha256:abc','Config':{'Image':'shop/miner:1','Labels':{'a':'b'}}}",
		"docker -|shop/miner:1|sha256:abc|web|||||2026-11-22T01:07:42.7Z"},
	{"name without slash", "{'Name':'web/a'}", "docker -|||web/a|||||"},
	{"kubernetes",
		"{'Name':'/k8s_web_web-0','Config':{'Image':'a','Labels':{"
		"'io.kubernetes.container.name':'web','io.kubernetes.docker.type':'container',"
		"'io.kubernetes.pod.name':'web-0','io.kubernetes.pod.namespace':'shop',"
		"'io.kubernetes.pod.uid':'" UID "','io.kubernetes.sandbox.id':'" HEX "'}}}",
		"docker container|a||web|shop|web-0|" UID "|" HEX "|"},
	{"sandbox",
		"{'Config':{'Labels':{'io.kubernetes.docker.type':'podsandbox',"
		"'io.kubernetes.container.name':'POD'}}}",
		"docker sandbox|||POD|||||"},
	{"labels null", "{'Config':{'Labels':null}}", "docker -||||||||"},
};

static void test_docker_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(dockers); i++) {
		struct oci_names got;
		char text[5120];

		assert_int_equal(oci_docker_read(json(dockers[i].text), &got), 0);
		names_text(&got, text, sizeof(text));
		if (strcmp(text, dockers[i].expected))
			fail_msg("%s: %s", dockers[i].name, text);
	}
}

#define ENTRY(id, metadata) \
	"{'id':'" id "','created':'2026-11-22T01:07:42Z','metadata':" metadata "}"
#define METADATA                                \
	"'{\\'image-name\\':\\'localhost/shop/" \
	"miner:1\\',\\'image-id\\':\\'c0cf\\',\\'name\\':\\'web\\'}'"

static const struct {
	const char *name, *text;
	int result;
	const char *expected;
} storages[] = {
	{"second", "[" ENTRY("other", "'{}'") "," ENTRY("this", METADATA) "]", 0,
		"unknown -|localhost/shop/miner:1|c0cf|web|||||2026-11-22T01:07:42Z"},
	{"not there", "[" ENTRY("other", METADATA) "]", -ENOENT, NULL},
	{"none", "[]", -ENOENT, NULL},
	{"entries of other types", "[1,null,{},{'id':4}]", -ENOENT, NULL},
	{"an object", "{}", -EINVAL, NULL},
	{"no metadata", "[{'id':'this'}]", -EINVAL, NULL},
	{"metadata is no JSON", "[" ENTRY("this", "'x'") "]", -EINVAL, NULL},
	{"metadata is a list", "[" ENTRY("this", "'[]'") "]", -EINVAL, NULL},
};

static void test_storage_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(storages); i++) {
		struct oci_names got;
		char text[5120];
		int err = oci_storage_read(json(storages[i].text), span_of("this"), &got);

		if (err != storages[i].result)
			fail_msg("%s: %d", storages[i].name, err);
		if (err)
			continue;
		names_text(&got, text, sizeof(text));
		if (strcmp(text, storages[i].expected))
			fail_msg("%s: %s", storages[i].name, text);
	}
}

static void test_paths(void **state)
{
	struct oci_config got;

	(void)state;
	assert_int_equal(oci_config_read(json("{'root':{'path':'rootfs'},"
					      "'linux':{'cgroupsPath':'a.slice:b:c'}}"),
				 &got),
		0);
	assert_string_equal(got.root_path, "rootfs");
	assert_string_equal(got.cgroups_path, "a.slice:b:c");
	assert_int_equal(oci_config_read(json("{'root':'rootfs','linux':7}"), &got), 0);
	assert_string_equal(got.root_path, "");
	assert_string_equal(got.cgroups_path, "");
}

#define DEFAULT_CAPS                                                                          \
	"'CAP_CHOWN','CAP_DAC_OVERRIDE','CAP_FSETID','CAP_FOWNER','CAP_MKNOD','CAP_NET_RAW'," \
	"'CAP_SETGID','CAP_SETUID','CAP_SETFCAP','CAP_SETPCAP','CAP_NET_BIND_SERVICE',"       \
	"'CAP_SYS_CHROOT','CAP_KILL','CAP_AUDIT_WRITE'"
#define CAPS(bounding, effective) \
	"'process':{'capabilities':{'bounding':[" bounding "],'effective':[" effective "]}}"
#define POWER "'CAP_SYS_ADMIN','CAP_SYS_MODULE','CAP_SYS_RAWIO'"
#define POWER_BITS (BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_MODULE) | BIT(CAP_SYS_RAWIO))
#define OWN(type) "{'type':'" type "'}"
#define IN(type, path) "{'type':'" type "','path':'" path "'}"
#define ALL 31u

static const struct {
	const char *name, *text;
	uint64_t added;
	bool unknown, no_seccomp, privileged;
	unsigned host, joined;
} powers[] = {
	{"nothing said", "{}", 0, false, true, false, ALL, 0},
	{"defaults", "{" CAPS(DEFAULT_CAPS, DEFAULT_CAPS) ",'linux':{'seccomp':{}}}", 0, false,
		false, false, ALL, 0},
	{"bounding", "{" CAPS("'CAP_SYS_ADMIN'", "") "}", BIT(CAP_SYS_ADMIN), false, true, false,
		ALL, 0},
	{"effective", "{" CAPS("", "'CAP_CHECKPOINT_RESTORE'") "}", BIT(CAP_CHECKPOINT_RESTORE),
		false, true, false, ALL, 0},
	{"without prefix", "{" CAPS("'BPF'", "") "}", BIT(CAP_BPF), false, true, false, ALL, 0},
	{"unknown", "{" CAPS("'CAP_NEW'", "") "}", 0, true, true, false, ALL, 0},
	{"no string", "{" CAPS("21", "") "}", 0, true, true, false, ALL, 0},
	{"privileged", "{" CAPS(POWER, "") "}", POWER_BITS, false, true, true, ALL, 0},
	{"all of it but seccomp", "{" CAPS(POWER, "") ",'linux':{'seccomp':{}}}", POWER_BITS, false,
		false, false, ALL, 0},
	{"seccomp null", "{'linux':{'seccomp':null}}", 0, false, true, false, ALL, 0},
	{"own namespaces",
		"{'linux':{'namespaces':[" OWN("pid") "," OWN("network") "," OWN("ipc") "," OWN(
			"uts") "," OWN("mount") "," OWN("cgroup") "]}}",
		0, false, true, false, 0, 0},
	{"host network and pid",
		"{'linux':{'namespaces':[" OWN("ipc") "," OWN("uts") "," OWN("mount") "]}}", 0,
		false, true, false, OCI_NAMESPACE_PID | OCI_NAMESPACE_NETWORK, 0},
	{"a pod's",
		"{'linux':{'namespaces':[" OWN("pid") "," IN("network", "/proc/1234/ns/net") "," IN(
			"ipc", "/var/run/ipcns/a") "," OWN("uts") "," OWN("mount") "]}}",
		0, false, true, false, 0, OCI_NAMESPACE_NETWORK | OCI_NAMESPACE_IPC},
	{"process 1's",
		"{'linux':{'namespaces':[" IN("pid", "/proc/1/ns/pid") "," OWN("network") "," OWN(
			"ipc") "," OWN("uts") "," OWN("mount") "]}}",
		0, false, true, false, OCI_NAMESPACE_PID, 0},
	{"docker's host network",
		"{'linux':{'namespaces':[" OWN("pid") "," IN("network",
			"/var/run/docker/netns/"
			"default") "," OWN("ipc") "," OWN("uts") "," OWN("mount") "]}}",
		0, false, true, false, OCI_NAMESPACE_NETWORK, 0},
	{"namespaces of other types", "{'linux':{'namespaces':[1,{'type':4},{}]}}", 0, false, true,
		false, ALL, 0},
};

static void test_privileges(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(powers); i++) {
		struct oci_config config;
		const struct oci_privileges *got = &config.privileges;

		assert_int_equal(oci_config_read(json(powers[i].text), &config), 0);
		if (got->capabilities_added != powers[i].added ||
			got->capability_unknown != powers[i].unknown ||
			got->no_seccomp != powers[i].no_seccomp ||
			got->privileged != powers[i].privileged ||
			got->host_namespaces != powers[i].host ||
			got->joined_namespaces != powers[i].joined)
			fail_msg("%s: %lx host %x joined %x", powers[i].name,
				(unsigned long)got->capabilities_added, got->host_namespaces,
				got->joined_namespaces);
	}
}

static const struct {
	const char *source, *kept; /* NULL: harmless */
} sources[] = {
	{"/", "/"},
	{"//", "/"},
	{"/..", "/"},
	{"/a/..", "/"},
	{"/a/./../b/../../etc//", "/etc"},
	{"/etc", "/etc"},
	{"/etc/shadow", "/etc/shadow"},
	{"/etc/localtime", NULL},
	{"/etc/localtime/../shadow", "/etc/shadow"},
	{"/etc/ssl/certs", NULL},
	{"/etcetera", NULL},
	{"/root/.ssh", "/root/.ssh"},
	{"/proc", "/proc"},
	{"proc", NULL},
	{"/sys/fs/bpf", "/sys/fs/bpf"},
	{"/dev", "/dev"},
	{"/var/run/docker.sock", "/var/run/docker.sock"},
	{"/run/k3s/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock"},
	{"/srv/docker.socket", NULL},
	{"/var/lib/kubelet", "/var/lib/kubelet"},
	{"/var/lib/kubelet/pki", "/var/lib/kubelet/pki"},
	{"/var/lib/kubelet/pods", "/var/lib/kubelet/pods"},
	{"/var/lib/kubelet/pods/" UID "/etc-hosts", NULL},
	{"/var/lib/docker", "/var/lib/docker"},
	{"/var/lib/docker/volumes/a/_data", NULL},
	{"/var", "/var"},
	{"/run", "/run"},
	{"/etc/timezone", NULL},
	{"/etc/pki/tls", NULL},
	{"/etc/ca-certificates", NULL},
	{"/etc/.a", "/etc/.a"},
	{"/var/lib", "/var/lib"},
	{"/var/lib/a", NULL},
	{"/var/lib/containerd", "/var/lib/containerd"},
	{"/var/lib/containers", "/var/lib/containers"},
	{"/var/run", "/var/run"},
	{"/run/containerd", "/run/containerd"},
	{"/run/a", NULL},
	{"/home/me", NULL},
	{"/...", NULL},
	{"", NULL},
};

static void test_mount_sources(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sources); i++) {
		struct oci_config config;
		const struct oci_privileges *got = &config.privileges;
		char text[512];

		snprintf(text, sizeof(text),
			"{'mounts':[{'source':'%s','destination':'/host','options':['rw']}]}",
			sources[i].source);
		assert_int_equal(oci_config_read(json(text), &config), 0);
		if (got->mounts_count != (sources[i].kept ? 1 : 0))
			fail_msg("%s: %u", sources[i].source, got->mounts_count);
		if (!sources[i].kept)
			continue;
		assert_string_equal(got->mounts[0].source, sources[i].kept);
		assert_string_equal(got->mounts[0].destination, "/host");
		assert_false(got->mounts[0].read_only);
		assert_false(got->mounts_cut);
	}
}

static void test_mounts(void **state)
{
	struct oci_config config;
	const struct oci_privileges *got = &config.privileges;
	char text[4096] = "{'mounts':[";

	(void)state;
	assert_int_equal(
		oci_config_read(json("{'mounts':[7,{'source':'/etc','options':['rbind',1,'ro'],"
				     "'destination':4}]}"),
			&config),
		0);
	assert_int_equal(got->mounts_count, 1);
	assert_true(got->mounts[0].read_only);
	assert_string_equal(got->mounts[0].destination, "");

	for (unsigned i = 0; i <= OCI_MOUNTS_MAX; i++) {
		struct span whole;
		char closed[4096];

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s{'source':'/etc/%u'}",
			i ? "," : "", i);
		snprintf(closed, sizeof(closed), "%s]}", text);
		whole = json(closed);
		assert_int_equal(oci_config_read(whole, &config), 0);
		assert_int_equal(got->mounts_count, i < OCI_MOUNTS_MAX ? i + 1 : OCI_MOUNTS_MAX);
		assert_int_equal(got->mounts_cut, i >= OCI_MOUNTS_MAX);
	}
	/* 514 bytes that end in /etc once they are simple */
	assert_int_equal(oci_config_read(json("{'mounts':[{'source':'/" HUNDRED HUNDRED HUNDRED
							 HUNDRED HUNDRED "/./../././etc'}]}"),
				 &config),
		0);
	assert_true(got->mounts_cut);
}

/* Strings are cut at a whole character, and it is said. */
static void test_long_strings(void **state)
{
	static const struct {
		const char *end;
		size_t kept;
		bool cut;
	} rows[] = {
		{"012345678901", 512, false},
		{"0123456789012", 512, true},
		{"01234567890\xc3\xa4", 511, true},
		{"0123456789\xc3\xa4", 512, false},
		{"0123456789\xe2\x82\xac", 510, true},
		{"01234567890\xf0\x9f\x98\x80", 511, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct oci_names got;
		char text[1024];

		snprintf(text, sizeof(text), "{'Image':'%s%s'}",
			HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED, rows[i].end);
		assert_int_equal(oci_docker_read(json(text), &got), 0);
		assert_int_equal(strlen(got.image_id), rows[i].kept);
		assert_int_equal(got.cut, rows[i].cut);
	}
}

static const struct {
	const char *name;
	struct span text;
	int result;
} damaged[] = {
	{"nothing", {NULL, 0}, -EINVAL},
	{"spaces", {"  ", 2}, -EINVAL},
	{"a list", {"[]", 2}, -EINVAL},
	{"a string", {"\"a\"", 3}, -EINVAL},
	{"cut", {"{\"a\":", 5}, -EINVAL},
	{"cut in a string", {"{\"a\\", 4}, -EINVAL},
	{"more behind", {"{}{}", 4}, -EINVAL},
	{"a NUL behind", {"{}\0", 3}, -EINVAL},
	{"closed twice", {"]}{}", 4}, -EINVAL},
	{"not UTF-8", {"{\"a\":\"\xff\"}", 9}, -EINVAL},
	{"a NUL in a string", {"{\"a\":\"\\u0000\"}", 14}, -EINVAL},
};

static void test_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damaged); i++) {
		struct oci_config config, before;
		struct oci_names names, names_before;

		memset(&config, 0x5a, sizeof(config));
		before = config;
		memset(&names, 0x5a, sizeof(names));
		names_before = names;
		if (oci_config_read(damaged[i].text, &config) != damaged[i].result ||
			oci_docker_read(damaged[i].text, &names) != damaged[i].result)
			fail_msg("%s", damaged[i].name);
		assert_memory_equal(&config, &before, sizeof(config));
		assert_memory_equal(&names, &names_before, sizeof(names));
	}
}

/* head, then middle as often as it takes to pass the bound by less than one, then tail. */
static int read_repeated(
	const char *head, const char *middle, const char *tail, size_t times, size_t *ret_len)
{
	size_t size = strlen(head) + times * strlen(middle) + strlen(tail) + 1;
	char *text = malloc(size), *end = text;
	struct oci_config config;
	int err;

	assert_non_null(text);
	end = stpcpy(end, head);
	for (size_t i = 0; i < times; i++)
		end = stpcpy(end, middle);
	stpcpy(end, tail);
	*ret_len = size - 1;
	err = oci_config_read((struct span){text, size - 1}, &config);
	free(text);
	return err;
}

static void test_bounds(void **state)
{
	size_t len;

	(void)state;
	assert_int_equal(read_repeated("{", " ", "}", OCI_FILE_MAX - 2, &len), 0);
	assert_int_equal(len, OCI_FILE_MAX);
	assert_int_equal(read_repeated("{", " ", "}", OCI_FILE_MAX - 1, &len), -EFBIG);

	assert_int_equal(read_repeated("{\"a\":[0", ",1", "]}", OCI_VALUES_MAX - 2, &len), 0);
	assert_int_equal(read_repeated("{\"a\":[0", ",1", "]}", OCI_VALUES_MAX - 1, &len), -EFBIG);
	assert_int_equal(
		read_repeated("{\"a\":[[]", ",[]", "]}", OCI_VALUES_MAX / 2, &len), -EFBIG);
	/* what stands in a string counts for nothing */
	assert_int_equal(read_repeated("{\"a\":\"\\\"", "[,", "\"}", OCI_VALUES_MAX, &len), 0);

	assert_int_equal(
		read_repeated("{\"a\":", "{\"a\":", "{}", OCI_DEPTH_MAX - 2, &len), -EINVAL);
	assert_int_equal(
		read_repeated("{\"a\":", "{\"a\":", "{}", OCI_DEPTH_MAX - 1, &len), -EFBIG);
	assert_int_equal(read_repeated("", "[", "", 500000, &len), -EFBIG);
	/* sisters are not deep */
	assert_int_equal(read_repeated("{\"a\":[[]", ",[]", "]}", OCI_DEPTH_MAX * 2, &len), 0);
}

static void test_capability_names(void **state)
{
	(void)state;
	assert_string_equal(oci_capability_name(CAP_CHOWN), "CHOWN");
	assert_string_equal(oci_capability_name(CAP_SYS_ADMIN), "SYS_ADMIN");
	assert_string_equal(oci_capability_name(CAP_CHECKPOINT_RESTORE), "CHECKPOINT_RESTORE");
	assert_null(oci_capability_name(CAP_CHECKPOINT_RESTORE + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config_names),
		cmocka_unit_test(test_docker_names),
		cmocka_unit_test(test_storage_names),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_privileges),
		cmocka_unit_test(test_mount_sources),
		cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_long_strings),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_capability_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

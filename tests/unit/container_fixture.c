/* SPDX-License-Identifier: Apache-2.0 */
/* Makes up a host: /proc and the files of container runtimes, as each of them leaves them. */
#include "container_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "examiner/examine_container.h"

#define KERNEL_THREAD 0x00200000
#define TICKS_TO_NS (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const namespaces[] = {"mnt", "pid", "net", "ipc"};

static const struct kind {
	const char *path; /* cgroup */
	const char *monitor; /* argv */
	const char *monitor_cwd; /* below host */
	const char *state_file, *state_id, *bundle; /* below host, but bundle */
	const char *files[6][2]; /* further ones */
} kinds[] = {
	[FIXTURE_CRI] = {FIXTURE_POD "/" FIXTURE_ID,
		"/usr/bin/containerd-shim-runc-v2|-namespace|k8s.io|-id|" FIXTURE_SANDBOX
		"|-address|/run/containerd/containerd.sock|",
		FIXTURE_TASKS "/k8s.io/" FIXTURE_SANDBOX, FIXTURE_CRI_STATE, FIXTURE_ID,
		FIXTURE_CRI_BUNDLE,
		{{FIXTURE_CRI_BUNDLE "/config.json",
			 "{'annotations':{'io.kubernetes.cri.container-type':'container',"
			 "'io.kubernetes.cri.container-name':'web',"
			 "'io.kubernetes.cri.image-name':'registry.example/web:1',"
			 "'io.kubernetes.cri.sandbox-id':'" FIXTURE_SANDBOX "',"
			 "'io.kubernetes.cri.sandbox-name':'web-0',"
			 "'io.kubernetes.cri.sandbox-namespace':'shop',"
			 "'io.kubernetes.cri.sandbox-uid':'" FIXTURE_UID "'},"
			 "'process':{'capabilities':{'bounding':['CAP_KILL','CAP_BPF',"
			 "'CAP_SYS_PTRACE']}},"
			 "'mounts':[{'type':'bind','source':'/etc','destination':'/e'},"
			 "{'type':'bind','source':'/srv/a b/docker.sock','destination':'/s'}]}"},
			{FIXTURE_CRI_BUNDLE "/options.json", "{}"},
			{FIXTURE_TASKS "/k8s.io/" FIXTURE_SANDBOX "/options.json", "{}"}}},
	[FIXTURE_DOCKER] = {"/docker/" FIXTURE_ID,
		"/usr/bin/containerd-shim-runc-v2|-namespace|moby|-id|" FIXTURE_ID "|",
		FIXTURE_DOCKER_BUNDLE,
		"host/run/docker/runtime-runc/moby/" FIXTURE_ID "/state.json", FIXTURE_ID,
		FIXTURE_DOCKER_BUNDLE,
		{{FIXTURE_DOCKER_BUNDLE "/config.json",
			 "{'root':{'path':'/var/lib/docker/overlay2/x/merged'}}"},
			{FIXTURE_DOCKER_BUNDLE "/options.json",
				"{'binary_name':'runc','root':'/run/docker/runtime-runc'}"},
			{"host/var/lib/docker/containers/" FIXTURE_ID "/config.v2.json",
				"{'Name':'/web','Image':'sha256:12','Config':{'Image':'web:1'},"
				"'Created':'2026-11-22T03:00:00.000000001+02:00'}"}}},
	[FIXTURE_CTR] = {"/tools/one", "containerd-shim-runc-v2|-namespace|tools|-id|one|",
		FIXTURE_CTR_BUNDLE, "host/run/containerd/runc/tools/one/state.json", "one",
		FIXTURE_CTR_BUNDLE,
		{{FIXTURE_CTR_BUNDLE "/config.json", "{}"},
			{FIXTURE_CTR_BUNDLE "/options.json", "{}"}}},
	[FIXTURE_PODMAN] = {"/machine.slice/libpod-" FIXTURE_ID ".scope",
		"/usr/bin/conmon|--api-version|1|-c|" FIXTURE_ID "|-u|" FIXTURE_ID
		"|-r|/usr/bin/runc|-n|web|--exit-command-arg|-c|--exit-command-arg|-r|",
		"host/root", "host/run/runc/" FIXTURE_ID "/state.json", FIXTURE_ID,
		FIXTURE_STORAGE "/" FIXTURE_ID "/userdata",
		{{FIXTURE_STORAGE "/" FIXTURE_ID "/userdata/config.json",
			 "{'annotations':{'io.container.manager':'libpod'}}"},
			{FIXTURE_STORAGE "/containers.json",
				"[{'id':'" FIXTURE_ID "','created':'2026-11-22T01:00:00Z',"
				"'metadata':'{\\'image-name\\':\\'web:1\\',\\'name\\':\\'web\\'}'}"
				"]"}}},
	[FIXTURE_BARE] = {"/" FIXTURE_ID, "bash|", "host/root",
		"host/run/runc/" FIXTURE_ID "/state.json", FIXTURE_ID, "host/srv/bundle",
		{{"host/srv/bundle/config.json",
			"{'annotations':{'io.kubernetes.cri.container-type':'container',"
			"'io.kubernetes.cri.sandbox-name':'kube-system'}}"}}},
};

const char *fixture_path(enum fixture_kind kind)
{
	return kinds[kind].path;
}

const char *fixture_file(const struct container_fixture *fixture, const char *path)
{
	static char full[512];

	snprintf(full, sizeof(full), "%s/%s", fixture->dir, path);
	return full;
}

static void make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

void fixture_write(const struct container_fixture *fixture, const char *path, const char *text)
{
	char full[512];
	FILE *file;

	snprintf(full, sizeof(full), "%s", fixture_file(fixture, path));
	make_directories(full);
	unlink(full); /* what it was linked with stays */
	file = fopen(full, "we");
	assert_non_null(file);
	for (; *text; text++)
		fputc(*text == '\'' ? '"' : *text == '|' ? '\0' : *text, file);
	assert_int_equal(fclose(file), 0);
}

void fixture_delete(const struct container_fixture *fixture, const char *path)
{
	assert_int_equal(unlink(fixture_file(fixture, path)), 0);
}

void fixture_link(const struct container_fixture *fixture, const char *target, const char *path)
{
	char full[512];

	snprintf(full, sizeof(full), "%s", fixture_file(fixture, path));
	unlink(full);
	assert_int_equal(link(fixture_file(fixture, target), full), 0);
}

void fixture_symlink(const struct container_fixture *fixture, const char *target, const char *path)
{
	char full[512];

	snprintf(full, sizeof(full), "%s", fixture_file(fixture, path));
	unlink(full);
	assert_int_equal(symlink(fixture_file(fixture, target), full), 0);
}

void fixture_process(const struct container_fixture *fixture, unsigned pid, unsigned ppid,
	const char *comm, unsigned start)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "proc/%u/stat", pid);
	snprintf(text, sizeof(text), "%u (%s) S %u 1 1 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 %u 0 0\n",
		pid, comm, ppid, pid == 2 ? KERNEL_THREAD : 0, start);
	fixture_write(fixture, path, text);
	snprintf(path, sizeof(path), "proc/%u/status", pid);
	fixture_write(fixture, path, "Name:\tx\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nSeccomp:\t2\n");
}

/* like: a process whose namespaces it has; 0: its own. */
static void enter(const struct container_fixture *fixture, const char *pid, const char *like)
{
	for (size_t i = 0; i < COUNT(namespaces); i++) {
		char path[64], target[64];

		snprintf(path, sizeof(path), "proc/%s/ns/%s", pid, namespaces[i]);
		fixture_write(fixture, path, "");
		snprintf(target, sizeof(target), "proc/%s/ns/%s", like ? like : pid, namespaces[i]);
		if (like)
			fixture_link(fixture, target, path);
	}
}

static void write_state(const struct container_fixture *fixture, const struct kind *kind)
{
	char text[2048];

	snprintf(text, sizeof(text),
		"{'id':'%s','init_process_pid':100,'init_process_start':5000,"
		"'created':'2026-11-22T01:00:00.5Z',"
		"'cgroup_paths':{'':'/sys/fs/cgroup/unified%s','memory':'/sys/fs/cgroup/memory%s'},"
		"'config':{'labels':['bundle=/evil','bundle=%s']}}",
		kind->state_id, kind->path, kind->path, kind->bundle + strlen("host"));
	fixture_write(fixture, kind->state_file, text);
}

static void make_processes(const struct container_fixture *fixture, const struct kind *kind)
{
	char cgroup[1024];

	fixture_process(fixture, 1, 0, "init", 10);
	fixture_process(fixture, 2, 0, "kthreadd", 10);
	fixture_process(fixture, 50, 1, "monitor", 4000);
	fixture_process(fixture, 100, 50, "web", 5000);
	fixture_process(fixture, 101, 50, "sh", 6000);
	enter(fixture, "2", NULL);
	enter(fixture, "1", "2");
	enter(fixture, "50", "2");
	enter(fixture, "100", NULL);
	enter(fixture, "101", "100");
	enter(fixture, "self", NULL);
	snprintf(cgroup, sizeof(cgroup), "9:memory:%s\n0::%s\n", kind->path, kind->path);
	fixture_write(fixture, "proc/100/cgroup", cgroup);
	fixture_write(fixture, "proc/101/cgroup", cgroup);
	fixture_write(fixture, "proc/50/cmdline", kind->monitor);
	fixture_write(fixture, "proc/50/mountinfo",
		"30 1 0:30 / /sys rw - sysfs sysfs rw\n"
		"31 30 0:31 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
		"32 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
		"33 31 0:33 /../.. /sys/fs/cgroup/unified rw - cgroup2 cgroup rw\n");
}

void fixture_make(struct container_fixture *fixture, enum fixture_kind kind)
{
	const struct kind *made = &kinds[kind];
	char path[512];

	fixture->kind = kind;
	strcpy(fixture->dir, "/tmp/mwfixture.XXXXXX");
	assert_non_null(mkdtemp(fixture->dir));
	umask(022);
	make_processes(fixture, made);
	write_state(fixture, made);
	for (size_t i = 0; i < COUNT(made->files) && made->files[i][0]; i++)
		fixture_write(fixture, made->files[i][0], made->files[i][1]);
	snprintf(path, sizeof(path), "%s/x", made->monitor_cwd);
	fixture_write(fixture, path, "");
	fixture_symlink(fixture, "host", "proc/50/root");
	fixture_symlink(fixture, "host", "proc/self/root");
	fixture_link(fixture, "proc/50/mountinfo", "proc/self/mountinfo");
	fixture_symlink(fixture, made->monitor_cwd, "proc/50/cwd");
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
	(void)stat;
	(void)type;
	(void)ftw;
	return remove(path);
}

void fixture_remove(const struct container_fixture *fixture)
{
	nftw(fixture->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

size_t fixture_examine(const struct container_fixture *fixture, unsigned pid, unsigned start,
	const char *path, __u64 *record)
{
	struct examine_job job = {.kind = EXAMINE_CONTAINER, .cgroup_id = 77};
	int proc = open(fixture_file(fixture, "proc"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t len;

	assert_true(proc >= 0);
	job.process.pid = pid;
	job.process.start_ns = start * TICKS_TO_NS;
	job.path_len = (uint32_t)strlen(path) + 1;
	memcpy(job.path, path, job.path_len);
	len = examine_container_at(proc, &job, record);
	close(proc);
	return len;
}

int fixture_is_verified(const struct container_fixture *fixture, const char *path)
{
	__u64 record[EVENT_RECORD_MAX / 8];
	struct event event;
	size_t len = fixture_examine(
		fixture, 101, 6000, path ? path : fixture_path(fixture->kind), record);

	if (len == 0)
		return -1;
	assert_int_equal(event_decode(record, len, &event), 0);
	if (event.container->flags & CONTAINER_VERIFIED)
		return 1;
	assert_int_equal(event.container->flags, 0);
	assert_int_equal(event.container->created_ns, 0);
	for (unsigned i = CONTAINER_TEXT_NAME; i < CONTAINER_TEXTS; i++)
		assert_int_equal(event.container_text[i].len, 0);
	return 0;
}

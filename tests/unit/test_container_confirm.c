/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that each thing which does not fit leaves a container unconfirmed, on made-up hosts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container_fixture.h"
#include "decode.h"
#include "examiner/examine_container.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum action { WRITE, DELETE, LINK, SYMLINK, CHOWN, CHMOD, FIFO, BIG };

#define STATE(id, pid, start, cgroup)                                           \
	"{'id':'" id "','init_process_pid':" pid ",'init_process_start':" start \
	",'cgroup_paths':{'':'" cgroup "'},'config':{'labels':['bundle="        \
	"/run/containerd/io.containerd.runtime.v2.task/k8s.io/" FIXTURE_ID "']}}"
#define CGROUP "/sys/fs/cgroup/unified" FIXTURE_POD "/" FIXTURE_ID
#define STATUS(uids) "Name:\tx\nUid:\t" uids "\nSeccomp:\t2\n"
#define SHIM "containerd-shim-runc-v2"
#define STAT(ppid, flags, start) \
	" S " ppid " 1 1 0 -1 " flags " 0 0 0 0 0 0 0 0 20 0 1 0 " start " 0 0\n"

/* One thing is changed on a host where all is well. */
static const struct change {
	const char *name;
	enum fixture_kind kind;
	bool verified;
	enum action action;
	const char *path, *text;
} changes[] = {
	/* state.json */
	{"state, the same", FIXTURE_CRI, true, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "100", "5000", CGROUP)},
	{"state of another id", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_OTHER, "100", "5000", CGROUP)},
	{"state of an earlier process", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "100", "4999", CGROUP)},
	{"state of a dead process", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "99", "5000", CGROUP)},
	{"state of a process elsewhere", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "50", "4000", CGROUP)},
	{"state with another cgroup", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "100", "5000", "/sys/fs/cgroup/unified/docker/" FIXTURE_ID)},
	{"state with another pod's cgroup", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "100", "5000",
			"/sys/fs/cgroup/unified/kubepods/besteffort/pod"
			"00000000-ea96-4728-ab4a-64ab3babccd7/" FIXTURE_ID)},
	{"hierarchy mounted from below its root", FIXTURE_CRI, false, WRITE, "proc/50/mountinfo",
		"33 31 0:33 /x /sys/fs/cgroup/unified rw - cgroup2 cgroup rw\n"},
	{"state with the pod's cgroup", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "100", "5000", "/sys/fs/cgroup/unified" FIXTURE_POD)},
	{"state with the root cgroup", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "100", "5000", "/sys/fs/cgroup/unified")},
	{"state with a cgroup below", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "100", "5000", CGROUP "/" FIXTURE_ID)},
	{"state with a cgroup whose name begins so", FIXTURE_CTR, false, WRITE,
		"host/run/containerd/runc/tools/one/state.json",
		STATE("one", "100", "5000", "/sys/fs/cgroup/unified/tools/on")},
	{"state with a path of no hierarchy", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE,
		STATE(FIXTURE_ID, "100", "5000", "/sys/fs/cgroup" FIXTURE_POD "/" FIXTURE_ID)},
	{"state missing", FIXTURE_CRI, false, DELETE, FIXTURE_CRI_STATE, NULL},
	{"state of another owner", FIXTURE_CRI, false, CHOWN, FIXTURE_CRI_STATE, NULL},
	{"state that a group may write", FIXTURE_CRI, false, CHMOD, FIXTURE_CRI_STATE, "0620"},
	{"state that all may write", FIXTURE_CRI, false, CHMOD, FIXTURE_CRI_STATE, "0602"},
	{"state for root alone", FIXTURE_CRI, true, CHMOD, FIXTURE_CRI_STATE, "0600"},
	{"state a pipe", FIXTURE_CRI, false, FIFO, FIXTURE_CRI_STATE, NULL},
	{"state too long", FIXTURE_CRI, false, BIG, FIXTURE_CRI_STATE, NULL},
	{"state no JSON", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_STATE, "{"},
	/* the container's processes; 50 has the host's namespaces */
	{"init in the host's pid namespace", FIXTURE_CRI, true, LINK, "proc/50/ns/pid",
		"proc/100/ns/pid"},
	{"its cgroup as from a cgroup namespace", FIXTURE_CRI, true, WRITE, "proc/100/cgroup",
		"0::/../../pod" FIXTURE_UID "/" FIXTURE_ID "\n"},
	/* the monitor */
	{"monitor of a user", FIXTURE_CRI, false, WRITE, "proc/50/status",
		STATUS("1000\t1000\t1000\t1000")},
	{"monitor setuid", FIXTURE_CRI, false, WRITE, "proc/50/status", STATUS("1000\t0\t0\t0")},
	{"monitor that was root", FIXTURE_CRI, false, WRITE, "proc/50/status",
		STATUS("0\t1000\t0\t0")},
	{"monitor in a mount namespace", FIXTURE_CRI, false, WRITE, "proc/50/ns/mnt", ""},
	{"monitor in a pid namespace", FIXTURE_CRI, false, WRITE, "proc/50/ns/pid", ""},
	{"monitor in a net namespace", FIXTURE_CRI, true, WRITE, "proc/50/ns/net", ""},
	{"monitor younger than its child", FIXTURE_CRI, false, WRITE, "proc/50/stat",
		"50 (x)" STAT("1", "0", "6001")},
	{"another program", FIXTURE_CRI, false, WRITE, "proc/50/cmdline",
		"containerd|-namespace|k8s.io|-id|" FIXTURE_SANDBOX "|"},
	{"a program named like it", FIXTURE_CRI, false, WRITE, "proc/50/cmdline",
		SHIM "x|-namespace|k8s.io|-id|" FIXTURE_SANDBOX "|"},
	{"monitor without id", FIXTURE_CRI, false, WRITE, "proc/50/cmdline",
		SHIM "|-namespace|k8s.io|-id|"},
	{"monitor without namespace", FIXTURE_CRI, false, WRITE, "proc/50/cmdline",
		SHIM "|-id|" FIXTURE_SANDBOX "|"},
	{"monitor of another namespace", FIXTURE_CRI, false, WRITE, "proc/50/cmdline",
		SHIM "|-namespace|default|-id|" FIXTURE_SANDBOX "|"},
	{"a path for a namespace", FIXTURE_CRI, false, WRITE, "proc/50/cmdline",
		SHIM "|-namespace|../runc/k8s.io|-id|" FIXTURE_SANDBOX "|"},
	{"monitor of another sandbox", FIXTURE_CRI, false, WRITE, "proc/50/cmdline",
		SHIM "|-namespace|k8s.io|-id|" FIXTURE_OTHER "|"},
	{"monitor of another container", FIXTURE_DOCKER, false, WRITE, "proc/50/cmdline",
		SHIM "|-namespace|moby|-id|" FIXTURE_OTHER "|"},
	{"a path for an id", FIXTURE_CTR, false, WRITE, "proc/50/cmdline",
		SHIM "|-namespace|tools|-id|../tools/one|"},
	/* the reference */
	{"kthreadd is none, process 1 is", FIXTURE_CRI, true, WRITE, "proc/2/stat",
		"2 (kthreadd)" STAT("0", "0", "10")},
	{"kthreadd cannot be seen, process 1 can", FIXTURE_CRI, true, DELETE, "proc/2/ns/mnt",
		NULL},
	/* the bundle */
	{"config.json missing", FIXTURE_CRI, false, DELETE, FIXTURE_CRI_BUNDLE "/config.json",
		NULL},
	{"config.json of another sandbox", FIXTURE_CRI, false, WRITE,
		FIXTURE_CRI_BUNDLE "/config.json",
		"{'annotations':{'io.kubernetes.cri.container-type':'container',"
		"'io.kubernetes.cri.sandbox-id':'" FIXTURE_OTHER "'}}"},
	{"config.json of another owner", FIXTURE_CRI, false, CHOWN,
		FIXTURE_CRI_BUNDLE "/config.json", NULL},
	{"config.json a link", FIXTURE_CRI, false, SYMLINK, "host/other",
		FIXTURE_CRI_BUNDLE "/config.json"},
	{"options.json missing", FIXTURE_CRI, true, DELETE, FIXTURE_CRI_BUNDLE "/options.json",
		NULL},
	{"options.json missing, state elsewhere", FIXTURE_DOCKER, false, DELETE,
		FIXTURE_DOCKER_BUNDLE "/options.json", NULL},
	{"options.json no JSON", FIXTURE_CRI, false, WRITE, FIXTURE_CRI_BUNDLE "/options.json",
		"["},
	{"options.json of another owner", FIXTURE_CRI, false, CHOWN,
		FIXTURE_CRI_BUNDLE "/options.json", NULL},
	{"working directory of another bundle", FIXTURE_CRI, false, SYMLINK, "host/root",
		"proc/50/cwd"},
	/* conmon */
	{"conmon of another container", FIXTURE_PODMAN, false, WRITE, "proc/50/cmdline",
		"conmon|-c|" FIXTURE_OTHER "|-c|" FIXTURE_ID "|-r|runc|"},
	{"conmon of an exec", FIXTURE_PODMAN, true, WRITE, "proc/50/cmdline",
		"conmon|-c|" FIXTURE_ID "|-u|" FIXTURE_OTHER "|-r|runc|"},
	{"conmon's runtime has another root", FIXTURE_PODMAN, false, WRITE, "proc/50/cmdline",
		"conmon|-c|" FIXTURE_ID "|-r|runc|--runtime-arg|--root=/elsewhere|"},
	{"conmon's runtime has this root", FIXTURE_PODMAN, true, WRITE, "proc/50/cmdline",
		"conmon|-c|" FIXTURE_ID
		"|-r|runc|--runtime-arg|--x|--runtime-arg|--root=/run/runc|"},
	{"conmon of another runtime", FIXTURE_PODMAN, false, WRITE, "proc/50/cmdline",
		"conmon|-c|" FIXTURE_ID "|-r|/usr/bin/crun|"},
	{"conmon of an unknown runtime", FIXTURE_PODMAN, false, WRITE, "proc/50/cmdline",
		"conmon|-c|" FIXTURE_ID "|-r|/usr/bin/kata|"},
	/* none */
	{"runc alone, parent in a container", FIXTURE_BARE, false, WRITE, "proc/50/ns/mnt", ""},
	{"runc alone, parent of a user", FIXTURE_BARE, false, WRITE, "proc/50/status",
		STATUS("1000\t1000\t1000\t1000")},
};

static void apply(const struct container_fixture *fixture, const struct change *change)
{
	const char *full = fixture_file(fixture, change->path);

	switch (change->action) {
	case WRITE:
		fixture_write(fixture, change->path, change->text);
		return;
	case DELETE:
		fixture_delete(fixture, change->path);
		return;
	case LINK:
		fixture_link(fixture, change->path, change->text);
		return;
	case SYMLINK:
		fixture_symlink(fixture, change->path, change->text);
		return;
	case CHOWN:
		assert_int_equal(chown(full, 65534, 65534), 0);
		return;
	case CHMOD:
		assert_int_equal(chmod(full, (mode_t)strtoul(change->text, NULL, 8)), 0);
		return;
	case FIFO:
		assert_int_equal(unlink(full), 0);
		assert_int_equal(mkfifo(full, 0600), 0);
		return;
	case BIG: /* JSON may end in blanks */
		assert_int_equal(truncate(full, 2 << 20), 0);
		return;
	}
}

/* path NULL: the container's. -1: no record. */
static int is_verified(const struct container_fixture *fixture, const char *path)
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

static void test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		const struct change *change = &changes[i];
		struct container_fixture fixture;
		int verified;

		fixture_make(&fixture, change->kind);
		apply(&fixture, change);
		verified = is_verified(&fixture, NULL);
		fixture_remove(&fixture);
		if ((verified == 1) != change->verified)
			print_message("%s\n", change->name);
		assert_int_equal(verified == 1, change->verified);
	}
}

/* With the host's pid namespace only the cgroup ties a process to the container's init. */
static void test_host_pid(void **state)
{
	struct container_fixture fixture;

	(void)state;
	fixture_make(&fixture, FIXTURE_CRI);
	fixture_link(&fixture, "proc/2/ns/pid", "proc/100/ns/pid");
	fixture_link(&fixture, "proc/2/ns/pid", "proc/101/ns/pid");
	assert_int_equal(is_verified(&fixture, NULL), 1);
	fixture_write(&fixture, "proc/100/cgroup", "0::/\n");
	assert_int_equal(is_verified(&fixture, NULL), 0);
	fixture_write(&fixture, "proc/100/cgroup", "0::/docker/" FIXTURE_ID "\n");
	assert_int_equal(is_verified(&fixture, NULL), 0);
	fixture_write(&fixture, "proc/100/cgroup", "0::/..\n");
	assert_int_equal(is_verified(&fixture, NULL), 0);
	fixture_write(&fixture, "proc/100/cgroup", "1:x\n::\n\n0::/..\n0::/../" FIXTURE_ID);
	assert_int_equal(is_verified(&fixture, NULL), 1);
	fixture_remove(&fixture);
}

/* In another pid namespace process 2 is anybody, whatever it calls itself. */
static void test_reference(void **state)
{
	struct container_fixture fixture;

	(void)state;
	fixture_make(&fixture, FIXTURE_CRI);
	fixture_write(&fixture, "proc/2/stat", "2 (kthreadd)" STAT("0", "0", "10"));
	fixture_write(&fixture, "proc/2/ns/mnt", "");
	assert_int_equal(is_verified(&fixture, NULL), 1);
	fixture_write(&fixture, "proc/1/ns/mnt", "");
	assert_int_equal(is_verified(&fixture, NULL), 0);
	fixture_remove(&fixture);
}

/* A shell of the host's root between shim and process does not hide the shim. */
static void test_between(void **state)
{
	struct container_fixture fixture;

	(void)state;
	fixture_make(&fixture, FIXTURE_CRI);
	fixture_process(&fixture, 60, 50, "sh", 5500);
	fixture_write(&fixture, "proc/60/ns/x", "");
	fixture_link(&fixture, "proc/2/ns/mnt", "proc/60/ns/mnt");
	fixture_link(&fixture, "proc/2/ns/pid", "proc/60/ns/pid");
	fixture_process(&fixture, 101, 60, "sh", 6000);
	assert_int_equal(is_verified(&fixture, NULL), 1);
	fixture_remove(&fixture);
}

/* What calls itself a shim inside the container is passed over; the real one stands above. */
static void test_ancestors(void **state)
{
	static const struct {
		unsigned between;
		int verified;
	} rows[] = {{0, 1}, {1, 1}, {15, 1}, {16, 0}, {60, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct container_fixture fixture;
		unsigned parent = 50;

		fixture_make(&fixture, FIXTURE_CRI);
		for (unsigned j = 0; j < rows[i].between; j++, parent = 200 + j - 1) {
			char path[64];

			fixture_process(&fixture, 200 + j, parent, ") (", 5000);
			snprintf(path, sizeof(path), "proc/%u/cmdline", 200 + j);
			fixture_write(
				&fixture, path, SHIM "|-namespace|k8s.io|-id|" FIXTURE_OTHER "|");
			snprintf(path, sizeof(path), "proc/%u/ns/pid", 200 + j);
			fixture_write(&fixture, path, "");
			snprintf(path, sizeof(path), "proc/%u/ns/mnt", 200 + j);
			fixture_write(&fixture, path, "");
		}
		fixture_process(&fixture, 101, parent, "sh", 6000);
		assert_int_equal(is_verified(&fixture, NULL), rows[i].verified);
		fixture_remove(&fixture);
	}
}

/* Links in absolute paths are followed within the host's root, not within ours. */
static void test_links(void **state)
{
	struct container_fixture fixture;

	(void)state;
	fixture_make(&fixture, FIXTURE_DOCKER);
	fixture_write(&fixture, FIXTURE_DOCKER_BUNDLE "/options.json",
		"{'root':'/var/run/docker/runtime-runc'}");
	assert_int_equal(is_verified(&fixture, NULL), 0);
	assert_int_equal(symlink("/run", fixture_file(&fixture, "host/var/run")), 0);
	assert_int_equal(is_verified(&fixture, NULL), 1);
	fixture_write(&fixture, FIXTURE_DOCKER_BUNDLE "/options.json",
		"{'root':'run/docker/runtime-runc'}");
	assert_int_equal(is_verified(&fixture, NULL), 0);
	fixture_remove(&fixture);
}

/* Where the parent is of no help, as process 1 may be, we are, if we are on the host. */
static void test_self(void **state)
{
	struct container_fixture fixture;

	(void)state;
	fixture_make(&fixture, FIXTURE_BARE);
	fixture_write(&fixture, "proc/50/ns/mnt", "");
	fixture_delete(&fixture, "proc/1/ns/mnt");
	assert_int_equal(is_verified(&fixture, NULL), 0);
	fixture_link(&fixture, "proc/2/ns/mnt", "proc/self/ns/mnt");
	assert_int_equal(is_verified(&fixture, NULL), 1);
	fixture_remove(&fixture);
}

/* An id that no runtime's grammar has becomes no part of a path, though a file be there. */
static void test_odd_id(void **state)
{
	static const struct {
		const char *id;
		int verified;
	} rows[] = {{"a-b", 1}, {"a+b", 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct container_fixture fixture;
		char file[128], path[64], text[512];

		fixture_make(&fixture, FIXTURE_BARE);
		snprintf(path, sizeof(path), "/lxc/%s", rows[i].id);
		snprintf(file, sizeof(file), "host/run/runc/%s/state.json", rows[i].id);
		snprintf(text, sizeof(text),
			"{'id':'%s','init_process_pid':100,'init_process_start':5000,"
			"'cgroup_paths':{'':'/sys/fs/cgroup/unified%s'}}",
			rows[i].id, path);
		fixture_write(&fixture, file, text);
		assert_int_equal(is_verified(&fixture, path), rows[i].verified);
		fixture_remove(&fixture);
	}
}

/* crun keeps other files, and paths without the mount point. */
static void test_crun(void **state)
{
	static const struct {
		const char *cgroup, *start;
		int verified;
	} rows[] = {
		{"/machine.slice/libpod-" FIXTURE_ID ".scope", "5000", 1},
		{"/machine.slice/libpod-" FIXTURE_ID ".scope/", "5000", 1},
		{"/machine.slice/libpod-" FIXTURE_OTHER ".scope", "5000", 0},
		{"/machine.slice", "5000", 0},
		{"/machine.slice/libpod-" FIXTURE_ID ".scope", "5001", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct container_fixture fixture;
		char text[1024];

		fixture_make(&fixture, FIXTURE_PODMAN);
		fixture_write(&fixture, "proc/50/cmdline", "conmon|-c|" FIXTURE_ID "|-r|crun|");
		snprintf(text, sizeof(text),
			"{'pid':100,'process-start-time':%s,'cgroup-path':'%s',"
			"'bundle':'/x','created':'2026-11-22T01:00:00Z'}",
			rows[i].start, rows[i].cgroup);
		fixture_write(&fixture, "host/run/crun/" FIXTURE_ID "/status", text);
		assert_int_equal(is_verified(&fixture, NULL), rows[i].verified);
		fixture_remove(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_host_pid),
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_ancestors),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_odd_id),
		cmocka_unit_test(test_crun),
	};

	if (geteuid() != 0) {
		print_message("ok 1 # skip only root can make files of root's\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

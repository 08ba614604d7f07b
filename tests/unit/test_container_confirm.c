/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that each thing which does not fit leaves a container unconfirmed, on made-up hosts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container_fixture.h"

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

static void test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		const struct change *change = &changes[i];
		struct container_fixture fixture;
		int verified;

		fixture_make(&fixture, change->kind);
		apply(&fixture, change);
		verified = fixture_is_verified(&fixture, NULL);
		fixture_remove(&fixture);
		if ((verified == 1) != change->verified)
			print_message("%s\n", change->name);
		assert_int_equal(verified == 1, change->verified);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
	};

	if (geteuid() != 0) {
		print_message("ok 1 # skip only root can make files of root's\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

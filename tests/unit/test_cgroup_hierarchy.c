// SPDX-License-Identifier: Apache-2.0
/* Tests which cgroup hierarchy is chosen from the texts of /proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sources/cgroup_hierarchy.h"

#define HEAD "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
#define V2_ONLY HEAD "cpu\t0\t77\t1\nmemory\t0\t77\t1\npids\t0\t77\t1\n"
#define V1 HEAD "cpu\t3\t1\t1\ncpuacct\t3\t1\t1\nmemory\t4\t14\t1\npids\t8\t1\t1\n"
#define MOUNT(root, point, rest) "40 31 0:28 " root " " point " rw,relatime shared:9 " rest "\n"
#define CGROUP2(point) MOUNT("/", point, "- cgroup2 cgroup2 rw,nsdelegate")
#define PIDS(point) MOUNT("/", point, "- cgroup cgroup rw,pids")
#define A256                                                                                       \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaa"                                                                                      \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaa"                                                                                      \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct row {
	const char *name;
	const char *cgroups, *mountinfo;
	unsigned version, id;
	const char *controller, *mount, *cgroup2;
};

static const struct row rows[] = {
	{"version 2 alone", V2_ONLY, CGROUP2("/sys/fs/cgroup"), 2, 0, NULL, "/sys/fs/cgroup",
		"/sys/fs/cgroup"},
	{"no /proc/cgroups", "", CGROUP2("/sys/fs/cgroup"), 2, 0, NULL, "/sys/fs/cgroup",
		"/sys/fs/cgroup"},
	{"version 1", V1, PIDS("/sys/fs/cgroup/pids"), 1, 8, "pids", "/sys/fs/cgroup/pids", ""},
	{"hybrid", V1, CGROUP2("/sys/fs/cgroup/unified") PIDS("/sys/fs/cgroup/pids"), 1, 8, "pids",
		"/sys/fs/cgroup/pids", "/sys/fs/cgroup/unified"},
	{"version 1, no pids", HEAD "cpu\t3\t1\t1\nmemory\t4\t1\t1\npids\t0\t1\t1\n",
		MOUNT("/", "/m", "- cgroup cgroup rw,memory"), 1, 4, "memory", "/m", ""},
	{"controllers mounted together", HEAD "cpu\t3\t1\t1\ncpuacct\t3\t1\t1\n",
		MOUNT("/", "/c", "- cgroup cgroup rw,cpu,cpuacct"), 1, 3, "cpuacct", "/c", ""},
	{"a controller nobody takes ids from", HEAD "net_cls\t5\t1\t1\npids\t0\t1\t1\n",
		CGROUP2("/two"), 2, 0, NULL, "/two", "/two"},
	{"a name that only begins alike", HEAD "pidsx\t5\t1\t1\n", CGROUP2("/two"), 2, 0, NULL,
		"/two", "/two"},
	{"an option that only begins alike", V1,
		MOUNT("/", "/no", "- cgroup cgroup rw,pidsx") PIDS("/yes"), 1, 8, "pids", "/yes",
		""},
	{"an option that only ends alike", V1,
		MOUNT("/", "/no", "- cgroup cgroup rw,xpids") PIDS("/yes"), 1, 8, "pids", "/yes",
		""},
	{"a cgroup namespace's root", V2_ONLY, CGROUP2("/pod") CGROUP2("/host/sys/fs/cgroup"), 2, 0,
		NULL, "/host/sys/fs/cgroup", "/host/sys/fs/cgroup"},
	{"no true root at all", V2_ONLY, CGROUP2("/pod"), 2, 0, NULL, "", ""},
	{"nothing mounted", V2_ONLY, MOUNT("/", "/", "- ext4 /dev/vda rw"), 0, 0, NULL, "", ""},
	{"nothing at all", "", "", 0, 0, NULL, "", ""},
	{"escaped mount point", V2_ONLY, CGROUP2("/a\\040b\\134c"), 2, 0, NULL, "/a b\\c",
		"/a b\\c"},
	{"escape cut off", V2_ONLY, CGROUP2("/a\\04"), 2, 0, NULL, "/a\\04", "/a\\04"},
	{"source that looks like a type", V2_ONLY,
		MOUNT("/", "/no", "- tmpfs cgroup2 rw") CGROUP2("/yes"), 2, 0, NULL, "/yes",
		"/yes"},
	{"mount point that looks like the separator", V2_ONLY, CGROUP2("-") CGROUP2("/yes"), 2, 0,
		NULL, "/yes", "/yes"},
	{"mount point too long", V2_ONLY, CGROUP2("/" A256 A256 A256 A256) CGROUP2("/yes"), 2, 0,
		NULL, "/yes", "/yes"},
	{"lines cut off", HEAD "pids\n\npids\t", "40\n40 31 0:28 / /x rw -\n\n40 31", 0, 0, NULL,
		"", ""},
	{"number that is none", HEAD "pids\t8x\t1\t1\nmemory\t-\t1\t1\n", PIDS("/p"), 0, 0, NULL,
		"", ""},
	{"number too large", HEAD "pids\t99999999999999999999\t1\t1\n", PIDS("/p"), 0, 0, NULL, "",
		""},
};

/* Stands for the look at the inode: a relative path or a pod's own root is no true root. */
static bool is_root(const char *mount_point)
{
	return mount_point[0] == '/' && strcmp(mount_point, "/pod");
}

static void chooses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct cgroup_hierarchy got;

		print_message("%s\n", row->name);
		cgroup_hierarchy_choose(row->cgroups, row->mountinfo, is_root, &got);
		assert_int_equal(got.version, row->version);
		assert_int_equal(got.id, row->id);
		if (row->controller)
			assert_string_equal(got.controller, row->controller);
		else
			assert_null(got.controller);
		assert_string_equal(got.mount, row->mount);
		assert_string_equal(got.cgroup2, row->cgroup2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(chooses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

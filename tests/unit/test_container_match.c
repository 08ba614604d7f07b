/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how processes, cgroups, links and ids must fit for a container to be confirmed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "container_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SHIM "containerd-shim-runc-v2"

/* With the host's pid namespace only the cgroup ties a process to the container's init. */
static void test_host_pid(void **state)
{
	struct container_fixture fixture;

	(void)state;
	fixture_make(&fixture, FIXTURE_CRI);
	fixture_link(&fixture, "proc/2/ns/pid", "proc/100/ns/pid");
	fixture_link(&fixture, "proc/2/ns/pid", "proc/101/ns/pid");
	assert_int_equal(fixture_is_verified(&fixture, NULL), 1);
	fixture_write(&fixture, "proc/100/cgroup", "0::/\n");
	assert_int_equal(fixture_is_verified(&fixture, NULL), 0);
	fixture_write(&fixture, "proc/100/cgroup", "0::/docker/" FIXTURE_ID "\n");
	assert_int_equal(fixture_is_verified(&fixture, NULL), 0);
	fixture_write(&fixture, "proc/100/cgroup", "0::/..\n");
	assert_int_equal(fixture_is_verified(&fixture, NULL), 0);
	fixture_write(&fixture, "proc/100/cgroup", "1:x\n::\n\n0::/..\n0::/../" FIXTURE_ID);
	assert_int_equal(fixture_is_verified(&fixture, NULL), 1);
	fixture_remove(&fixture);
}

/* In another pid namespace process 2 is anybody, whatever it calls itself. */
static void test_reference(void **state)
{
	struct container_fixture fixture;

	(void)state;
	fixture_make(&fixture, FIXTURE_CRI);
	fixture_write(&fixture, "proc/2/stat",
		"2 (kthreadd)"
		" S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 10 0 0\n");
	fixture_write(&fixture, "proc/2/ns/mnt", "");
	assert_int_equal(fixture_is_verified(&fixture, NULL), 1);
	fixture_write(&fixture, "proc/1/ns/mnt", "");
	assert_int_equal(fixture_is_verified(&fixture, NULL), 0);
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
	assert_int_equal(fixture_is_verified(&fixture, NULL), 1);
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
		assert_int_equal(fixture_is_verified(&fixture, NULL), rows[i].verified);
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
	assert_int_equal(fixture_is_verified(&fixture, NULL), 0);
	assert_int_equal(symlink("/run", fixture_file(&fixture, "host/var/run")), 0);
	assert_int_equal(fixture_is_verified(&fixture, NULL), 1);
	fixture_write(&fixture, FIXTURE_DOCKER_BUNDLE "/options.json",
		"{'root':'run/docker/runtime-runc'}");
	assert_int_equal(fixture_is_verified(&fixture, NULL), 0);
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
	assert_int_equal(fixture_is_verified(&fixture, NULL), 0);
	fixture_link(&fixture, "proc/2/ns/mnt", "proc/self/ns/mnt");
	assert_int_equal(fixture_is_verified(&fixture, NULL), 1);
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
		assert_int_equal(fixture_is_verified(&fixture, path), rows[i].verified);
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
		assert_int_equal(fixture_is_verified(&fixture, NULL), rows[i].verified);
		fixture_remove(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
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

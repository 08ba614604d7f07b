/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is told of the containers of each runtime, on made-up hosts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "container_fixture.h"
#include "decode.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "flags created id|runtime|name|image|pod|namespace|uid|capabilities|mounts" or "" */
static void describe(const __u64 *record, size_t len, char *text, size_t size)
{
	struct event event;
	size_t used;

	text[0] = '\0';
	if (len == 0)
		return;
	assert_int_equal(event_decode(record, len, &event), 0);
	assert_int_equal(event.header->type, EVENT_CONTAINER);
	assert_int_equal(event.header->cgroup_id, 77);
	used = (size_t)snprintf(text, size, "%x %llu ", event.container->flags,
		(unsigned long long)event.container->created_ns);
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%.*s", i ? "|" : "",
			(int)event.container_text[i].len, event.container_text[i].data);
}

static const struct {
	const char *name;
	enum fixture_kind kind;
	unsigned pid, start;
	const char *path; /* NULL: the container's */
	const char *expected;
} good[] = {
	{"CRI", FIXTURE_CRI, 100, 5000, NULL,
		"c1 1795309200500000000 " FIXTURE_ID "|containerd|web|registry.example/web:1|web-0"
		"|shop|" FIXTURE_UID "|SYS_PTRACE BPF|/etc /srv/a\\040b/docker.sock"},
	{"CRI, executed", FIXTURE_CRI, 101, 6000, NULL,
		"c1 1795309200500000000 " FIXTURE_ID "|containerd|web|registry.example/web:1|web-0"
		"|shop|" FIXTURE_UID "|SYS_PTRACE BPF|/etc /srv/a\\040b/docker.sock"},
	{"CRI, in a child of the cgroup", FIXTURE_CRI, 101, 6000, FIXTURE_POD "/" FIXTURE_ID "/own",
		"c1 1795309200500000000 " FIXTURE_ID "|containerd|web|registry.example/web:1|web-0"
		"|shop|" FIXTURE_UID "|SYS_PTRACE BPF|/etc /srv/a\\040b/docker.sock"},
	{"CRI, in a cgroup named as another's", FIXTURE_CRI, 101, 6000,
		FIXTURE_POD "/" FIXTURE_ID "/docker/" FIXTURE_OTHER,
		"c1 1795309200500000000 " FIXTURE_ID "|containerd|web|registry.example/web:1|web-0"
		"|shop|" FIXTURE_UID "|SYS_PTRACE BPF|/etc /srv/a\\040b/docker.sock"},
	{"docker", FIXTURE_DOCKER, 100, 5000, NULL,
		"1 1795309200000000001 " FIXTURE_ID "|docker|web|web:1|||||"},
	{"ctr, database missing", FIXTURE_CTR, 100, 5000, NULL,
		"1 1795309200500000000 one|containerd|one||||||"},
	{"podman", FIXTURE_PODMAN, 100, 5000, NULL,
		"1 1795309200000000000 " FIXTURE_ID "|podman|web|web:1|||||"},
	{"runc alone: names in its bundle are its caller's", FIXTURE_BARE, 100, 5000, NULL,
		"1 1795309200500000000 " FIXTURE_ID "|runc|||||||"},
	{"another process's pid", FIXTURE_CRI, 100, 5001, NULL, ""},
	{"no such process", FIXTURE_CRI, 99, 5000, NULL, ""},
	{"no container", FIXTURE_CRI, 100, 5000, "/user.slice", "0 0 ||||||||"},
	{"another container's path", FIXTURE_CRI, 100, 5000, "/docker/" FIXTURE_OTHER,
		"0 0 " FIXTURE_OTHER "|docker|||||||"},
	{"no runtime in the path", FIXTURE_DOCKER, 100, 5000, "/a/" FIXTURE_OTHER,
		"0 0 " FIXTURE_OTHER "||||||||"},
	{"a longer name than the container's", FIXTURE_CTR, 100, 5000, "/tools/one1",
		"0 0 ||||||||"},
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct container_fixture fixture;
		__u64 record[EVENT_RECORD_MAX / 8];
		char text[4096];
		size_t len;

		fixture_make(&fixture, good[i].kind);
		len = fixture_examine(&fixture, good[i].pid, good[i].start,
			good[i].path ? good[i].path : fixture_path(good[i].kind), record);
		describe(record, len, text, sizeof(text));
		fixture_remove(&fixture);
		if (strcmp(text, good[i].expected) != 0)
			print_message("%s\n", good[i].name);
		assert_string_equal(text, good[i].expected);
	}
}

/* What the kernel says of the container's init. */
static void test_init(void **state)
{
	struct container_fixture fixture;
	__u64 record[EVENT_RECORD_MAX / 8];
	char text[4096];
	size_t len;

	(void)state;
	fixture_make(&fixture, FIXTURE_DOCKER);
	fixture_link(&fixture, "proc/2/ns/pid", "proc/100/ns/pid");
	fixture_link(&fixture, "proc/2/ns/net", "proc/100/ns/net");
	fixture_link(&fixture, "proc/2/ns/ipc", "proc/100/ns/ipc");
	fixture_write(&fixture, "proc/100/status", "N:\nUid:\t0\t0\t0\t0\nSeccomp:\t0\n");
	fixture_write(&fixture, FIXTURE_DOCKER_BUNDLE "/config.json",
		"{'process':{'capabilities':{'bounding':['CAP_SYS_ADMIN','CAP_SYS_MODULE',"
		"'CAP_SYS_RAWIO']}}}");
	len = fixture_examine(&fixture, 101, 6000, fixture_path(FIXTURE_DOCKER), record);
	describe(record, len, text, sizeof(text));
	assert_string_equal(text, "7f 1795309200500000000 " FIXTURE_ID
				  "|docker||||||SYS_MODULE SYS_RAWIO SYS_ADMIN|");
	fixture_remove(&fixture);
}

/* containers.json may be too long or name the container in the other list. */
static void test_podman_lists(void **state)
{
	struct container_fixture fixture;
	__u64 record[EVENT_RECORD_MAX / 8];
	char text[4096];

	(void)state;
	fixture_make(&fixture, FIXTURE_PODMAN);
	fixture_write(&fixture, FIXTURE_STORAGE "/volatile-containers.json",
		"[{'id':'" FIXTURE_ID "','metadata':'{\\'image-name\\':\\'brief:1\\'}'}]");
	assert_int_equal(
		truncate(fixture_file(&fixture, FIXTURE_STORAGE "/containers.json"), 2 << 20), 0);
	describe(record, fixture_examine(&fixture, 101, 6000, fixture_path(FIXTURE_PODMAN), record),
		text, sizeof(text));
	assert_string_equal(text, "1 1795309200500000000 " FIXTURE_ID "|podman|web|brief:1|||||");
	fixture_delete(&fixture, FIXTURE_STORAGE "/volatile-containers.json");
	describe(record, fixture_examine(&fixture, 101, 6000, fixture_path(FIXTURE_PODMAN), record),
		text, sizeof(text));
	assert_string_equal(text, "1 1795309200500000000 " FIXTURE_ID "|podman|web||||||");
	fixture_remove(&fixture);
}

/*
 * The host's root can forge a shim with files of its own in its working directory. Without the
 * runtime's state these name nothing; with it they are not asked.
 */
static void test_forged_directory(void **state)
{
	struct container_fixture fixture;
	__u64 record[EVENT_RECORD_MAX / 8];
	char text[4096];
	size_t len;

	(void)state;
	fixture_make(&fixture, FIXTURE_CRI);
	fixture_write(&fixture, "host/evil/" FIXTURE_ID "/config.json",
		"{'annotations':{'io.kubernetes.cri.container-type':'container',"
		"'io.kubernetes.cri.sandbox-id':'" FIXTURE_SANDBOX "',"
		"'io.kubernetes.cri.sandbox-name':'victim'}}");
	fixture_write(&fixture, "host/evil/x/config.json", "{}");
	fixture_symlink(&fixture, "host/evil/x", "proc/50/cwd");
	len = fixture_examine(&fixture, 101, 6000, fixture_path(FIXTURE_CRI), record);
	describe(record, len, text, sizeof(text));
	assert_non_null(strstr(text, "|web-0|"));
	fixture_delete(&fixture, FIXTURE_CRI_STATE);
	len = fixture_examine(&fixture, 101, 6000, fixture_path(FIXTURE_CRI), record);
	describe(record, len, text, sizeof(text));
	assert_string_equal(text, "0 0 " FIXTURE_ID "|containerd|||||||");
	fixture_remove(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_podman_lists),
		cmocka_unit_test(test_forged_directory),
	};

	if (geteuid() != 0) {
		print_message("ok 1 # skip only root can make files of root's\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reader of /proc/PID/mountinfo and the hints it finds there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examiner/mountinfo.h"
#include "util/span.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEX "5694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c2"
#define HEX2 "1b3319ed9c1d4cca681f9c102da9b015555785b6240c4e4619f11b535cabdc07"
#define UID "eb052b63-ea96-4728-ab4a-64ab3babccd7"
#define STATIC_UID "99dcb84d2a34f7e338778606703258c4"

static const struct {
	const char *name, *line, *expected; /* NULL: refused */
} lines[] = {
	{"plain",
		"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
		"36 35 98:0 /mnt1 /mnt2 ext3 /dev/root rw,errors=continue"},
	{"no tag", "1 0 0:1 / / rw - tmpfs tmpfs rw\n", "1 0 0:1 / / tmpfs tmpfs rw"},
	{"three tags", "1 0 0:1 / / rw a:1 b:2 c - tmpfs tmpfs rw\n", "1 0 0:1 / / tmpfs tmpfs rw"},
	{"no source", "1 0 0:1 / / rw - tmpfs  rw\n", "1 0 0:1 / / tmpfs  rw"},
	{"no options", "1 0 0:1 / / rw - tmpfs a\n", "1 0 0:1 / / tmpfs a "},
	{"options with a space", "1 0 0:1 / / rw - t a b c\n", "1 0 0:1 / / t a b c"},
	{"largest", "4294967295 4294967295 4294967295:4294967295 r p rw - t a b\n",
		"4294967295 4294967295 4294967295:4294967295 r p t a b"},
	{"too large", "4294967296 0 0:1 / / rw - t a b\n", NULL},
	{"far too large", "99999999999999999999999 0 0:1 / / rw - t a b\n", NULL},
	{"negative", "-1 0 0:1 / / rw - t a b\n", NULL},
	{"colon for a digit", "1: 0 0:1 / / rw - t a b\n", NULL},
	{"parent", "1 x 0:1 / / rw - t a b\n", NULL},
	{"major", "1 0 x:1 / / rw - t a b\n", NULL},
	{"minor", "1 0 0:x / / rw - t a b\n", NULL},
	{"no minor", "1 0 0 / / rw - t a b\n", NULL},
	{"empty id", " 0 0:1 / / rw - t a b\n", NULL},
	{"empty root", "1 0 0:1  / rw - t a b\n", NULL},
	{"empty point", "1 0 0:1 /  rw - t a b\n", NULL},
	{"no fstype", "1 0 0:1 / / rw - \n", NULL},
	{"no dash", "1 0 0:1 / / rw t a b\n", NULL},
	{"dash within a word", "1 0 0:1 / / rw -t a b\n", NULL},
	{"ends at the point", "1 0 0:1 / /\n", NULL},
	{"empty", "\n", NULL},
	{"without end", "1 0 0:1 / / rw - tmpfs tmpfs rw", NULL},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct mountinfo mountinfo = {.rest = span_of(lines[i].line)};
		struct mountinfo_mount got;
		char text[512];
		bool found = mountinfo_next(&mountinfo, &got);

		if (found != (lines[i].expected != NULL) || mountinfo.refused != !found)
			fail_msg("%s", lines[i].name);
		if (!found)
			continue;
		snprintf(text, sizeof(text), "%u %u %u:%u %.*s %.*s %.*s %.*s %.*s", got.id,
			got.parent, got.major, got.minor, (int)got.root.len, got.root.data,
			(int)got.point.len, got.point.data, (int)got.fstype.len, got.fstype.data,
			(int)got.source.len, got.source.data, (int)got.options.len,
			got.options.data);
		if (strcmp(text, lines[i].expected))
			fail_msg("%s: %s", lines[i].name, text);
		assert_false(mountinfo_next(&mountinfo, &got));
	}
}

static void test_many_lines(void **state)
{
	struct mountinfo mountinfo = {.rest = span_of("1 0 0:1 / / rw - t a b\n"
						      "nonsense\n\n"
						      "2 1 0:1 / /a rw - t a b\n"
						      "3 1 0:1 / /b rw - t a b")};
	struct mountinfo_mount mount;

	(void)state;
	assert_true(mountinfo_next(&mountinfo, &mount));
	assert_int_equal(mount.id, 1);
	assert_int_equal(mountinfo.refused, 0);
	assert_true(mountinfo_next(&mountinfo, &mount));
	assert_int_equal(mount.id, 2);
	assert_int_equal(mountinfo.refused, 2);
	assert_false(mountinfo_next(&mountinfo, &mount));
	assert_int_equal(mount.id, 2);
	assert_int_equal(mountinfo.refused, 3);
	assert_false(mountinfo_next(&mountinfo, &mount));

	mountinfo = (struct mountinfo){.rest = {NULL, 0}};
	assert_false(mountinfo_next(&mountinfo, &mount));
	assert_int_equal(mountinfo.refused, 0);
}

/* The real thing: every line of our own. */
static void test_own_mountinfo(void **state)
{
	char *text = calloc(1, MOUNTINFO_MAX);
	struct mountinfo mountinfo;
	struct mountinfo_mount mount;
	FILE *file = fopen("/proc/self/mountinfo", "re");
	unsigned count = 0, expected = 0;
	size_t len;

	(void)state;
	assert_non_null(text);
	assert_non_null(file);
	len = fread(text, 1, MOUNTINFO_MAX, file);
	fclose(file);
	for (size_t i = 0; i < len; i++)
		expected += text[i] == '\n';
	mountinfo = (struct mountinfo){.rest = {text, len}};
	while (mountinfo_next(&mountinfo, &mount))
		count++;
	assert_true(expected > 0);
	assert_int_equal(count, expected);
	assert_int_equal(mountinfo.refused, 0);
	assert_true(mountinfo_root((struct span){text, len}, &mount));
	free(text);
}

static const struct {
	const char *field, *expected;
} escapes[] = {
	{"", ""}, {"/a", "/a"}, {"/a\\040b\\011\\012\\134\\043", "/a b\t\n\\#"}, {"\\101", "A"},
	{"\\377", "\xff"}, {"\\400", "\\400"}, {"\\/00", "\\/00"}, {"\\080", "\\080"},
	{"\\0/0", "\\0/0"}, {"\\008", "\\008"}, {"\\00/", "\\00/"}, {"\\04", "\\04"}, {"\\", "\\"},
	{"\\\\040", "\\ "}, {"\\134040", "\\040"}, /* undone once */
};

static void test_escapes(void **state)
{
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(escapes); i++) {
		assert_int_equal(mountinfo_text(span_of(escapes[i].field), text, sizeof(text)), 0);
		if (strcmp(text, escapes[i].expected))
			fail_msg("%s: %s", escapes[i].field, text);
	}
	strcpy(text, "before");
	assert_int_equal(mountinfo_text(span_of("\\040bcd"), text, 4), -ENAMETOOLONG);
	assert_string_equal(text, "before");
	assert_int_equal(mountinfo_text(span_of("\\040bc"), text, 4), 0);
	assert_string_equal(text, " bc");
	assert_int_equal(mountinfo_text(span_of(""), text, 0), -ENAMETOOLONG);
}

#define ROOT_LINE "2 1 0:5 / / rw - overlay overlay "

static const struct {
	const char *name, *text, *upper, *lower; /* upper NULL: no overlay */
} overlays[] = {
	{"docker", ROOT_LINE "rw,lowerdir=/l/A:/l/B,upperdir=/u/diff,workdir=/u/work\n", "/u/diff",
		"/l/A:/l/B"},
	{"read-only", ROOT_LINE "ro,lowerdir=/l/A:/l/B\n", "", "/l/A:/l/B"},
	{"since 6.6", ROOT_LINE "rw,lowerdir+=/l/A,lowerdir+=/l/B,datadir+=/d,upperdir=/u\n", "/u",
		"/l/A"},
	{"escaped comma and sign", ROOT_LINE "rw,upperdir=/u\\054lowerdir=x\n", "/u\\054lowerdir=x",
		""},
	{"no options", ROOT_LINE "\n", "", ""},
	{"words that begin alike", ROOT_LINE "upperdirs=/x,xupperdir=/y,lower=/z,upperdir\n", "",
		""},
	{"another file system", "2 1 0:5 / / rw - ext4 a upperdir=/u\n", NULL, NULL},
	{"the last covers",
		"2 1 0:5 / / rw - ext4 a rw\n" ROOT_LINE "upperdir=/a\n" ROOT_LINE "upperdir=/b\n"
		"3 2 0:5 / /proc rw - proc proc upperdir=/c\n",
		"/b", ""},
};

static void test_overlay(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(overlays); i++) {
		struct mountinfo_mount mount;
		struct span upper, lower;

		assert_true(mountinfo_root(span_of(overlays[i].text), &mount));
		if (mountinfo_overlay(&mount, &upper, &lower) != (overlays[i].upper != NULL))
			fail_msg("%s", overlays[i].name);
		if (overlays[i].upper && (!span_equal(upper, span_of(overlays[i].upper)) ||
						 !span_equal(lower, span_of(overlays[i].lower))))
			fail_msg("%s: %.*s %.*s", overlays[i].name, (int)upper.len, upper.data,
				(int)lower.len, lower.data);
	}
}

static void test_no_root(void **state)
{
	struct mountinfo_mount mount = {.id = 7};

	(void)state;
	assert_false(mountinfo_root(span_of("2 1 0:5 / /a rw - ext4 a rw\n"), &mount));
	assert_int_equal(mount.id, 7);
}

#define MOUNT(root, point) "3 2 8:1 " root " " point " rw - ext4 /dev/sda1 rw\n"

static const struct {
	const char *name, *text, *expected; /* container|sandbox|pod */
} hints[] = {
	{"none", "", "||"},
	{"docker", MOUNT("/var/lib/docker/containers/" HEX "/hostname", "/etc/hostname"), HEX "||"},
	{"docker, data root elsewhere",
		MOUNT("/docker/containers/" HEX "/resolv.conf", "/etc/resolv.conf"), HEX "||"},
	{"docker, /var/lib/docker a mount", MOUNT("/containers/" HEX "/hosts", "/etc/hosts"),
		HEX "||"},
	{"podman",
		MOUNT("/containers/storage/overlay-containers/" HEX "/userdata/hostname",
			"/etc/hostname"),
		HEX "||"},
	{"containerd",
		MOUNT("/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/" HEX "/hostname",
			"/etc/hostname"),
		"|" HEX "|"},
	{"kubelet", MOUNT("/var/lib/kubelet/pods/" UID "/etc-hosts", "/etc/hosts"), "||" UID},
	{"kubelet, static pod",
		MOUNT("/pods/" STATIC_UID "/containers/a/1f2e3d4c", "/dev/termination-log"),
		"||" STATIC_UID},
	{"all",
		MOUNT("/k/pods/" UID "/etc-hosts", "/etc/hosts")
			MOUNT("/c/sandboxes/" HEX "/hostname", "/etc/hostname")
				MOUNT("/d/containers/" HEX2 "/resolv.conf", "/etc/resolv.conf"),
		HEX2 "|" HEX "|" UID},
	{"the first counts",
		MOUNT("/d/containers/" HEX "/hosts", "/etc/hosts")
			MOUNT("/d/containers/" HEX2 "/hostname", "/etc/hostname"),
		HEX "||"},
	{"another point", MOUNT("/var/lib/docker/containers/" HEX "/hostname", "/mnt"), "||"},
	{"another directory", MOUNT("/var/lib/docker/volumes/" HEX "/hostname", "/etc/hostname"),
		"||"},
	{"no directory", MOUNT("/" HEX "/hostname", "/etc/hostname"), "||"},
	{"a word's end", MOUNT("/mypods/" UID "/etc-hosts", "/etc/hosts"), "||"},
	{"not below", MOUNT("/containers/" HEX, "/etc/hostname"), "||"},
	{"relative", MOUNT("containers/" HEX "/hostname", "/etc/hostname"), "||"},
	{"short id", MOUNT("/containers/5694f82f/hostname", "/etc/hostname"), "||"},
	{"long id", MOUNT("/containers/" HEX "0/hostname", "/etc/hostname"), "||"},
	{"capitals", MOUNT("/pods/EB052B63-ea96-4728-ab4a-64ab3babccd7/etc-hosts", "/etc/hosts"),
		"||"},
	{"uid with another sign",
		MOUNT("/pods/eb052b63_ea96-4728-ab4a-64ab3babccd7/etc-hosts", "/etc/hosts"), "||"},
	{"uid cut", MOUNT("/pods/eb052b63/etc-hosts", "/etc/hosts"), "||"},
	{"uid cut behind a dash", MOUNT("/pods/eb052b63-/etc-hosts", "/etc/hosts"), "||"},
	{"a name space", MOUNT("net:[4026531840]", "/etc/hosts"), "||"},
};

static void test_hints(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hints); i++) {
		struct mountinfo_hints got;
		char text[256];

		memset(&got, 0x5a, sizeof(got));
		mountinfo_hints(span_of(hints[i].text), &got);
		snprintf(text, sizeof(text), "%s|%s|%s", got.container_id, got.sandbox_id,
			got.pod_uid);
		if (strcmp(text, hints[i].expected))
			fail_msg("%s: %s", hints[i].name, text);
	}
}

static void test_nul_in_id(void **state)
{
	char text[] = MOUNT("/containers/" HEX "/hostname", "/etc/hostname");
	struct mountinfo_hints got;

	(void)state;
	strstr(text, HEX)[9] = '\0';
	mountinfo_hints((struct span){text, sizeof(text) - 1}, &got);
	assert_string_equal(got.container_id, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_own_mountinfo),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_overlay),
		cmocka_unit_test(test_no_root),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_nul_in_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

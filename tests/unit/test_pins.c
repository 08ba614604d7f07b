/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which names are sets of pins, and who holds a lock by /proc/locks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sources/pins.h"

#define DIGEST "0123456789abcdef"

static const struct {
	const char *name;
	bool ours, whole;
	uint64_t since_ns;
} names[] = {
	{"v0_1_0-" DIGEST "-0000000000000000", true, true, 0},
	{"v0_1_0-" DIGEST "-00000000075bcd15", true, true, 123456789},
	{"v2-" DIGEST "-ffffffffffffffff", true, true, UINT64_MAX},
	{"new-v0_1_0-" DIGEST "-0000000000000001", true, false, 1},
	{"v0.1.0-" DIGEST "-0000000000000000", false, false, 0},
	{"0_1_0-" DIGEST "-0000000000000000", false, false, 0},
	{"v0_1_0-" DIGEST, false, false, 0},
	{"v0_1_0-" DIGEST "-", false, false, 0},
	{"v0_1_0-" DIGEST "-000000000000000", false, false, 0},
	{"v0_1_0-" DIGEST "-00000000000000000", false, false, 0},
	{"v0_1_0-0123456789ABCDEF-0000000000000000", false, false, 0},
	{"v0_1_0-0123456789abcde-00000000000000000", false, false, 0},
	{"old-v0_1_0-" DIGEST "-0000000000000000", false, false, 0},
	{"new-", false, false, 0},
	{"v", false, false, 0},
	{"", false, false, 0},
	{"..", false, false, 0},
	{"v0000000000000000000000000000000000000000000000000000000000000000-" DIGEST
	 "-0000000000000000",
		false, false, 0},
};

static void names_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct pins_set set;

		print_message("%s\n", names[i].name);
		assert_int_equal(pins_name_read(names[i].name, &set), names[i].ours);
		if (!names[i].ours)
			continue;
		assert_string_equal(set.name, names[i].name);
		assert_int_equal(set.whole, names[i].whole);
		assert_int_equal(set.since_ns, names[i].since_ns);
	}
}

static void written_names_are_read(void **state)
{
	struct pins_set written, read;

	(void)state;
	pins_name_write(DIGEST, 4711, &written);
	assert_null(strchr(written.name, '.')); /* bpffs has none */
	assert_true(pins_name_read(written.name, &read));
	assert_string_equal(read.digest, DIGEST);
	assert_int_equal(read.since_ns, 4711);
	assert_true(read.whole);
}

static const struct {
	const char *line;
	pid_t pid; /* 0: not this lock */
} lines[] = {
	{"1: FLOCK  ADVISORY  WRITE 4711 00:1d:123 0 EOF\n", 4711},
	{"12: FLOCK  ADVISORY  WRITE 5 00:1d:123 0 EOF\n", 5},
	{"1: -> FLOCK  ADVISORY  WRITE 4711 00:1d:123 0 EOF\n", 0}, /* waits for it */
	{"1: POSIX  ADVISORY  WRITE 4711 00:1d:123 0 EOF\n", 0},
	{"1: FLOCK  ADVISORY  WRITE 4711 00:1d:124 0 EOF\n", 0},
	{"1: FLOCK  ADVISORY  WRITE 4711 00:1e:123 0 EOF\n", 0},
	{"1: FLOCK  ADVISORY  WRITE 4711 08:1d:123 0 EOF\n", 0},
	{"1: FLOCK  ADVISORY  WRITE\n", 0},
	{"", 0},
};

static void holders_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		pid_t pid = 0;

		print_message("%s", lines[i].line);
		assert_int_equal(pins_lock_line(lines[i].line, makedev(0, 0x1d), 123, &pid),
			lines[i].pid != 0);
		assert_int_equal(pid, lines[i].pid);
	}
}

/* Everywhere but on bpffs, and no directory is left that was made for it. */
static void elsewhere_is_refused(void **state)
{
	char base[] = "/tmp/test-pins-XXXXXX", path[sizeof(base) + 8];
	int fd = -1;

	(void)state;
	assert_non_null(mkdtemp(base));
	snprintf(path, sizeof(path), "%s/pins", base);
	assert_int_equal(pins_open(path, false, &fd), -ENOENT);
	assert_int_equal(pins_open(path, true, &fd), -EMEDIUMTYPE);
	assert_int_equal(rmdir(base), 0);
	assert_int_equal(fd, -1);
}

/* The holder is named; a directory that was removed meanwhile is locked in vain. */
static void lock_is_held_once(void **state)
{
	char base[] = "/tmp/test-pins-XXXXXX";
	pid_t holder = 0;
	int first, second;

	(void)state;
	assert_non_null(mkdtemp(base));
	first = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	second = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(first >= 0 && second >= 0);
	assert_int_equal(pins_lock(first, &holder), 0);
	assert_int_equal(pins_lock(second, &holder), -EBUSY);
	assert_int_equal(holder, getpid());
	close(first);
	assert_int_equal(pins_lock(second, &holder), 0);
	assert_int_equal(rmdir(base), 0);
	assert_int_equal(pins_lock(second, &holder), -ESTALE);
	close(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(written_names_are_read),
		cmocka_unit_test(holders_are_read),
		cmocka_unit_test(elsewhere_is_refused),
		cmocka_unit_test(lock_is_held_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

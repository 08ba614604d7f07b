/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is taken from a monitor's arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "container_fixture.h"
#include "examiner/container_monitor.h"
#include "examiner/proc_read.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SHIM "/x/containerd-shim-runc-v2"

static const struct {
	const char *arguments;
	const char *expected; /* kind id name space runtime runtime_root */
} rows[] = {
	{SHIM "|-namespace|n|-id|a|", "1 a - n - -"},
	{SHIM "|-id|a|-namespace|n|-id|b|", "1 a - n - -"},
	{SHIM "|-id|a|", "0 a - - - -"},
	{SHIM "|-namespace|n|", "0 - - n - -"},
	{SHIM "|-namespace|n|-id|../a|", "0 ../a - n - -"},
	{SHIM "|-namespace|../n|-id|a|", "0 a - ../n - -"},
	{SHIM "|-namespace|n|-id||", "0  - n - -"},
	{"conmon|-c|a|-n|name|-r|/r|--runtime-arg|--root=/q|", "2 a name - /r /q"},
	{"conmon|-c|a|-c|b|-n|c|-n|d|-r|/r|-r|/s|", "2 a c - /r -"},
	{"conmon|-c|a|--runtime-arg|--log=/x|--runtime-arg|--root=/q|", "2 a - - - /q"},
	{"conmon|-c|a/b|", "0 a/b - - - -"},
	{"conmon|-c|", "0 - - - - -"},
	{"conmon|", "0 - - - - -"},
	{"xconmon|-c|a|", "0 - - - - -"},
	{"", "0 - - - - -"},
};

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

static void find(const struct container_fixture *fixture, struct container_monitor *monitor)
{
	int proc = open(fixture_file(fixture, "proc"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int host = proc_open_host(proc), job = proc_open(proc, 101);

	assert_int_equal(container_monitor_find(proc, host, job, monitor), 0);
	container_monitor_close(monitor);
	close(job);
	close(host);
	close(proc);
}

static void test_arguments(void **state)
{
	static struct container_monitor found;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct container_fixture fixture;
		char text[256];

		fixture_make(&fixture, FIXTURE_BARE);
		fixture_process(&fixture, 50, 0, "x", 4000);
		fixture_write(&fixture, "proc/50/cmdline", rows[i].arguments);
		find(&fixture, &found);
		snprintf(text, sizeof(text), "%d %s %s %s %s %s", found.kind, or_dash(found.id),
			or_dash(found.name), or_dash(found.space), or_dash(found.runtime),
			or_dash(found.runtime_root));
		fixture_remove(&fixture);
		assert_string_equal(text, rows[i].expected);
	}
}

/* An argument that the end of our buffer may have cut is none. */
static void test_long_arguments(void **state)
{
	static struct container_monitor found;
	struct container_fixture fixture;
	char text[CONTAINER_MONITOR_ARGV_MAX + 64] = "conmon|-c|abc|-r|";
	size_t len = strlen(text);

	(void)state;
	memset(text + len, 'x', sizeof(text) - len - 1);
	fixture_make(&fixture, FIXTURE_BARE);
	fixture_write(&fixture, "proc/50/cmdline", text);
	find(&fixture, &found);
	fixture_remove(&fixture);
	assert_int_equal(found.kind, CONTAINER_MONITOR_CONMON);
	assert_string_equal(found.id, "abc");
	assert_null(found.runtime);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_long_arguments),
	};

	if (geteuid() != 0) {
		print_message("ok 1 # skip only root can make processes of root's\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

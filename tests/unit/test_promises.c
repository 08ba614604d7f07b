/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a process which keeps a promise has no more than that, by what the kernel says of it,
 * and that what is printed of all of them is true. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privileges.h"
#include "promises.h"
#include "seccomp_list.h"

/* What /proc/PID/status says, in its base; UINT64_MAX: no such line. */
static uint64_t field(pid_t pid, const char *name, const char *format)
{
	char path[64], line[256];
	uint64_t value = UINT64_MAX;
	size_t len = strlen(name);
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			assert_int_equal(sscanf(line + len + 1, format, &value), 1);
	fclose(file);
	return value;
}

static void check(pid_t pid, const struct promise *promise)
{
	uint64_t had = field(getpid(), "CapPrm", "%" SCNx64);

	assert_int_equal(field(pid, "CapPrm", "%" SCNx64), had & promise->capabilities);
	assert_int_equal(field(pid, "CapEff", "%" SCNx64), had & promise->capabilities);
	assert_int_equal(field(pid, "CapInh", "%" SCNx64), 0);
	assert_int_equal(field(pid, "NoNewPrivs", "%" SCNu64), 1);
	if (had & PRIVILEGE(CAP_SETPCAP)) /* who lacks it cannot empty the set */
		assert_int_equal(field(pid, "CapBnd", "%" SCNx64), 0);
	if (!seccomp_absent_why())
		assert_int_equal(field(pid, "Seccomp", "%" SCNu64), 2);
}

static void processes_have_what_is_promised(void **state)
{
	(void)state;
	for (unsigned role = 0; role < SECCOMP_ROLES; role++) {
		int ready[2], hold[2];
		char byte;
		pid_t pid;

		if (!promises[role].name)
			continue;
		assert_int_equal(pipe(ready), 0);
		assert_int_equal(pipe(hold), 0);
		pid = fork();
		if (pid == 0) {
			close(hold[1]);
			byte = promise_keep(role) == 0;
			if (write(ready[1], &byte, 1) == 1 && read(hold[0], &byte, 1) == 0)
				_exit(0);
			_exit(1);
		}
		close(hold[0]);
		assert_int_equal(read(ready[0], &byte, 1), 1);
		assert_int_equal(byte, 1);
		check(pid, &promises[role]);
		close(hold[1]);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		close(ready[0]);
		close(ready[1]);
	}
}

/* What is printed of the calls that kill is true of each process. */
static void exceptions_are_told(void **state)
{
	static const char sentence[] =
		"\nevery process, but for the launcher when it executes its canary\n";
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	promises_print(out);
	fclose(out);
	assert_non_null(strstr(text, sentence));
	free(text);
	for (unsigned role = 0; role < SECCOMP_ROLES; role++) {
		struct seccomp_list list;

		if (!promises[role].name)
			continue;
		assert_int_equal(seccomp_list_of(role, &list), 0);
		for (const struct seccomp_row *row = seccomp_forbidden; row->call; row++)
			assert_int_equal(seccomp_list_allows(&list, row),
				role == SECCOMP_LAUNCHER && strncmp(row->call, "execve", 6) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_have_what_is_promised),
		cmocka_unit_test(exceptions_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

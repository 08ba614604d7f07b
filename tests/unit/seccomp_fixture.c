/* SPDX-License-Identifier: Apache-2.0 */
/* A child that is held to a role's list of calls, and what becomes of it. */
#include "seccomp_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int outcome(enum seccomp_role role, void (*act)(const void *what), const void *what)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* no core files */
		if (seccomp_apply(role) < 0)
			_exit(255);
		act(what);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? KILLED : -WTERMSIG(status);
	return WEXITSTATUS(status);
}

void make_call(long number, const long arguments[6])
{
	long result = syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
		arguments[4], arguments[5]);

	_exit(result < 0 ? errno : FINE);
}

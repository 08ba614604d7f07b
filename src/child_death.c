/* SPDX-License-Identifier: Apache-2.0 */
/* Says of what a child of the launcher died. */
#include "child_death.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "log.h"

void child_death_say(const char *name, int status, unsigned *deaths)
{
	int signal = WTERMSIG(status);

	if (!WIFSIGNALED(status))
		return;
	++*deaths;
	if ((*deaths & (*deaths - 1)) != 0)
		return; /* the 1st, 2nd, 4th, 8th ... is said */
	log_error("the %s died of signal %d (%s)%s", name, signal, strsignal(signal),
		signal == SIGSYS
			? ": it made a system call that it never makes; the kernel's audit "
			  "log says which (type=1326)"
			: "");
}

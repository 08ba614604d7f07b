/* SPDX-License-Identifier: Apache-2.0 */
/* The examining process: jobs in, records out. */
#include "examiner/examiner_child.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event.h"
#include "examine.h"
#include "examiner/examine_process.h"
#include "privileges.h"

/* The job's answer; 0: there is nothing to say, the process is gone. */
static size_t answer(const struct examine_job *job, __u64 *record)
{
	switch (job->kind) {
	case EXAMINE_PROCESS:
		return examine_process(&job->process, record);
	default:
		return 0;
	}
}

void examiner_child(int fd)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	struct examine_job job;

	signal(SIGINT, SIG_IGN); /* a terminal's ^C reaches us too; the launcher ends us */
	if (dup2(fd, STDIN_FILENO) < 0 || close_range(STDERR_FILENO + 1, ~0U, 0) < 0)
		return;
	if (privileges_keep(PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH)) < 0)
		return;
	privileges_read_only(); /* where the kernel has it */
	while (recv(STDIN_FILENO, &job, sizeof(job), 0) == sizeof(job)) {
		size_t len = answer(&job, record);

		if (len)
			((struct event_header *)record)->cgroup_id = job.cgroup_id;
		if (send(STDIN_FILENO, len ? (void *)record : "", len ? len : 1, MSG_NOSIGNAL) < 0)
			return;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The examining process: jobs in, records out. */
#include "examiner/examiner_child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event.h"
#include "examine.h"
#include "examiner/examine_container.h"
#include "examiner/examine_memory.h"
#include "examiner/examine_process.h"
#include "log.h"
#include "promises.h"
#include "util/fd_message.h"

/* The job's answer; 0: there is nothing to say, the process is gone. */
static size_t answer(const struct examine_job *job, __u64 *record)
{
	switch (job->kind) {
	case EXAMINE_PROCESS:
		return examine_process(&job->process, record);
	case EXAMINE_CONTAINER:
		return examine_container(job, record);
	case EXAMINE_MEMORY:
		return examine_memory(&job->process, record);
	default:
		return 0;
	}
}

/*
 * No answer is what becomes of a process that is gone, but also of each where no file can be opened
 * any more (ENFILE, ENOMEM): that is told once, and again when it could be in between.
 */
static void say_blind(bool *said)
{
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);

	if (fd < 0 && !*said)
		log_error("examiner: no process can be looked into: %s", strerror(errno));
	*said = fd < 0;
	if (fd >= 0)
		close(fd);
}

static bool take(int fd, struct examine_job *ret_job)
{
	ssize_t len = recv(fd, ret_job, sizeof(*ret_job), 0);

	return len >= (ssize_t)offsetof(struct examine_job, path) &&
	       ret_job->path_len <= sizeof(ret_job->path) &&
	       (size_t)len == examine_job_size(ret_job);
}

void examiner_child(int fd)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	struct examine_job job;
	bool said_blind = false;

	if (helper_begin(fd) < 0 || promise_keep(SECCOMP_EXAMINER) < 0)
		return;
	while (take(STDIN_FILENO, &job)) {
		size_t len = answer(&job, record);

		if (!len)
			say_blind(&said_blind);
		if (len)
			((struct event_header *)record)->cgroup_id = job.cgroup_id;
		if (len && job.kind == EXAMINE_PROCESS && job.objects)
			((struct event_header *)record)->flags |= EVENT_AGAIN;
		if (len && packet_send(STDIN_FILENO, record, len) < 0)
			return;
		if (packet_send(STDIN_FILENO, "", 1) < 0) /* ends the answer */
			return;
	}
}

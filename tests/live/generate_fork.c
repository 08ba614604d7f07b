/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to make a process, and threads, which are none. */
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "generate.h"

static int wait_for(pid_t pid)
{
	if (pid < 0)
		return -errno;
	return waitpid(pid, NULL, 0) == pid ? 0 : -errno;
}

static int make_fork(struct generate *run)
{
	pid_t pid = fork();

	(void)run;
	if (pid == 0)
		_exit(0);
	return wait_for(pid);
}

static int make_vfork(struct generate *run)
{
	pid_t pid = vfork();

	(void)run;
	if (pid == 0)
		_exit(0);
	return wait_for(pid);
}

static int make_clone3(struct generate *run)
{
	struct clone_args arguments = {.exit_signal = SIGCHLD};
	pid_t pid = syscall(SYS_clone3, &arguments, sizeof(arguments));

	(void)run;
	if (pid == 0)
		_exit(0);
	return wait_for(pid);
}

static void *do_nothing(void *argument)
{
	return argument;
}

/* No new thread group: a sensor that counts these counts too much. */
static int make_thread(struct generate *run)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, do_nothing, run);

	return err ? -err : -pthread_join(thread, NULL);
}

const struct way fork_ways[] = {
	{"fork", NULL, make_fork},
	{"vfork", NULL, make_vfork},
	{"clone3", NULL, make_clone3},
	{"thread", NULL, make_thread},
	{NULL, NULL, NULL},
};

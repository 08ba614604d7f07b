/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to execute a program, each through a different door of the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "generate.h"

#define SIZE_MAX_COPIED (64 << 20)

static int copy_program(int to)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ssize_t sent;

	if (from < 0)
		return -errno;
	do
		sent = sendfile(to, from, NULL, SIZE_MAX_COPIED);
	while (sent > 0);
	close(from);
	return sent < 0 || fchmod(to, 0700) ? -errno : 0;
}

static int begin(struct generate *run)
{
	const char *base = getenv("TMPDIR");
	int fd, err;

	snprintf(
		run->directory, sizeof(run->directory), "%s/generate-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(run->directory)) {
		run->directory[0] = '\0';
		return -errno;
	}
	snprintf(run->program, sizeof(run->program), "%s/program", run->directory);
	fd = open(run->program, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	if (fd < 0)
		return -errno;
	err = copy_program(fd);
	close(fd);
	return err;
}

/* The other file of the directory. */
static const char *second_name(const struct generate *run)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/second", run->directory);
	return path;
}

void exec_clean(struct generate *run)
{
	if (!run->directory[0])
		return;
	unlink(run->program);
	unlink(second_name(run));
	rmdir(run->directory);
}

static int begin_symlink(struct generate *run)
{
	int err = begin(run);

	return err ? err : symlink(run->program, second_name(run)) ? -errno : 0;
}

static int begin_hardlink(struct generate *run)
{
	int err = begin(run);

	return err ? err : link(run->program, second_name(run)) ? -errno : 0;
}

static int begin_script(struct generate *run)
{
	int fd, err;

	err = begin(run);
	if (err)
		return err;
	fd = open(second_name(run), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	if (fd < 0)
		return -errno;
	if (dprintf(fd, "#!%s --child\n", run->program) < 0)
		err = -EIO;
	close(fd);
	return err;
}

/* Executes path, or the file of the descriptor when path is empty. Returns only to fail. */
static int execute(struct generate *run, int fd, const char *path)
{
	char *argv[] = {"generate", "--child", run->marker, NULL};

	execveat(fd, path, argv, environ, *path ? 0 : AT_EMPTY_PATH);
	return -errno;
}

static int start_plain(struct generate *run)
{
	char *argv[] = {"generate", "--child", run->marker, NULL};

	execve(run->program, argv, environ);
	return -errno;
}

static int start_second(struct generate *run)
{
	char *argv[] = {"generate", "--child", run->marker, NULL};

	execve(second_name(run), argv, environ);
	return -errno;
}

static int start_execveat(struct generate *run)
{
	int fd = open(run->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : execute(run, fd, "program");
}

static int start_memfd(struct generate *run)
{
	int fd = memfd_create("generate", MFD_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = copy_program(fd);
	return err ? err : execute(run, fd, "");
}

static int start_deleted(struct generate *run)
{
	int to, fd, err;

	to = open(second_name(run), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	if (to < 0)
		return -errno;
	err = copy_program(to);
	close(to);
	if (err)
		return err;
	fd = open(second_name(run), O_PATH | O_CLOEXEC);
	if (fd < 0 || unlink(second_name(run)))
		return -errno;
	return execute(run, fd, "");
}

static int start_proc_self_fd(struct generate *run)
{
	char *argv[] = {"generate", "--child", run->marker, NULL};
	char path[40];
	int fd = open(run->program, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	execve(path, argv, environ);
	return -errno;
}

static void *execute_in_thread(void *argument)
{
	_exit(-start_plain(argument));
}

/* The kernel ends the leader and gives its pid to the thread that executes. */
static int start_thread(struct generate *run)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, execute_in_thread, run);

	if (!err)
		pause();
	return -err;
}

static int start_int80(struct generate *run)
{
	struct {
		uint32_t argv[4], envp[1];
		char strings[3][PATH_MAX];
	} *low = ia32_memory(sizeof(*low));
	const char *const strings[] = {run->program, "--child", run->marker};

	if (!low)
		return -ENOSYS;
	for (unsigned i = 0; i < 3; i++) {
		snprintf(low->strings[i], PATH_MAX, "%s", strings[i]);
		low->argv[i] = (uint32_t)(uintptr_t)low->strings[i];
	}
	return ia32_call(IA32_EXECVE, low->strings[0], low->argv, low->envp);
}

#define MAKE(way)                                           \
	static int make_##way(struct generate *run)         \
	{                                                   \
		return generate_in_child(run, start_##way); \
	}

MAKE(plain)
MAKE(second)
MAKE(memfd)
MAKE(deleted)
MAKE(thread)
MAKE(execveat)
MAKE(proc_self_fd)
MAKE(int80)

const struct way exec_ways[] = {
	{"plain", begin, make_plain},
	{"memfd", begin, make_memfd},
	{"deleted", begin, make_deleted},
	{"script", begin_script, make_second},
	{"symlink", begin_symlink, make_second},
	{"hardlink", begin_hardlink, make_second},
	{"thread", begin, make_thread},
	{"execveat", begin, make_execveat},
	{"proc_self_fd", begin, make_proc_self_fd},
	{"int80", begin, make_int80},
	{NULL, NULL, NULL},
};

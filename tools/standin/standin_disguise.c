/* SPDX-License-Identifier: Apache-2.0 */
/* How the stand-in hides its file or its parent before it starts to work. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "standin.h"

/* The new image deletes the file named here, if that is the file it was made from. */
#define COPY_VARIABLE "STANDIN_COPY"

static int copy_self(int to)
{
	struct stat self;
	off_t done = 0;
	int from, err = 0;

	from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return -errno;
	if (fstat(from, &self)) {
		err = -errno;
		goto out;
	}
	while (done < self.st_size) {
		ssize_t sent = sendfile(to, from, &done, self.st_size - done);

		if (sent <= 0) {
			err = sent ? -errno : -EIO;
			goto out;
		}
	}
	if (fchmod(to, 0700))
		err = -errno;
out:
	close(from);
	return err;
}

/* Returns an O_PATH descriptor: one open for writing would make exec fail with ETXTBSY. */
static int copy_to_file(char path[static PATH_MAX])
{
	const char *directory = getenv("TMPDIR");
	int fd, err;

	if (snprintf(path, PATH_MAX, "%s/standin-XXXXXX", directory ? directory : "/tmp") >=
		PATH_MAX)
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = copy_self(fd);
	close(fd);
	if (err)
		goto out;
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	err = -errno;
out:
	unlink(path);
	return err;
}

static int execute_memfd(char **argv)
{
	int fd, err;

	fd = memfd_create("standin", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = copy_self(fd);
	if (err)
		goto out;
	execveat(fd, "", argv, environ, AT_EMPTY_PATH);
	err = -errno;
out:
	close(fd);
	return err;
}

static int execute_unlinked(char **argv)
{
	char path[PATH_MAX];
	int fd, err;

	fd = copy_to_file(path);
	if (fd < 0)
		return fd;
	unlink(path);
	execveat(fd, "", argv, environ, AT_EMPTY_PATH);
	err = -errno;
	close(fd);
	return err;
}

static int execute_deleted(char **argv)
{
	char path[PATH_MAX];
	int fd, err;

	fd = copy_to_file(path);
	if (fd < 0)
		return fd;
	close(fd);
	if (!setenv(COPY_VARIABLE, path, 1))
		execve(path, argv, environ);
	err = -errno;
	unlink(path);
	return err;
}

static int daemonise(char **argv)
{
	int null;
	pid_t pid;

	(void)argv;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0)
		_exit(0);
	if (setsid() < 0)
		return -errno;
	/* Whoever reads the starter's output must see its end. */
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return -errno;
	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	close(null);
	return 0;
}

static const struct {
	const char *name;
	int (*take)(char **argv); /* steps that execute return on failure only */
} steps[] = {
	{"memfd", execute_memfd},
	{"deleted", execute_deleted},
	{"unlinked", execute_unlinked},
	{"daemon", daemonise},
};

static int take_step(const char *name, size_t len, char **argv)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strlen(steps[i].name) == len && !memcmp(steps[i].name, name, len))
			return steps[i].take(argv);
	return -EINVAL;
}

static void delete_copy(void)
{
	const char *path = getenv(COPY_VARIABLE);
	struct stat named, self;

	if (path && !stat(path, &named) && !stat("/proc/self/exe", &self) &&
		named.st_dev == self.st_dev && named.st_ino == self.st_ino)
		unlink(path);
	unsetenv(COPY_VARIABLE);
}

int standin_disguise(const struct standin_options *options, char **argv)
{
	/* A copy of ours: each step changes the environment, where the list stands. */
	char *list = options->disguise ? strdup(options->disguise) : NULL;
	const char *step = list;
	int err = 0;

	if (options->disguise && !list)
		return -ENOMEM;
	delete_copy();
	while (step && *step && !err) {
		size_t len = strcspn(step, ",");
		const char *rest = step + len + (step[len] == ',');

		/* What an executed copy has left to do. */
		if (setenv("STANDIN_DISGUISE", rest, 1))
			err = -errno;
		else
			err = take_step(step, len, argv);
		step = rest;
	}
	free(list);
	return err;
}

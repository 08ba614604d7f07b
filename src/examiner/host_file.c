/* SPDX-License-Identifier: Apache-2.0 */
/* Opens files that only the host's root can have written. */
#include "examiner/host_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/file_io.h"

static int open_below(int dir, const char *path, uint64_t flags)
{
	struct open_how how = {.flags = flags | O_CLOEXEC};
	long fd;

	how.resolve = RESOLVE_NO_MAGICLINKS |
		      (path[0] == '/' ? RESOLVE_IN_ROOT : RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
	fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

int host_directory_open(int dir, const char *path)
{
	return open_below(dir, path, O_PATH | O_DIRECTORY);
}

int host_file_open(int dir, const char *path)
{
	/* a FIFO or a terminal must neither block nor become ours */
	int fd = open_below(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat stat;
	int err = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &stat) < 0)
		err = -errno;
	else if (!S_ISREG(stat.st_mode) || stat.st_uid != 0 || stat.st_mode & (S_IWGRP | S_IWOTH))
		err = -EPERM;
	if (err == 0)
		return fd;
	close(fd);
	return err;
}

/* One byte more than max tells a file that is too long. */
static int read_all(int fd, char *text, size_t max, size_t *ret_len)
{
	ssize_t len = file_read_at(fd, text, max + 1, 0);

	if (len < 0)
		return (int)len;
	if ((size_t)len > max)
		return -EFBIG;
	text[len] = '\0';
	*ret_len = (size_t)len;
	return 0;
}

int host_file_read(int dir, const char *path, size_t max, char **ret_text, size_t *ret_len)
{
	int fd = host_file_open(dir, path);
	char *text;
	int err;

	if (fd < 0)
		return fd;
	text = malloc(max + 1);
	err = text ? read_all(fd, text, max, ret_len) : -ENOMEM;
	close(fd);
	if (err == 0)
		*ret_text = text;
	else
		free(text);
	return err;
}

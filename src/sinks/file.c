/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts appended to a file, mode 0600. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sinks/sinks.h"

/*
 * Root may write beside an attacker: no symlink is followed, nothing but a regular file with one
 * name is written to, and none that belongs to somebody else.
 */
static int file_open(const char *target, struct sink *sink)
{
	struct stat stat;
	int fd = open(target,
		O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
		0600);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &stat) < 0)
		err = -errno;
	else if (!S_ISREG(stat.st_mode))
		err = -EINVAL;
	else if (stat.st_uid != geteuid() || stat.st_nlink != 1)
		err = -EPERM;
	if (err) {
		close(fd);
		return err;
	}
	sink->fd = fd;
	return 0;
}

static int file_write(struct sink *sink, const char *line, size_t len)
{
	return sink_write_fd(sink->fd, line, len);
}

static void file_close(struct sink *sink)
{
	close(sink->fd);
	sink->fd = -1;
}

const struct sink_type sink_file = {"file", file_open, file_write, file_close};

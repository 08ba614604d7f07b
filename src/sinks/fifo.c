/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts to a FIFO that exists, whoever reads it now or later. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sinks/sinks.h"

#define OPEN_FLAGS (O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)

/* Opened and closed again, it would tell its reader that all is over. */
static int fifo_check(const char *rest)
{
	struct stat stat;

	if (lstat(rest, &stat) < 0)
		return -errno;
	return S_ISFIFO(stat.st_mode) ? 0 : -EINVAL;
}

/*
 * For writing alone, or our own end would keep a FIFO alive that nobody reads any more. That works
 * only while somebody reads: for the moment of opening, we do.
 */
static int fifo_open(const char *rest, struct sink *sink)
{
	struct stat first, stat;
	int both = open(rest, O_RDWR | OPEN_FLAGS), err = 0, fd = -1;

	if (both < 0)
		return -errno;
	if (fstat(both, &first) < 0)
		err = -errno;
	else if (!S_ISFIFO(first.st_mode))
		err = -EINVAL;
	else if ((fd = open(rest, O_WRONLY | OPEN_FLAGS)) < 0 || fstat(fd, &stat) < 0)
		err = -errno;
	else if (stat.st_dev != first.st_dev || stat.st_ino != first.st_ino)
		err = -ESTALE; /* exchanged in between */
	close(both);
	if (err < 0 && fd >= 0)
		close(fd);
	if (err == 0)
		sink->fd = fd;
	return err;
}

const struct sink_type sink_fifo = {
	.name = "fifo",
	.valid = sink_valid_path,
	.check = fifo_check,
	.open = fifo_open,
	.write = sink_write_pipe,
	.close = sink_close_fd,
};

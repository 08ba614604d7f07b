/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts appended to a file, mode 0600. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert.h"
#include "sinks/sinks.h"

/* As many lines as a run hands on to the next one, and the byte before. */
#define TAIL_MAX ((size_t)64 * ALERT_LINE_MAX + 1)

/*
 * Root may write beside an attacker: no symlink is followed, nothing but a regular file with one
 * name is written to, and none that belongs to somebody else.
 */
static int file_open(const char *target, struct sink *sink)
{
	struct stat stat;
	int fd = open(target,
		O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
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

/* The file's last bytes, malloc'ed; -errno, or how many. */
static ssize_t read_tail(int fd, char **ret_tail)
{
	struct stat stat;
	size_t size, len = 0;
	char *tail;

	if (fstat(fd, &stat) < 0)
		return -errno;
	size = (size_t)stat.st_size < TAIL_MAX ? (size_t)stat.st_size : TAIL_MAX;
	tail = malloc(size + 1);
	if (!tail)
		return -ENOMEM;
	while (len < size) {
		ssize_t got = pread(fd, tail + len, size - len, stat.st_size - (off_t)(size - len));

		if (got <= 0 && !(got < 0 && errno == EINTR))
			break;
		len += got > 0 ? (size_t)got : 0;
	}
	*ret_tail = tail;
	return (ssize_t)len;
}

static bool has_line(const char *tail, size_t tail_len, const char *line, size_t len)
{
	const char *at = tail;

	while ((at = memmem(at, tail_len - (size_t)(at - tail), line, len))) {
		if (at == tail || at[-1] == '\n')
			return true;
		at++;
	}
	return false;
}

/*
 * Whole lines that are there are not repeated. A writer that was killed may have left the beginning
 * of one: this one's is completed, another's is ended, so that nothing is glued to it.
 */
static int file_write_again(struct sink *sink, const char *line, size_t len)
{
	char *tail = NULL;
	ssize_t tail_len = read_tail(sink->fd, &tail);
	const char *torn;
	size_t torn_len;
	int err = 0;

	if (tail_len < 0)
		return file_write(sink, line, len); /* twice rather than never */
	torn = memrchr(tail, '\n', (size_t)tail_len);
	torn = torn ? torn + 1 : tail;
	torn_len = (size_t)(tail + tail_len - torn);
	if (torn_len > len || memcmp(torn, line, torn_len) != 0)
		torn_len = 0; /* not the beginning of this one */
	if (has_line(tail, (size_t)tail_len, line, len))
		len = torn_len = 0;
	else if (!torn_len && torn < tail + tail_len)
		err = file_write(sink, "\n", 1);
	if (err == 0 && len)
		err = file_write(sink, line + torn_len, len - torn_len);
	free(tail);
	return err;
}

static void file_close(struct sink *sink)
{
	close(sink->fd);
	sink->fd = -1;
}

const struct sink_type sink_file = {"file", file_open, file_write, file_write_again, file_close};

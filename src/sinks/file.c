/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts appended to a file, mode 0600. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert.h"
#include "sinks/sinks.h"

/* How far back a line is looked for that may have been written before: as many as can be sent
 * again, each as long as it can be, and the byte before them. */
#define TAIL_MAX ((size_t)SINK_AGAIN_MAX * SINK_LINE_MAX + 1)

/*
 * Root may write beside an attacker: no symlink is followed, nothing but a regular file with one
 * name is written to, and none that belongs to somebody else. It is read, too: its own tail.
 */
static int file_open(const char *rest, struct sink *sink)
{
	struct stat stat;
	int fd = open(rest,
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

static int file_check(const char *rest)
{
	struct sink sink;
	int err = file_open(rest, &sink);

	if (err == 0)
		close(sink.fd);
	return err;
}

/* The end of the file, at most max bytes of it. NULL: empty, or it cannot be read. */
static char *read_tail(int fd, size_t max, size_t *ret_len, bool *ret_whole)
{
	off_t size = lseek(fd, 0, SEEK_END);
	size_t len = size < 0 ? 0 : (uintmax_t)size < max ? (size_t)size : max;
	char *tail = len ? malloc(len) : NULL;
	ssize_t got = tail ? pread(fd, tail, len, size - (off_t)len) : -1;

	if (got <= 0) {
		free(tail);
		return NULL;
	}
	*ret_len = (size_t)got;
	*ret_whole = (off_t)len == size;
	return tail;
}

/* Byte for byte, from its beginning to its newline. */
static bool holds(int fd, const struct sink_line *line)
{
	size_t len, at = 0;
	bool whole, found = false;
	char *tail = read_tail(fd, TAIL_MAX, &len, &whole), *place;

	while (tail && !found && (place = memmem(tail + at, len - at, line->bytes, line->len))) {
		at = (size_t)(place - tail);
		found = at > 0 ? tail[at - 1] == '\n' : whole;
		at++;
	}
	free(tail);
	return found;
}

/* 0, or -errno and nothing of it stands there, unless others write to the file as well. */
static int append(struct sink *sink, const char *bytes, size_t len)
{
	struct stat stat;
	size_t done = 0;
	off_t end;
	int err = 0;

	while (done < len && !err) {
		ssize_t now = write(sink->fd, bytes + done, len - done);

		if (now >= 0)
			done += (size_t)now;
		else if (errno != EINTR)
			err = -errno;
	}
	if (!err || !done)
		return err;
	end = lseek(sink->fd, 0, SEEK_CUR);
	if (fstat(sink->fd, &stat) < 0 || stat.st_size != end ||
		ftruncate(sink->fd, end - (off_t)done) < 0)
		sink->begun = false; /* the next try sees to what stands there */
	return err;
}

/* A writer that was killed may have left a line without its end: this one, of which the rest is
 * wanted alone, or another one, which ends here. */
static int mend(struct sink *sink, const struct sink_line *line, size_t *ret_there)
{
	size_t len, torn;
	bool whole;
	char *tail = read_tail(sink->fd, SINK_LINE_MAX, &len, &whole), *newline;
	int err = 0;

	*ret_there = 0;
	if (!tail)
		return 0;
	newline = memrchr(tail, '\n', len);
	torn = newline ? (size_t)(tail + len - newline - 1) : len;
	if (torn && (newline || whole) && torn < line->len &&
		memcmp(tail + len - torn, line->bytes, torn) == 0)
		*ret_there = torn;
	else if (torn)
		err = append(sink, "\n", 1);
	free(tail);
	return err;
}

static int file_write(struct sink *sink, const struct sink_line *line)
{
	size_t there = 0;
	int err = 0;

	/* First: the one cut short may be one that is sent again after it. */
	if (line->again && holds(sink->fd, line))
		return 0;
	if (!sink->begun)
		err = mend(sink, line, &there);
	if (err < 0)
		return err;
	sink->begun = true;
	err = append(sink, line->bytes + there, line->len - there);
	if (err < 0 && there)
		sink->begun = false; /* its beginning still stands there */
	return err;
}

const struct sink_type sink_file = {
	.name = "file",
	.valid = sink_valid_path,
	.check = file_check,
	.open = file_open,
	.write = file_write,
	.close = sink_close_fd,
};

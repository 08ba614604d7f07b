/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the file a trace is recorded into. The recorder is root, the directory may be /tmp: whoever
 * can write there must not make it harm a file of another user, or read the trace.
 */
#include "sources/record_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/trace_format.h"

static int id_parse(const char *text, unsigned *ret_id)
{
	unsigned long id;
	char *end;

	if (!text || *text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	id = strtoul(text, &end, 10);
	/* (uid_t)-1 would mean "leave it" to fchown. */
	if (errno || *end || id >= UINT_MAX)
		return -EINVAL;
	*ret_id = (unsigned)id;
	return 0;
}

/* The user behind sudo; only root is told so by sudo itself. */
static bool sudo_user(unsigned *ret_uid, unsigned *ret_gid)
{
	return geteuid() == 0 && id_parse(getenv("SUDO_UID"), ret_uid) == 0 &&
	       id_parse(getenv("SUDO_GID"), ret_gid) == 0;
}

/* An earlier trace may be overwritten, or a file that an earlier start left empty. */
static int content_check(int fd)
{
	char magic[sizeof(TRACE_MAGIC) - 1];
	ssize_t n = pread(fd, magic, sizeof(magic), 0);

	if (n < 0)
		return -errno;
	if (n == 0)
		return 0;
	return n == sizeof(magic) && !memcmp(magic, TRACE_MAGIC, sizeof(magic)) ? 0 : -EEXIST;
}

/*
 * All questions are put to the descriptor, not to the path, which may mean another file a moment
 * later. A second name (hard link) would let somebody have root overwrite root's file elsewhere.
 */
static int existing_check(int fd)
{
	unsigned uid, gid;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EEXIST;
	if (st.st_nlink != 1)
		return -EPERM;
	if (st.st_uid != geteuid() && !(sudo_user(&uid, &gid) && st.st_uid == uid))
		return -EPERM;
	return content_check(fd);
}

/* Two recorders on one file would leave a trace of neither. Ends with the descriptor. */
static int recorder_lock(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? -EBUSY : -errno;
}

static int existing_open(const char *path, int *ret_fd)
{
	/* O_NONBLOCK: a device may wait. No O_TRUNC: only after the questions. */
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	int err;

	if (fd < 0)
		return errno == EISDIR ? -EEXIST : -errno;
	err = existing_check(fd);
	if (!err)
		err = recorder_lock(fd);
	if (!err && (ftruncate(fd, 0) < 0 || fchmod(fd, 0600) < 0))
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

int record_file_open(const char *path, int *ret_fd)
{
	/* O_EXCL also refuses a symbolic link in the last place, dangling or not. */
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	unsigned uid, gid;
	int err;

	if (fd >= 0)
		err = recorder_lock(fd);
	else if (errno == EEXIST)
		err = existing_open(path, &fd);
	else
		err = -errno;
	if (!err && sudo_user(&uid, &gid) && fchown(fd, uid, gid) < 0)
		err = -errno;
	if (!err)
		*ret_fd = fd;
	else if (fd >= 0)
		close(fd);
	return err;
}

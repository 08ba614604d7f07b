/* SPDX-License-Identifier: Apache-2.0 */
/* Opens what a process runs or has mapped, and tells whether it is the file that was meant. */
#include "examiner/content_open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SECOND_NS UINT64_C(1000000000)

static uint64_t time_ns(struct timespec time)
{
	return (uint64_t)time.tv_sec * SECOND_NS + (uint64_t)time.tv_nsec;
}

/* Takes over path_fd, opened with O_PATH: nothing has happened to the file yet. */
static int open_regular(int path_fd, struct opened_file *ret_file)
{
	struct statfs statfs;
	struct stat stat;
	char link[32];
	int fd = -1, err = 0;

	if (path_fd < 0)
		return -errno;
	if (fstat(path_fd, &stat) < 0 || fstatfs(path_fd, &statfs) < 0)
		err = -errno;
	else if (!S_ISREG(stat.st_mode))
		err = -EPERM;
	if (err == 0) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", path_fd);
		fd = open(link, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		err = fd < 0 ? -errno : 0;
	}
	close(path_fd);
	if (err < 0)
		return err;
	*ret_file = (struct opened_file){
		.fd = fd,
		.mtime_ns = time_ns(stat.st_mtim),
		.file = {.inode = stat.st_ino,
			.ctime_ns = time_ns(stat.st_ctim),
			.size = (__u64)stat.st_size,
			.fs_magic = (__u64)statfs.f_type,
			.dev = major(stat.st_dev) << 20 | minor(stat.st_dev),
			.nlink = (__u32)stat.st_nlink,
			.mode = stat.st_mode},
	};
	return 0;
}

int content_open_exe(int dir, struct opened_file *ret_file)
{
	return open_regular(openat(dir, "exe", O_PATH | O_CLOEXEC), ret_file);
}

int content_open_mapped(int dir, const struct mapping *mapping, struct opened_file *ret_file)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	int root = openat(dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct opened_file file;
	int fd, err;

	if (root < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, root, mapping->path, &how, sizeof(how));
	err = open_regular(fd, &file);
	close(root);
	if (err < 0)
		return err;
	if (file.file.inode != mapping->inode ||
		!content_same_device(file.file.dev, mapping->dev)) {
		close(file.fd);
		return -ESTALE;
	}
	*ret_file = file;
	return 0;
}

bool content_same_device(uint32_t a, uint32_t b)
{
	return a == b || !(a >> 20) || !(b >> 20);
}

bool content_is(const struct event_file *seen, const struct opened_file *opened)
{
	const struct event_file *file = &opened->file;

	return seen->inode == file->inode && seen->size == file->size &&
	       seen->fs_magic == file->fs_magic && content_same_device(seen->dev, file->dev) &&
	       (seen->ctime_ns == file->ctime_ns || opened->mtime_ns <= seen->ctime_ns);
}

// SPDX-License-Identifier: Apache-2.0
/* The directory of pins: whose it is, who uses it, which sets are in it. */
#include "sources/pins.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "version.h"

#define LOCK_TRIES 100
#define LOCK_WAIT_US 10000 /* a second in all: a killed sensor needs milliseconds to die */

static bool on_bpffs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

/* The top of a mount stands on another device than its "..". */
static int check(int fd)
{
	struct stat own, above;

	if (!on_bpffs(fd))
		return -EMEDIUMTYPE;
	if (fstat(fd, &own) < 0 || fstatat(fd, "..", &above, 0) < 0)
		return -errno;
	if (own.st_dev != above.st_dev)
		return -EXDEV;
	if (own.st_uid != geteuid() || own.st_mode & (S_IWGRP | S_IWOTH))
		return -EPERM;
	return 0;
}

int pins_open(const char *path, bool make, int *ret_directory)
{
	bool made = make && mkdir(path, 0700) == 0;
	int make_err = made ? 0 : -errno;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int err = fd < 0 ? -errno : check(fd);

	if (err == -ENOENT && make)
		err = make_err; /* why it is not there */
	if (err == -ELOOP || err == -ENOTDIR)
		err = -EPERM;
	if (!err) {
		*ret_directory = fd;
		return 0;
	}
	if (made)
		rmdir(path);
	if (fd >= 0)
		close(fd);
	return err;
}

const char *pins_open_why(int err)
{
	switch (err) {
	case -EMEDIUMTYPE:
		return "is not on a BPF file system, such as /sys/fs/bpf (mount -t bpf bpf DIR)";
	case -EXDEV:
		return "is a BPF file system itself; name a directory in it";
	case -EPERM:
		return "is a link or no directory, belongs to somebody else, or can be written "
		       "by others";
	default:
		return strerror(-err);
	}
}

bool pins_lock_line(const char *line, dev_t dev, ino_t inode, pid_t *ret_pid)
{
	unsigned device_major, device_minor;
	unsigned long number;
	int pid;

	/* "1: FLOCK  ADVISORY  WRITE 4711 00:1d:123 0 EOF"; one who waits has "->" before FLOCK. */
	if (sscanf(line, "%*d: FLOCK ADVISORY %*s %d %x:%x:%lu", &pid, &device_major, &device_minor,
		    &number) != 4 ||
		makedev(device_major, device_minor) != dev || number != inode)
		return false;
	*ret_pid = pid;
	return true;
}

static pid_t holder_of(int directory)
{
	FILE *locks = fopen("/proc/locks", "re");
	struct stat stat;
	pid_t pid = 0;
	char line[256];

	if (locks && fstat(directory, &stat) == 0)
		while (fgets(line, sizeof(line), locks))
			if (pins_lock_line(line, stat.st_dev, stat.st_ino, &pid))
				break;
	if (locks)
		fclose(locks);
	return pid > 0 ? pid : 0;
}

int pins_lock(int directory, pid_t *ret_holder)
{
	struct stat stat;

	for (unsigned i = 0; flock(directory, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK)
			return -errno;
		if (i == LOCK_TRIES) {
			*ret_holder = holder_of(directory);
			return -EBUSY;
		}
		usleep(LOCK_WAIT_US);
	}
	if (fstat(directory, &stat) < 0)
		return -errno;
	return stat.st_nlink ? 0 : -ESTALE;
}

/* Exactly len hex digits, small ones. */
static bool is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdef") >= len;
}

bool pins_name_read(const char *name, struct pins_set *ret_set)
{
	bool half = strncmp(name, PINS_HALF, strlen(PINS_HALF)) == 0;
	const char *at = name + (half ? strlen(PINS_HALF) : 0);
	struct pins_set set = {.whole = !half};

	if (strlen(name) >= sizeof(set.name) || *at++ != 'v')
		return false;
	at += strspn(at, "0123456789abcdefghijklmnopqrstuvwxyz_");
	if (*at++ != '-' || !is_hex(at, PINS_DIGEST_LEN) || at[PINS_DIGEST_LEN] != '-')
		return false;
	memcpy(set.digest, at, PINS_DIGEST_LEN);
	at += PINS_DIGEST_LEN + 1;
	if (!is_hex(at, 16) || at[16] != '\0')
		return false;
	set.since_ns = strtoull(at, NULL, 16);
	memcpy(set.name, name, strlen(name));
	*ret_set = set;
	return true;
}

void pins_name_write(const char *digest, uint64_t since_ns, struct pins_set *ret_set)
{
	*ret_set = (struct pins_set){.since_ns = since_ns, .whole = true};
	snprintf(ret_set->digest, sizeof(ret_set->digest), "%s", digest);
	snprintf(ret_set->name, sizeof(ret_set->name), "v%s-%s-%016llx", MINERWATCH_VERSION,
		ret_set->digest, (unsigned long long)since_ns);
	for (char *at = ret_set->name; (at = strchr(at, '.'));)
		*at = '_';
}

/* A stream of its own: the directory's descriptor keeps its place. */
static DIR *list_open(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !list)
		close(fd);
	return list;
}

static int compare(const void *left, const void *right)
{
	const struct pins_set *a = left, *b = right;

	return (a->since_ns > b->since_ns) - (a->since_ns < b->since_ns);
}

int pins_list(int directory, struct pins_set ret_sets[PINS_MAX])
{
	DIR *list = list_open(directory, ".");
	struct dirent *entry;
	unsigned count = 0;

	if (!list)
		return -errno;
	while (count < PINS_MAX && (entry = readdir(list)))
		count += pins_name_read(entry->d_name, &ret_sets[count]);
	closedir(list);
	qsort(ret_sets, count, sizeof(ret_sets[0]), compare);
	return (int)count;
}

int pins_remove(int directory, const char *name)
{
	DIR *list = list_open(directory, name);
	struct dirent *entry;
	int err = 0;

	if (!list)
		return -errno;
	while (!err && (entry = readdir(list)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			unlinkat(dirfd(list), entry->d_name, 0) < 0)
			err = -errno;
	closedir(list);
	if (!err && unlinkat(directory, name, AT_REMOVEDIR) < 0)
		err = -errno;
	return err;
}

int pins_remove_all(int directory)
{
	struct pins_set sets[PINS_MAX];
	int removed = 0, count, err = 0;

	while (!err && (count = pins_list(directory, sets)) > 0)
		for (int i = 0; i < count && !err; i++, removed += !err)
			err = pins_remove(directory, sets[i].name);
	return err ? err : count < 0 ? count : removed;
}

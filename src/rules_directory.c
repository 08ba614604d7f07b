// SPDX-License-Identifier: Apache-2.0
/* Reads the files of a --rules directory without trusting their names, kinds or owners. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rules_private.h"

/*
 * A Kubernetes ConfigMap is a directory of symbolic links into a sub-directory, so links are
 * followed, but never out of the directory. O_NONBLOCK: a FIFO must not hold us up before it is
 * refused.
 */
static int file_open(int directory, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, directory, name, &how, sizeof(how));

	/* Kernels before 5.6, and container filters that do not know the call: then no links at
	 * all. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(directory, name, (int)how.flags | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

/* Whoever can write a rules file can silence the sensor. */
static const char *file_refusal(const struct stat *status, bool feed)
{
	if (!S_ISREG(status->st_mode))
		return "is not a regular file";
	if (status->st_uid != 0 && status->st_uid != getuid())
		return "belongs neither to root nor to the user who runs this";
	if (status->st_mode & (S_IWGRP | S_IWOTH))
		return "can be written by its group or by others";
	if (status->st_size > (off_t)(feed ? RULES_FEED_MAX : RULES_FILE_MAX))
		return feed ? "is larger than 256 MiB" : "is larger than 8 MiB";
	return NULL;
}

/* Reads len bytes and proves that no more follow. data has len + 1 bytes. */
static int bytes_read(int fd, char *data, size_t len)
{
	size_t have = 0;

	for (;;) {
		ssize_t got = read(fd, data + have, len + 1 - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		have += (size_t)got;
		if (got == 0 || have > len)
			return have == len ? 0 : -ESTALE;
	}
}

/* Returns 0, with a problem told or file->data, of a feed file->fd, set; or -ENOMEM. */
static int file_read(
	const struct rules_place *place, int directory, struct rules_file *file, bool feed)
{
	int fd = file_open(directory, file->name);
	const char *refusal;
	struct stat status;
	int err = 0;

	if (fd < 0) {
		rules_problem(place, "cannot open: %s",
			fd == -EXDEV ? "a link leads out of the directory" : strerror(-fd));
		return 0;
	}
	if (fstat(fd, &status) < 0) {
		rules_problem(place, "cannot stat: %s", strerror(errno));
		goto out;
	}
	refusal = file_refusal(&status, feed);
	if (refusal) {
		rules_problem(place, "%s", refusal);
		goto out;
	}
	file->len = (size_t)status.st_size;
	if (feed) {
		file->fd = fd;
		return 0;
	}
	file->data = malloc(file->len + 1);
	if (!file->data) {
		err = -ENOMEM;
		goto out;
	}
	err = bytes_read(fd, file->data, file->len);
	if (err) {
		rules_problem(place, "cannot read: %s",
			err == -ESTALE ? "it changes while it is read" : strerror(-err));
		err = 0;
		free(file->data);
		file->data = NULL;
	}
out:
	close(fd);
	return err;
}

static struct rules_file *file_named(struct rules *rules, const char *name, bool *ret_feed)
{
	for (unsigned i = 0; i < RULES_KINDS * 2; i++) {
		struct rules_file *file = &rules->files[i / 2][i % 2];

		if (!file->name || strcmp(file->name, name) != 0)
			continue;
		*ret_feed = rules_kinds[i / 2].feed;
		return file;
	}
	return NULL;
}

/*
 * The directory's own mode is not judged: a ConfigMap's mount point is 0777 and yet read-only.
 * Names that begin with ".." are the ConfigMap's own (..data, ..2026_01_31_...) and are passed
 * over.
 */
int rules_directory_load(struct rules *rules, struct rules_problems *problems)
{
	struct rules_file whole = {.directory = rules->directory};
	struct rules_place place = {.rules = rules, .problems = problems, .file = &whole};
	struct rules_file *file, unknown;
	DIR *directory = opendir(rules->directory);
	struct dirent *entry;
	bool feed;
	int err = 0;

	if (!directory) {
		err = -errno;
		rules_problem(&place, "cannot open: %s", strerror(-err));
		return err;
	}
	while (!err && (errno = 0, entry = readdir(directory))) {
		if (strcmp(entry->d_name, ".") == 0 || strncmp(entry->d_name, "..", 2) == 0)
			continue;
		file = file_named(rules, entry->d_name, &feed);
		if (file) {
			file->directory = rules->directory;
			place.file = file;
			err = file_read(&place, dirfd(directory), file, feed);
			continue;
		}
		unknown = (struct rules_file){.name = entry->d_name, .directory = rules->directory};
		place.file = &unknown;
		rules_problem(&place, "is not the name of a list, nor NAME.add.list of one");
	}
	if (!err && errno) {
		err = -errno;
		place.file = &whole;
		rules_problem(&place, "cannot list: %s", strerror(-err));
	}
	closedir(directory);
	return err;
}

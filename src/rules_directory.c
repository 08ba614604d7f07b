// SPDX-License-Identifier: Apache-2.0
/* Reads the files of a --rules directory without trusting their names, kinds or owners. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rules_private.h"
#include "util/trusted_file.h"

/*
 * A Kubernetes ConfigMap is a directory of symbolic links into a sub-directory, so links are
 * followed, but never out of the directory.
 */
static int file_open(int directory, const char *name)
{
	struct open_how how = {
		.flags = TRUSTED_FILE_FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, directory, name, &how, sizeof(how));

	/* Kernels before 5.6, and container filters that do not know the call: then no links at
	 * all. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(directory, name, (int)how.flags | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

/* Returns 0, with a problem told or file->data, of a feed file->fd, set; or -ENOMEM. */
static int file_read(
	const struct rules_place *place, int directory, struct rules_file *file, bool feed)
{
	int fd = file_open(directory, file->name), err;
	const char *refusal;

	if (fd < 0) {
		rules_problem(place, "cannot open: %s",
			fd == -EXDEV ? "a link is absolute or leads out of the directory"
				     : strerror(-fd));
		return 0;
	}
	if (feed)
		err = trusted_file_check(fd, RULES_FEED_MAX, &file->len, &refusal);
	else
		err = trusted_file_take(fd, RULES_LISTS_MAX, &file->data, &file->len, &refusal);
	if (feed && err == 0)
		file->fd = fd;
	else
		close(fd);
	if (err == -ENOMEM)
		return err;
	if (err < 0)
		rules_problem(place, "%s%s",
			refusal ? "" : "cannot read: ", refusal ? refusal : strerror(-err));
	return 0;
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

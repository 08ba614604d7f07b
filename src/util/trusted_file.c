/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file that decides what the sensor does, so nobody but root and the caller may write it.
 */
#include "util/trusted_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file_io.h"

static const char *refusal(const struct stat *status, size_t max)
{
	if (!S_ISREG(status->st_mode))
		return "is not a regular file";
	if (status->st_uid != 0 && status->st_uid != getuid())
		return "belongs neither to root nor to the user who runs this";
	if (status->st_mode & (S_IWGRP | S_IWOTH))
		return "can be written by its group or by others";
	if ((size_t)status->st_size > max)
		return "is too large";
	return NULL;
}

int trusted_file_check(int fd, size_t max, size_t *ret_len, const char **ret_refusal)
{
	struct stat status;

	*ret_refusal = NULL;
	if (fstat(fd, &status) < 0)
		return -errno;
	*ret_refusal = refusal(&status, max);
	if (*ret_refusal)
		return -EINVAL;
	*ret_len = (size_t)status.st_size;
	return 0;
}

int trusted_file_take(
	int fd, size_t max, char **ret_data, size_t *ret_len, const char **ret_refusal)
{
	char *data = NULL;
	size_t size;
	ssize_t len;
	int err = trusted_file_check(fd, max, &size, ret_refusal);

	if (err < 0)
		return err;
	/* One more than there should be: a file that grows meanwhile is not cut in silence. */
	data = malloc(size + 1);
	if (!data)
		return -ENOMEM;
	len = file_read_at(fd, data, size + 1, 0);
	if (len < 0) {
		err = (int)len;
	} else if ((size_t)len != size) {
		*ret_refusal = "changes while it is read";
		err = -EINVAL;
	} else {
		*ret_data = data;
		*ret_len = (size_t)len;
		data = NULL;
	}
	free(data);
	return err;
}

int trusted_file_read(
	const char *path, size_t max, char **ret_data, size_t *ret_len, const char **ret_refusal)
{
	int fd = open(path, TRUSTED_FILE_FLAGS), err;

	*ret_refusal = NULL;
	if (fd < 0)
		return -errno;
	err = trusted_file_take(fd, max, ret_data, ret_len, ret_refusal);
	close(fd);
	return err;
}

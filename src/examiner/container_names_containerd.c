/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the image of a container out of containerd's own database. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "examiner/bolt_db.h"
#include "examiner/container_names.h"
#include "examiner/host_file.h"

/*
 * A bundle has a link to its persistent twin, which tells where containerd keeps the rest
 * (containerd runtime/v2/bundle.go, metadata/buckets.go).
 */
static int database_path(const struct container_answer *answer, char *ret_path, size_t size)
{
	char target[CONTAINER_STATE_PATH_SIZE], end[sizeof(target)];
	int bundle = host_directory_open(answer->monitor.root, answer->state.bundle);
	ssize_t len;
	size_t end_len;

	if (bundle < 0)
		return bundle;
	len = readlinkat(bundle, "work", target, sizeof(target) - 1);
	close(bundle);
	if (len <= 0 || target[0] != '/')
		return -ENOENT;
	target[len] = '\0';
	end_len = (size_t)snprintf(end, sizeof(end), "/io.containerd.runtime.v2.task/%s/%s",
		answer->monitor.space, answer->id);
	if ((size_t)len <= end_len || strcmp(target + len - end_len, end) != 0)
		return -ENOENT;
	target[(size_t)len - end_len] = '\0';
	len = snprintf(ret_path, size, "%s/io.containerd.metadata.v1.bolt/meta.db", target);
	return (size_t)len < size ? 0 : -ENAMETOOLONG;
}

/* With Kubernetes config.json holds the names; with ctr there is only the id and the image. */
int container_names_containerd(const struct container_answer *answer, struct oci_names *ret_names)
{
	const char *const key[] = {
		"v1", answer->monitor.space, "containers", answer->id, "image", NULL};
	char path[CONTAINER_STATE_PATH_SIZE + 64];
	int fd, err;

	if (answer->config.names.manager == OCI_MANAGER_UNKNOWN)
		snprintf(ret_names->container_name, sizeof(ret_names->container_name), "%s",
			answer->id);
	if (ret_names->image[0])
		return 0;
	err = answer->state.bundle[0] == '/' ? database_path(answer, path, sizeof(path)) : -ENOENT;
	if (err < 0)
		return err;
	fd = host_file_open(answer->monitor.root, path);
	if (fd < 0)
		return fd;
	err = bolt_db_find(fd, key, ret_names->image, sizeof(ret_names->image));
	close(fd);
	return err;
}

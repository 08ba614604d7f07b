/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a container's names out of Docker's own files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examiner/container_names.h"
#include "examiner/host_file.h"

#define ROOT_ELEMENTS 3

/*
 * The data root, which a user may have moved, is where the container's root file system lies, less
 * three elements, with every storage driver: overlay2/<layer>/merged, btrfs/subvolumes/<id>,
 * zfs/graph/<id>, vfs/dir/<id>, rootfs/<snapshotter>/<id> (moby daemon/graphdriver,
 * daemon/snapshotter).
 */
static int data_root(const char *root_path, char *ret_root, size_t size)
{
	size_t len = strlen(root_path);

	if (root_path[0] != '/' || len >= size)
		return -ENOENT;
	memcpy(ret_root, root_path, len + 1);
	for (unsigned i = 0; i < ROOT_ELEMENTS; i++) {
		char *slash = strrchr(ret_root, '/');

		if (!slash)
			return -ENOENT;
		*slash = '\0';
	}
	return 0;
}

int container_names_docker(const struct container_answer *answer, struct oci_names *ret_names)
{
	char root[OCI_STRING_SIZE], path[OCI_STRING_SIZE + 128], *text;
	struct oci_names names;
	size_t len;
	int err = data_root(answer->config.root_path, root, sizeof(root));

	if (err < 0)
		return err;
	snprintf(path, sizeof(path), "%s/containers/%s/config.v2.json", root, answer->id);
	err = host_file_read(answer->monitor.root, path, OCI_FILE_MAX, &text, &len);
	if (err < 0)
		return err;
	err = oci_docker_read((struct span){text, len}, &names);
	free(text);
	if (err == 0)
		*ret_names = names;
	return err;
}

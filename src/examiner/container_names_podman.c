/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a container's names out of the storage of Podman. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "examiner/container_names.h"
#include "examiner/host_file.h"
#include "util/span.h"

/* containers/storage, containers.go: the second, since 1.46, for containers with --rm. */
static const char *const lists[] = {"containers.json", "volatile-containers.json"};

/* The list of all containers of a host; one longer than OCI_FILE_MAX is not read: no image then. */
static int read_list(int storage, const char *list, const char *id, struct oci_names *ret_names)
{
	size_t len;
	char *text;
	int err = host_file_read(storage, list, OCI_FILE_MAX, &text, &len);

	if (err < 0)
		return err;
	err = oci_storage_read((struct span){text, len}, span_of(id), ret_names);
	free(text);
	return err;
}

/* The bundle is <storage>/<id>/userdata. */
static int open_storage(const struct container_answer *answer)
{
	char path[CONTAINER_STATE_PATH_SIZE], end[CONTAINER_ID_SIZE + 16];
	struct span bundle = span_of(answer->state.bundle);
	int len = snprintf(end, sizeof(end), "/%s/userdata", answer->id);

	if (bundle.len <= (size_t)len || bundle.data[0] != '/' ||
		strcmp(bundle.data + bundle.len - len, end) != 0)
		return -ENOENT;
	snprintf(path, sizeof(path), "%.*s", (int)bundle.len - len, bundle.data);
	return host_directory_open(answer->monitor.root, path);
}

int container_names_podman(const struct container_answer *answer, struct oci_names *ret_names)
{
	int storage = open_storage(answer), err = -ENOENT;
	struct oci_names names;

	if (storage < 0)
		return storage;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && err < 0; i++)
		err = read_list(storage, lists[i], answer->id, &names);
	close(storage);
	if (err == 0)
		*ret_names = names;
	return err;
}

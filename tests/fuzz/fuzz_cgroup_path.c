/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds any bytes to the reader of cgroup paths and checks what it promises. */
/* Parser: src/util/cgroup_path.c src/util/cgroup_rule.c src/util/cgroup_shape.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/cgroup_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

/* Ends within its array and holds nothing that could leave a file's path. */
static void expect_id(const char *id, size_t size)
{
	size_t len = strnlen(id, size);

	expect(len < size);
	expect(strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.+-") ==
		len);
	expect(strcmp(id, "..") != 0 && strcmp(id, ".") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span path = {(const char *)data, len};
	struct cgroup_identity got;
	bool container, root, slice, session, pod_parent;

	memset(&got, 0xff, sizeof(got));
	cgroup_path_identify(path, &got);
	container = got.kind == CGROUP_CONTAINER || got.kind == CGROUP_SANDBOX;
	expect_id(got.container_id, sizeof(got.container_id));
	expect_id(got.parent_container_id, sizeof(got.parent_container_id));
	expect_id(got.pod_uid, sizeof(got.pod_uid));
	expect(container == (got.container_id[0] != '\0'));
	expect(container == (got.runtime != CGROUP_RUNTIME_NONE));
	expect(container || !got.parent_container_id[0]);
	expect(container == (got.container_path_len > 0) && got.container_path_len <= len);
	expect(got.kind <= CGROUP_JOB && got.confidence <= CGROUP_HIGH);
	expect(cgroup_runtime_name(got.runtime) && cgroup_orchestrator_name(got.orchestrator));
	root = cgroup_path_is_root(path);
	slice = cgroup_path_is_slice(path);
	session = cgroup_path_is_login_session(path);
	pod_parent = cgroup_path_is_pod_parent(path);
	expect(!root || (!slice && !session && !pod_parent));
	expect(!session || (!slice && !pod_parent));
	return 0;
}

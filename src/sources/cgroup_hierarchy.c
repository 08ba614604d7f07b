// SPDX-License-Identifier: Apache-2.0
/* Chooses the cgroup hierarchy whose ids the records carry. */
#include "sources/cgroup_hierarchy.h"

#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file_io.h"
#include "util/mountinfo.h"
#include "util/span.h"

#define ROOT_INODE 1 /* a cgroup namespace shows a directory below as "/"; its inode is not 1 */

/* In order of preference: what container runtimes always put their containers into comes first. */
static const char *const controllers[] = {"pids", "memory", "cpuacct", "cpu", "devices", "freezer"};

/* Takes the next field of the line at *text; false at its end. */
static bool field_next(const char **text, struct span *ret_field)
{
	*text += strspn(*text, " \t");
	ret_field->data = *text;
	ret_field->len = strcspn(*text, " \t\n");
	*text += ret_field->len;
	return ret_field->len;
}

static const char *line_next(const char *line)
{
	line = strchr(line, '\n');
	return line ? line + 1 : NULL;
}

/* /proc/cgroups: name, hierarchy, number of cgroups, enabled. 0 where it has none of its own. */
static unsigned hierarchy_of(const char *cgroups, const char *controller)
{
	for (const char *line = cgroups; line && *line; line = line_next(line)) {
		const char *text = line;
		struct span name, number;
		unsigned long id;
		char *end;

		if (!field_next(&text, &name) || !span_equal(name, span_of(controller)) ||
			!field_next(&text, &number))
			continue;
		id = strtoul(number.data, &end, 10);
		if (end == number.data + number.len && id <= INT_MAX)
			return id;
	}
	return 0;
}

static bool option_has(struct span options, const char *word)
{
	while (options.len) {
		const char *comma = memchr(options.data, ',', options.len);
		size_t len = comma ? (size_t)(comma - options.data) : options.len;

		if (span_equal((struct span){options.data, len}, span_of(word)))
			return true;
		len += comma != NULL;
		options = (struct span){options.data + len, options.len - len};
	}
	return false;
}

/* Is it one of the wanted hierarchy (NULL: cgroup2)? */
static bool mount_matches(const struct mountinfo_mount *mount, const char *controller)
{
	if (!controller)
		return span_equal(mount->fstype, span_of("cgroup2"));
	return span_equal(mount->fstype, span_of("cgroup")) &&
	       option_has(mount->options, controller);
}

/* Leaves "" where no mount shows the true root. */
static void mount_find(const char *text, const char *controller, cgroup_root_fn is_root,
	char to[static CGROUP_MOUNT_MAX])
{
	struct mountinfo mountinfo = {.rest = span_of(text)};
	struct mountinfo_mount mount;

	while (mountinfo_next(&mountinfo, &mount)) {
		if (mount_matches(&mount, controller) &&
			mountinfo_text(mount.point, to, CGROUP_MOUNT_MAX) == 0 && is_root(to))
			return;
	}
	to[0] = '\0';
}

/* Mounted at all, even where no mount shows its root: the ids are the same. */
static bool cgroup2_mounted(const char *text)
{
	struct mountinfo mountinfo = {.rest = span_of(text)};
	struct mountinfo_mount mount;

	while (mountinfo_next(&mountinfo, &mount)) {
		if (mount_matches(&mount, NULL))
			return true;
	}
	return false;
}

void cgroup_hierarchy_choose(const char *cgroups, const char *mountinfo, cgroup_root_fn is_root,
	struct cgroup_hierarchy *ret_hierarchy)
{
	struct cgroup_hierarchy *h = ret_hierarchy;

	memset(h, 0, sizeof(*h));
	mount_find(mountinfo, NULL, is_root, h->cgroup2);
	for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++) {
		h->id = hierarchy_of(cgroups, controllers[i]);
		if (!h->id)
			continue;
		h->version = 1;
		h->controller = controllers[i];
		mount_find(mountinfo, h->controller, is_root, h->mount);
		return;
	}
	if (!cgroup2_mounted(mountinfo))
		return;
	h->version = 2;
	memcpy(h->mount, h->cgroup2, sizeof(h->mount));
}

static bool is_true_root(const char *mount_point)
{
	struct stat st;

	return !stat(mount_point, &st) && S_ISDIR(st.st_mode) && st.st_ino == ROOT_INODE;
}

/* The whole file as a string the caller frees. */
static int read_text(const char *path, char **ret_text)
{
	ssize_t len = 0;
	char *text = malloc(MOUNTINFO_MAX + 1);
	int err = 0, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (!text || fd < 0) {
		err = text ? -errno : -ENOMEM;
		goto out;
	}
	len = file_read_at(fd, text, MOUNTINFO_MAX, 0);
	if (len < 0) {
		err = (int)len;
		goto out;
	}
	text[len] = '\0';
	*ret_text = text;
	text = NULL;
out:
	if (fd >= 0)
		close(fd);
	free(text);
	return err;
}

int cgroup_hierarchy_find(struct cgroup_hierarchy *ret_hierarchy)
{
	char *cgroups = NULL, *mountinfo = NULL;
	int err;

	err = read_text("/proc/cgroups", &cgroups);
	/* A kernel without version 1 may lack the file: then there is only cgroup2. */
	if (err && err != -ENOENT)
		goto out;
	err = read_text("/proc/self/mountinfo", &mountinfo);
	if (err)
		goto out;
	cgroup_hierarchy_choose(cgroups ? cgroups : "", mountinfo, is_true_root, ret_hierarchy);
out:
	free(cgroups);
	free(mountinfo);
	return err;
}

int cgroup_subsystem_find(const char *controller, unsigned *ret_subsystem)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *type;
	char wanted[32];
	int id, err = -ENOENT;

	if (!btf)
		return -errno;
	snprintf(wanted, sizeof(wanted), "%s_cgrp_id", controller);
	id = btf__find_by_name_kind(btf, "cgroup_subsys_id", BTF_KIND_ENUM);
	if (id < 0)
		goto out;
	type = btf__type_by_id(btf, (__u32)id);
	for (unsigned i = 0; i < btf_vlen(type); i++) {
		const struct btf_enum *row = &btf_enum(type)[i];

		if (strcmp(btf__name_by_offset(btf, row->name_off), wanted))
			continue;
		*ret_subsystem = (unsigned)row->val;
		err = 0;
		break;
	}
out:
	btf__free(btf);
	return err;
}

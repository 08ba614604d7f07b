// SPDX-License-Identifier: Apache-2.0
/* Pins what is at work, and takes what is pinned back into work. */
#include "sources/live_pins.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "minerwatch.skel.h"

#define RING "ring"
#define VARIABLES "variables"
#define LOSSES "losses"

/* bpf(2) takes no directory's descriptor before 6.5, but a path that leads through one. */
static void path_of(char path[static PATH_MAX], int directory, const char *set, const char *kind,
	const char *name)
{
	snprintf(path, PATH_MAX, "/proc/self/fd/%d/%s/%s%s", directory, set, kind, name);
}

static int get(int directory, const char *set, const char *kind, const char *name, int *ret_fd)
{
	char path[PATH_MAX];
	int fd;

	path_of(path, directory, set, kind, name);
	fd = bpf_obj_get(path);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int pin(int directory, const char *set, const char *kind, const char *name, int fd)
{
	char path[PATH_MAX];

	if (fd < 0)
		return 0;
	path_of(path, directory, set, kind, name);
	return bpf_obj_pin(fd, path) < 0 ? -errno : 0;
}

/*
 * That the link is this program's, and attached: one to a cgroup can be detached while it is pinned
 * (BPF_LINK_DETACH).
 */
static int check_link(int link_fd, int program_fd)
{
	struct bpf_link_info link = {0};
	struct bpf_prog_info program = {0};
	__u32 link_len = sizeof(link), program_len = sizeof(program);

	if (bpf_obj_get_info_by_fd(link_fd, &link, &link_len) < 0 ||
		bpf_obj_get_info_by_fd(program_fd, &program, &program_len) < 0)
		return -errno;
	if (link.prog_id != program.id)
		return -EINVAL;
	return link.type == BPF_LINK_TYPE_CGROUP && !link.cgroup.cgroup_id ? -ENOLINK : 0;
}

static int get_all(int directory, const char *name, struct live_set *set)
{
	int err = get(directory, name, RING, "", &set->ring);

	if (!err)
		err = get(directory, name, VARIABLES, "", &set->variables);
	if (!err)
		err = live_set_map(set);
	if (!err)
		err = get(directory, name, LOSSES, "", &set->losses);
	if (!err)
		err = live_set_map_losses(set);
	if (!err && set->bss->condemned)
		err = -ENOLINK;
	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX && hooks[i].programs[j] && !err; j++) {
			const char *program = hooks[i].programs[j];

			err = get(directory, name, "program-", program, &set->programs[i][j]);
			if (!err)
				err = get(directory, name, "link-", program, &set->links[i][j]);
			if (!err)
				err = check_link(set->links[i][j], set->programs[i][j]);
		}
	}
	return err;
}

int live_pins_find(int directory, const struct pins_set sets[], unsigned count, const char *digest,
	struct pins_set *ret_own, struct live_set *set)
{
	while (count--) {
		if (!sets[count].whole || strcmp(sets[count].digest, digest) != 0)
			continue;
		if (get_all(directory, sets[count].name, set) == 0) {
			*ret_own = sets[count];
			return 0;
		}
		live_set_done(set);
	}
	return -ENOENT;
}

static int pin_all(int directory, const char *name, const struct live_set *set)
{
	int err = pin(directory, name, RING, "", set->ring);

	if (!err)
		err = pin(directory, name, VARIABLES, "", set->variables);
	if (!err)
		err = pin(directory, name, LOSSES, "", set->losses);
	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX && hooks[i].programs[j] && !err; j++) {
			const char *program = hooks[i].programs[j];

			err = pin(directory, name, "program-", program, set->programs[i][j]);
			if (!err)
				err = pin(directory, name, "link-", program, set->links[i][j]);
		}
	}
	return err;
}

int live_pins_make(int directory, const struct pins_set *name, const struct live_set *set)
{
	char half[sizeof(PINS_HALF) + sizeof(name->name)];
	int err;

	snprintf(half, sizeof(half), "%s%s", PINS_HALF, name->name);
	if (mkdirat(directory, half, 0700) < 0)
		return -errno;
	err = pin_all(directory, half, set);
	if (!err && renameat(directory, half, directory, name->name) < 0)
		err = -errno;
	if (err)
		pins_remove(directory, half);
	return err;
}

int live_pins_ring(int directory, const struct pins_set *set)
{
	int ring = -1, err = get(directory, set->name, RING, "", &ring);

	return err ? err : ring;
}

int live_pins_losses(int directory, const struct pins_set *name, struct live_set *set)
{
	int err = get(directory, name->name, LOSSES, "", &set->losses);

	if (!err)
		err = live_set_map_losses(set);
	for (unsigned i = 0; i < HOOK_COUNT && !err; i++)
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX && hooks[i].programs[j]; j++)
			get(directory, name->name, "program-", hooks[i].programs[j],
				&set->programs[i][j]); /* or none */
	return err;
}

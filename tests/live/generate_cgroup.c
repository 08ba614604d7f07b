/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a cgroup, moves a process in and out, removes it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "generate.h"

static void name_cgroup(const struct generate *run, char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", run->place, run->marker);
}

static int move_to(const char *directory)
{
	char path[PATH_MAX + 16];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, "0", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

static int in_and_out(struct generate *run)
{
	char path[PATH_MAX];
	int err;

	name_cgroup(run, path);
	err = move_to(path);
	return err ? err : move_to(run->place);
}

static int begin(struct generate *run)
{
	return run->place ? 0 : -EINVAL;
}

/* One made, two moves, one removed. */
static int make(struct generate *run)
{
	char path[PATH_MAX];
	int err;

	name_cgroup(run, path);
	if (mkdir(path, 0755))
		return -errno;
	err = generate_in_child(run, in_and_out);
	if (rmdir(path) && !err)
		err = -errno;
	return err;
}

const struct way cgroup_ways[] = {
	{"move", begin, make},
	{NULL, NULL, NULL},
};

/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroup of a canary: made for a play, renamed and removed after it. */
#include "sources/canary_cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/canary.h"

#define NAME "minerwatch-canary-" /* and the number of the process that made it */
#define RENAMED "-again"

/* One that is there already triggers nothing: it was left by a process of the same number. */
static bool make(const char *path)
{
	return mkdir(path, 0700) == 0 ||
	       (errno == EEXIST && rmdir(path) == 0 && mkdir(path, 0700) == 0);
}

bool canary_cgroup_make(const char *mount, char path[static CANARY_CGROUP_MAX])
{
	if (mount[0])
		snprintf(path, CANARY_CGROUP_MAX, "%s/" NAME "%d", mount, (int)getpid());
	if (mount[0] && make(path))
		return true;
	path[0] = '\0';
	return false;
}

unsigned canary_cgroup_end(const char *path)
{
	char renamed[CANARY_CGROUP_MAX + sizeof(RENAMED)];
	unsigned untried = 0;

	snprintf(renamed, sizeof(renamed), "%s" RENAMED, path);
	if (rename(path, renamed) < 0)
		untried |= LINK_BIT(LINK_RENAME);
	if (rmdir(untried ? path : renamed) < 0)
		untried |= LINK_BIT(LINK_RELEASE);
	return untried;
}

static bool is_left(const char *name)
{
	const char *number = name + strlen(NAME);
	unsigned long pid;
	char *end;

	if (strncmp(name, NAME, strlen(NAME)) != 0 || *number < '1' || *number > '9')
		return false;
	pid = strtoul(number, &end, 10);
	if (pid > INT32_MAX || (*end && strcmp(end, RENAMED) != 0))
		return false;
	/* In a container the one before had our own number. */
	return (pid_t)pid == getpid() || (kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}

void canary_cgroup_sweep(const char *mount)
{
	DIR *list = mount[0] ? opendir(mount) : NULL;
	struct dirent *entry;

	if (!list)
		return;
	while ((entry = readdir(list)))
		if (is_left(entry->d_name))
			unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR);
	closedir(list);
}

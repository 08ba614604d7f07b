/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a cgroup hierarchy; a cgroup's id is the inode number of its directory. */
#include "sources/cgroup_walk.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "event.h"
#include "sources/host.h"

#define WALK_MAX 16384
#define WALK_DEPTH_MAX 32

struct cgroup_record {
	struct event_cgroup cgroup;
	char path[EVENT_CGROUP_PATH_MAX];
};

static int feed_one(const FTSENT *entry, size_t prefix, const struct record_out *out)
{
	static struct cgroup_record record;
	const char *path = entry->fts_path + prefix;
	size_t len;

	if (!*path)
		path = "/";
	len = strlen(path) + 1;
	memset(&record.cgroup, 0, sizeof(record.cgroup));
	record.cgroup.header = host_header(EVENT_CGROUP, sizeof(record.cgroup));
	if (len > sizeof(record.path)) {
		len = sizeof(record.path);
		record.cgroup.header.flags |= EVENT_CUT_PATH;
	}
	memcpy(record.path, path, len - 1);
	record.path[len - 1] = '\0';
	record.cgroup.header.size += (__u32)len;
	record.cgroup.header.cgroup_id = entry->fts_statp->st_ino;
	record.cgroup.level = (__u32)entry->fts_level;
	record.cgroup.path_len = (__u32)len;
	return out->feed(out->context, &record, record.cgroup.header.size);
}

int cgroup_walk(const char *mount, const struct record_out *out)
{
	char *roots[] = {(char *)mount, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	int count = 0, err = 0;
	FTSENT *entry;

	if (!walk)
		return -errno;
	while (err >= 0 && count < WALK_MAX && (entry = fts_read(walk))) {
		if (entry->fts_info != FTS_D)
			continue;
		err = feed_one(entry, strlen(mount), out);
		count++;
		if (entry->fts_level >= WALK_DEPTH_MAX)
			fts_set(walk, entry, FTS_SKIP);
	}
	fts_close(walk);
	return err < 0 ? err : count;
}

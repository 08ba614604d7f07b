/* SPDX-License-Identifier: Apache-2.0 */
/* Holds what a runtime's state file says against what the kernel says of the process. */
#include "examiner/container_match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "examiner/proc_read.h"
#include "util/cgroup_path.h"
#include "util/mountinfo.h"
#include "util/span.h"

#define CGROUP_FILE_MAX 16384 /* of /proc/PID/cgroup: up to 15 lines of a path each */

/* Decides about one cgroup path, from its hierarchy's root. */
typedef bool cgroup_judge(struct span path, const void *context);

static struct span without_ends(struct span path)
{
	while (path.len > 1 && path.data[path.len - 1] == '/')
		path.len--;
	return path;
}

/* A reader in a cgroup namespace of its own is shown "/../../docker/..." for what lies outside. */
static struct span without_parents(struct span path)
{
	while (span_starts(path, "/..") && (path.len == 3 || path.data[3] == '/'))
		path = (struct span){path.data + 3, path.len - 3};
	return path;
}

/* Of a path on the host, the part below the mount point of the root of a cgroup hierarchy. */
static bool below_mount(
	const struct mountinfo_mount *mount, struct span path, struct span *ret_path)
{
	char point[CONTAINER_STATE_PATH_SIZE];
	size_t len;

	if (!span_equal(mount->fstype, span_of("cgroup")) &&
		!span_equal(mount->fstype, span_of("cgroup2")))
		return false;
	if (without_parents(mount->root).len > 1 ||
		mountinfo_text(mount->point, point, sizeof(point)) < 0)
		return false;
	len = strlen(point);
	if (!span_starts(path, point))
		return false;
	*ret_path = (struct span){path.data + len, path.len - len};
	return true;
}

static bool judge_mounted(struct span mounts, const struct container_state *state,
	cgroup_judge *judge, const void *context)
{
	struct mountinfo mountinfo = {.rest = mounts};
	struct mountinfo_mount mount;
	struct span path;

	while (mountinfo_next(&mountinfo, &mount))
		for (unsigned i = 0; i < state->cgroups_count; i++)
			if (below_mount(&mount, span_of(state->cgroups[i]), &path) &&
				judge(without_ends(path), context))
				return true;
	return false;
}

/* True where judge is for one of the state's cgroups; which hierarchy it is in does not matter. */
static bool any_cgroup(
	int monitor, const struct container_state *state, cgroup_judge *judge, const void *context)
{
	char *text;
	ssize_t len;
	bool found = false;

	for (unsigned i = 0; state->from_root && i < state->cgroups_count; i++)
		found |= judge(without_ends(span_of(state->cgroups[i])), context);
	if (state->from_root)
		return found;
	text = malloc(MOUNTINFO_MAX);
	len = text ? proc_read_text(monitor, "mountinfo", text, MOUNTINFO_MAX) : -1;
	if (len > 0)
		found = judge_mounted((struct span){text, (size_t)len}, state, judge, context);
	free(text);
	return found;
}

struct place {
	struct span path; /* of the process in question */
	const char *id;
};

/* The id is what the layout says, or for containerd's own layout the last element. */
static bool is_named(struct span path, const char *id)
{
	struct cgroup_identity identity;

	cgroup_path_identify(path, &identity);
	return strcmp(identity.container_id, id) == 0 ||
	       span_equal(span_basename(path), span_of(id));
}

static bool is_around(struct span path, const void *context)
{
	const struct place *place = context;
	struct span inner = place->path;

	if (path.len > inner.len || memcmp(path.data, inner.data, path.len) != 0)
		return false;
	return (path.len == inner.len || inner.data[path.len] == '/') && is_named(path, place->id);
}

bool container_match_cgroup(const struct container_question *question, int monitor,
	const struct container_state *state, const char *id)
{
	struct place place = {question->path, id};

	return any_cgroup(monitor, state, is_around, &place);
}

/* context: text of /proc/PID/cgroup. From a cgroup namespace of ours only the end can be seen. */
static bool is_listed(struct span path, const void *context)
{
	const char *line = context;

	while (*line) {
		const char *end = strchrnul(line, '\n');
		const char *start = memchr(line, ':', (size_t)(end - line));
		struct span shown = {NULL, 0};

		if (start)
			start = memchr(start + 1, ':', (size_t)(end - start - 1));
		if (start)
			shown = without_parents(
				(struct span){start + 1, (size_t)(end - start - 1)});
		if (shown.len > 1 && shown.len <= path.len &&
			memcmp(path.data + path.len - shown.len, shown.data, shown.len) == 0)
			return true;
		line = end + (*end == '\n');
	}
	return false;
}

static bool shares(const struct container_question *question, int monitor, int init,
	const struct container_state *state)
{
	char text[CGROUP_FILE_MAX];

	if (proc_same_namespace(init, question->process, "pid") &&
		!proc_same_namespace(init, question->host, "pid"))
		return true;
	return proc_read_text(init, "cgroup", text, sizeof(text)) > 0 &&
	       any_cgroup(monitor, state, is_listed, text);
}

int container_match_init(
	const struct container_question *question, int monitor, const struct container_state *state)
{
	int init = proc_open(question->proc, state->init_pid);
	struct proc_stat stat;

	if (init < 0)
		return init;
	if (proc_read_stat(init, &stat) && stat.start_ticks == state->init_start &&
		shares(question, monitor, init, state))
		return init;
	close(init);
	return -ESRCH;
}

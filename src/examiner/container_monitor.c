/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the process on the host that watches over a container. */
#include "examiner/container_monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "examiner/container_id.h"
#include "examiner/proc_read.h"
#include "util/span.h"

#define ANCESTORS_MAX 16
#define FIELD(name) offsetof(struct container_monitor, name)
#define SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *program;
	enum container_monitor_kind kind;
} programs[] = {
	{"containerd-shim-runc-v2", CONTAINER_MONITOR_SHIM},
	{"conmon", CONTAINER_MONITOR_CONMON},
};

/*
 * Of an option that occurs more than once the first counts: conmon's arguments end in a command
 * line for the container's end, whose words could be taken for options. Sources: containerd
 * runtime/v2/shim/shim.go; conmon src/cli.c, Podman and CRI-O pass the short forms.
 */
static const struct {
	enum container_monitor_kind kind;
	const char *option;
	const char *prefix; /* of the value, which follows as an argument of its own */
	size_t field;
} options[] = {
	{CONTAINER_MONITOR_SHIM, "-namespace", "", FIELD(space)},
	{CONTAINER_MONITOR_SHIM, "-id", "", FIELD(id)},
	{CONTAINER_MONITOR_CONMON, "-c", "", FIELD(id)},
	{CONTAINER_MONITOR_CONMON, "-n", "", FIELD(name)},
	{CONTAINER_MONITOR_CONMON, "-r", "", FIELD(runtime)},
	{CONTAINER_MONITOR_CONMON, "--runtime-arg", "--root=", FIELD(runtime_root)},
};

/* Root of a user namespace, of a container or a setuid program is not the host's root. */
static bool is_host_root(int host, int dir)
{
	struct proc_status status;

	if (!proc_read_status(dir, &status))
		return false;
	for (size_t i = 0; i < SIZE(status.uid); i++)
		if (status.uid[i] != 0)
			return false;
	return proc_same_namespace(dir, host, "mnt") && proc_same_namespace(dir, host, "pid");
}

static void read_option(struct container_monitor *monitor, const char *option, const char *value)
{
	for (size_t i = 0; i < SIZE(options); i++) {
		const char **field = (const char **)((char *)monitor + options[i].field);
		size_t len = strlen(options[i].prefix);

		if (options[i].kind == monitor->kind && !*field &&
			strcmp(options[i].option, option) == 0 &&
			strncmp(value, options[i].prefix, len) == 0)
			*field = value + len;
	}
}

/* The kind of monitor that a process says it is; NONE also where its ids are none. */
static void read_arguments(int dir, struct container_monitor *monitor)
{
	ssize_t len = proc_read_text(dir, "cmdline", monitor->argv, sizeof(monitor->argv));
	struct span rest = {monitor->argv, len > 0 ? (size_t)len : 0};
	struct span program = {NULL, 0}, option, value;

	monitor->kind = CONTAINER_MONITOR_NONE;
	monitor->id = monitor->name = monitor->space = NULL;
	monitor->runtime = monitor->runtime_root = NULL;
	if (rest.len == sizeof(monitor->argv) - 1) /* the last argument may have been cut */
		while (rest.len > 0 && rest.data[rest.len - 1])
			rest.len--;
	span_next_argument(&rest, &program);
	program = span_basename(program);
	for (size_t i = 0; i < SIZE(programs); i++)
		if (span_equal(program, span_of(programs[i].program)))
			monitor->kind = programs[i].kind;
	for (bool more = span_next_argument(&rest, &option); more; option = value) {
		more = span_next_argument(&rest, &value);
		if (more)
			read_option(monitor, option.data, value.data);
	}
	if (!monitor->id || !container_id_is_safe(monitor->id) ||
		(monitor->kind == CONTAINER_MONITOR_SHIM &&
			(!monitor->space || !container_id_is_safe(monitor->space))))
		monitor->kind = CONTAINER_MONITOR_NONE;
}

/* The parent's directory; -ESRCH where that pid is another process's by now. */
static int open_parent(int proc, const struct proc_stat *child, struct proc_stat *ret_stat)
{
	int dir = child->ppid ? proc_open(proc, child->ppid) : -ESRCH;

	if (dir < 0)
		return dir;
	if (proc_read_stat(dir, ret_stat) && ret_stat->start_ticks <= child->start_ticks)
		return dir;
	close(dir);
	return -ESRCH;
}

/*
 * The first ancestor that is a monitor; else the first on the host; else ourselves if we are on the
 * host, for where nobody may look into process 1, to which children of a runc that has ended go.
 * Returns its directory in /proc.
 */
static int find_process(int proc, int host, int job, struct container_monitor *monitor)
{
	struct proc_stat stat, parent_stat;
	int nearest = -1;

	if (!proc_read_stat(job, &stat))
		return -ESRCH;
	for (unsigned i = 0; i < ANCESTORS_MAX; i++, stat = parent_stat) {
		int parent = open_parent(proc, &stat, &parent_stat);
		bool on_host = parent >= 0 && is_host_root(host, parent);

		if (parent < 0)
			break;
		if (on_host)
			read_arguments(parent, monitor);
		if (on_host && (nearest < 0 || monitor->kind != CONTAINER_MONITOR_NONE)) {
			if (nearest >= 0)
				close(nearest);
			nearest = parent;
		} else {
			close(parent);
		}
		if (monitor->kind != CONTAINER_MONITOR_NONE)
			return nearest;
	}
	if (nearest >= 0)
		return nearest;
	nearest = openat(proc, "self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (nearest < 0)
		return -errno;
	if (proc_same_namespace(nearest, host, "mnt"))
		return nearest;
	close(nearest);
	return -ENOENT;
}

int container_monitor_find(int proc, int host, int job, struct container_monitor *ret_monitor)
{
	int process, root;

	*ret_monitor = (struct container_monitor){.kind = CONTAINER_MONITOR_NONE};
	process = find_process(proc, host, job, ret_monitor);
	if (process < 0)
		return process;
	/* a magic link: no RESOLVE flag goes with it */
	root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		root = -errno;
		close(process);
		return root;
	}
	ret_monitor->process = process;
	ret_monitor->root = root;
	return 0;
}

void container_monitor_close(struct container_monitor *monitor)
{
	close(monitor->process);
	close(monitor->root);
}

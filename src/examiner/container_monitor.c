/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the process on the host that watches over a container. */
#include "examiner/container_monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

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

/* The kind of monitor that a process says it is; NONE: none that we know, or without an id. */
static void read_arguments(int dir, struct container_monitor *monitor)
{
	ssize_t len = proc_read_text(dir, "cmdline", monitor->argv, sizeof(monitor->argv));
	struct span rest = {monitor->argv, len > 0 ? (size_t)len : 0};
	struct span program = {NULL, 0}, option, value;

	monitor->kind = CONTAINER_MONITOR_NONE;
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
	if (!monitor->id || (monitor->kind == CONTAINER_MONITOR_SHIM && !monitor->space))
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

/* True: dir is what is looked for, the monitor or, without one, an ancestor; it is theirs then. */
static bool take(int host, int dir, struct container_monitor *monitor)
{
	struct container_monitor found = {.process = dir, .root = -1};
	bool first = monitor->process < 0;

	if (!is_host_root(host, dir))
		return false;
	*monitor = (struct container_monitor){0};
	(void)found;
	(void)first;
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One small function an event type: what it changes in the tables. */
#include "state/state_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "state/cpu_window.h"
#include "state/image.h"
#include "state/workload.h"

void state_init(struct state *state)
{
	*state = (struct state){
		.processes = process_table_new(),
		.cgroups = cgroup_table_new(),
		.flows = flow_table_new(),
		.connections = connection_table_new(),
		.dns = dns_table_new(),
		.contents = content_table_new(),
		.workloads = workload_table_new(),
	};
}

void state_done(struct state *state)
{
	process_table_free(state->processes);
	cgroup_table_free(state->cgroups);
	flow_table_free(state->flows);
	connection_table_free(state->connections);
	dns_table_free(state->dns);
	content_table_free(state->contents);
	workload_table_free(state->workloads);
	*state = (struct state){0};
}

struct process *process_of(struct state *state, const struct event_header *header)
{
	struct process_key key = process_key_of(header->pid, header->start_ns);
	struct process *process = header->type == EVENT_TASK
					  ? process_get_idle(state->processes, &key, state->now_ns)
					  : process_get(state->processes, &key, state->now_ns);

	/* What the examiner says of a process' cgroup is a moment old; the kernel's word stands. */
	if (process && header->cgroup_id && header->type < EVENT_PROCESS) {
		process->cgroup_id = header->cgroup_id;
		cgroup_seen(state->cgroups, header->cgroup_id, &process->key, state->now_ns);
	}
	return process;
}

static void process_gone(struct state *state, struct process *process)
{
	if (!process_alive(process))
		return;
	if (state->ended)
		state->ended(state->context, process);
	process_end(state->processes, process, state->now_ns);
}

static void learn_exe(
	const struct state *state, struct process *process, const struct event_file *file)
{
	process->exe_inode = file->inode;
	process->exe_dev = file->dev;
	process->exe_doubted = process->exe_replaced = false;
	process->execs_lost = state->execs_lost;
}

static struct process *apply_exec(struct state *state, const struct event *event)
{
	struct process *process = process_of(state, event->header);

	if (!process)
		return NULL;
	process_set_kin(state->processes, process, &event->exec->kin);
	process_set_image(process, image_new(event, &state->image_bytes));
	learn_exe(state, process, &event->exec->file);
	return process;
}

/* Read from /proc: says what runs, but its device numbers need not be the kernel's own. */
static struct process *apply_process(struct state *state, const struct event *event)
{
	struct process *process = process_of(state, event->header);
	struct image *image;

	/* Asked of a suspect; of anybody else it would be evidence out of nothing. */
	if (!process || ((event->header->flags & EVENT_AGAIN) && !process->findings))
		return NULL;
	/* An exec or fork knows better what runs; the answer says what argv is now
	 * (argv_rewritten). One that was read before the exec is about the program before. */
	if (process->image)
		return event->header->time_ns > process->image->time_ns ? process : NULL;
	image = image_new(event, &state->image_bytes);
	if (!process->session)
		process_set_kin(state->processes, process, &event->exec->kin);
	process_set_image(process, image);
	process->exe_inode = 0;
	process->exe_replaced = false;
	return process;
}

/*
 * A pass names the file each process runs. Another one than known, twice in a row (once may be an
 * exec whose record is still in the ring): if an exec was dropped since, perhaps its own, then what
 * is known of its program is not true. If none was, the process did not execute another file but
 * had the link changed (prctl PR_SET_MM_EXE_FILE): what is known stands. A drop is counted at the
 * next tick, before its pass: so at the second time it is known.
 */
static void compare_exe(
	const struct state *state, struct process *process, const struct event *event)
{
	const struct event_file *file = &event->task->file;

	if (event->header->flags & EVENT_NO_FILE)
		return;
	if (process->exe_inode &&
		(process->exe_inode != file->inode || process->exe_dev != file->dev)) {
		if (!process->exe_doubted) {
			process->exe_doubted = true;
			return;
		}
		process->exe_replaced |= process->execs_lost == state->execs_lost;
		if (process->exe_replaced)
			return;
		process_set_image(process, NULL);
		process->examined_ns = 0;
	}
	/* Whoever can change the link can change it back. */
	if (!process->exe_replaced)
		learn_exe(state, process, file);
}

static struct process *apply_fork(struct state *state, const struct event *event)
{
	struct process *child = process_of(state, event->header);
	const struct event_kin *kin = &event->fork->kin;
	struct process_key parent = process_key_of(kin->ppid, kin->parent_start_ns);

	if (!child)
		return NULL;
	process_inherit(child, process_find(state->processes, &parent));
	process_set_kin(state->processes, child, kin);
	return child;
}

static struct process *apply_exit(struct state *state, const struct event *event)
{
	struct process_key key = process_key_of(event->header->pid, event->header->start_ns);
	struct process *process = process_find(state->processes, &key);

	/* Never seen alive: nothing was known of it, and nothing rests on it. */
	if (!process || !process_alive(process))
		return NULL;
	/* The exit tells the whole life's CPU time; what the passes saw of it may lag a second. */
	if (event->exit->cpu_ns > process->cpu_ns) {
		/* Of one older than the run, most was used before it. */
		if (process->key.start_ns >= state->host.header.time_ns)
			workload_unseen(state, process, event->exit->cpu_ns - process->cpu_ns);
		process->cpu_ns = event->exit->cpu_ns;
	}
	process_gone(state, process);
	return process;
}

static struct process *apply_cgroup(struct state *state, const struct event *event)
{
	const struct event_header *header = event->header;

	if (header->type == EVENT_CGROUP_RELEASE)
		cgroup_release(state->cgroups, header->cgroup_id);
	else if (event->path.len && header->cgroup_id) /* 0 means unknown, everywhere */
		cgroup_learn(state->cgroups, header->cgroup_id, event->path,
			header->type == EVENT_CGROUP_MKDIR ? state->now_ns : 0);
	return header->type == EVENT_CGROUP_ATTACH ? process_of(state, header) : NULL;
}

static void seen_before(void *context, struct process *process)
{
	const struct state *state = context;
	struct container *container = cgroup_container(state->cgroups, process->cgroup_id);

	if (container)
		container_seen(container, &process->key);
}

static struct process *apply_container(struct state *state, const struct event *event)
{
	/* It was not there when its processes were seen; the oldest tells who came in later. */
	if (cgroup_answer(state->cgroups, event->header->cgroup_id, event))
		process_each(state->processes, seen_before, state);
	return process_of(state, event->header);
}

static struct process *apply_task(struct state *state, const struct event *event)
{
	struct process *process = process_of(state, event->header);

	if (!process || !process_alive(process))
		return NULL;
	process_set_kin(state->processes, process, &event->task->kin);
	process->threads = event->task->threads;
	compare_exe(state, process, event);
	return process;
}

static struct process *apply_thread(struct state *state, const struct event *event)
{
	const struct event_thread *thread = event->thread;
	struct process *process = process_of(state, event->header);

	if (!process || !process_alive(process))
		return NULL;
	/* Used before the run, nobody knows when: in this second's window it would be a peak. */
	if (event->header->time_ns < state->host.header.time_ns)
		return process;
	workload_thread(state, process, event);
	if (!thread->run_ns)
		return process;
	process->cpu_ns += thread->run_ns;
	if (!process->cpu)
		process->cpu = cpu_window_new();
	cpu_window_add(process->cpu, state->now_ns, thread->run_ns, thread->wait_ns);
	return process;
}

static void gone_unnoticed(void *context, struct process *process)
{
	process_gone(context, process);
}

/* A whole pass has been read: whoever lived before it began and was not in it is gone. */
static struct process *apply_tick(struct state *state, const struct event *event)
{
	if (event->tick->pass_start_ns)
		process_each_unseen(
			state->processes, event->tick->pass_start_ns, gone_unnoticed, state);
	return NULL;
}

/* Says something of the process to detectors alone. */
static struct process *apply_told(struct state *state, const struct event *event)
{
	return process_of(state, event->header);
}

/* Of an ended process, or of one never heard of, the file is known all the same. */
static struct process *apply_content(struct state *state, const struct event *event)
{
	struct process_key key = process_key_of(event->header->pid, event->header->start_ns);

	if (event->content->object == CONTENT_EXE)
		content_answer(state->contents, event, state->now_ns);
	return process_find(state->processes, &key);
}

static struct process *apply_rules(struct state *state, const struct event *event)
{
	if (event->header->flags & EVENT_OTHER_READING)
		content_outdate(state->contents);
	return NULL;
}

static struct process *(*const apply[])(struct state *state, const struct event *event) = {
	[EVENT_HOST] = apply_host,
	[EVENT_WALL] = apply_wall,
	[EVENT_TICK] = apply_tick,
	[EVENT_COUNTERS] = apply_counters,
	[EVENT_RULES] = apply_rules,
	[EVENT_DEGRADED] = apply_degraded,
	[EVENT_HUGEPAGES] = apply_hugepages,
	[EVENT_PRELOAD] = apply_preload,
	[EVENT_HIDDEN] = apply_told,
	[EVENT_FINDING] = apply_finding,
	[EVENT_MEMORY] = apply_told,
	[EVENT_CONTENT] = apply_content,
	[EVENT_EXEC] = apply_exec,
	[EVENT_FORK] = apply_fork,
	[EVENT_EXIT] = apply_exit,
	[EVENT_CONNECT] = apply_connect,
	[EVENT_SOCKET] = apply_socket,
	[EVENT_PAYLOAD] = apply_payload,
	[EVENT_CGROUP_MKDIR] = apply_cgroup,
	[EVENT_CGROUP_RELEASE] = apply_cgroup,
	[EVENT_CGROUP_ATTACH] = apply_cgroup,
	[EVENT_CGROUP_RENAME] = apply_cgroup,
	[EVENT_TASK] = apply_task,
	[EVENT_THREAD] = apply_thread,
	[EVENT_PROCESS] = apply_process,
	[EVENT_CGROUP] = apply_cgroup,
	[EVENT_CONTAINER] = apply_container,
};

void state_apply(struct state *state, const struct event *event, struct process **ret_process)
{
	unsigned type = event->header->type;

	/* Records of several CPUs and of the iterator cross a little; event time does not. */
	if (event->header->time_ns > state->now_ns)
		state->now_ns = event->header->time_ns;
	*ret_process = NULL;
	if (type < sizeof(apply) / sizeof(apply[0]) && apply[type])
		*ret_process = apply[type](state, event);
}

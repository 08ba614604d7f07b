/* SPDX-License-Identifier: Apache-2.0 */
/* Asks what stands in the files that processes execute, and has all that run a file judged by the
 * answer. */
#include <linux/magic.h>

#include "pipeline_private.h"

#define MAPPED_AGAIN_NS UINT64_C(60000000000)

static bool has_file(const struct process *process)
{
	return process->image && !(process->image->flags & EVENT_NO_FILE);
}

/*
 * What was just executed may be gone in a moment; others run on, and wait. So does a file whose
 * file system is a program of anybody's, or another host: it may hang the reader till its deadline.
 */
static bool is_urgent(const struct pipeline *pipeline, const struct event_file *file)
{
	return pipeline->event.header->type == EVENT_EXEC && file->fs_magic != FUSE_SUPER_MAGIC &&
	       file->fs_magic != NFS_SUPER_MAGIC;
}

static void ask(
	struct pipeline *pipeline, const struct process *process, uint32_t objects, bool urgent)
{
	struct examine_job job = {
		.kind = EXAMINE_CONTENT,
		.objects = objects,
		.process = process->key,
		.cgroup_id = process->cgroup_id,
		.file = process->image->file,
		.later = !urgent,
	};

	if (pipeline->config.examine)
		pipeline->config.examine(pipeline->config.context, &job);
}

static void ask_about_file(struct pipeline *pipeline, const struct process *process)
{
	const struct event_file *file = &process->image->file;
	bool urgent = is_urgent(pipeline, file);

	if (content_ask(pipeline->state.contents, file, urgent, pipeline->state.now_ns))
		ask(pipeline, process, CONTENT_BIT(CONTENT_EXE), urgent);
}

/* At a pass, not at its exec: by then it has mapped what it was told to. */
static void ask_about_rest(struct pipeline *pipeline, struct process *process)
{
	uint64_t now_ns = pipeline->state.now_ns;

	if (process->content_ns && now_ns < process->content_ns + MAPPED_AGAIN_NS)
		return;
	process->content_ns = now_ns;
	ask(pipeline, process, CONTENT_BIT(CONTENT_MAPPED) | CONTENT_BIT(CONTENT_MEMORY), true);
}

void pipeline_ask_content(struct pipeline *pipeline, struct process *process)
{
	unsigned type = pipeline->event.header->type;

	if (!process_alive(process) || !has_file(process))
		return;
	if (type == EVENT_EXEC || type == EVENT_PROCESS || type == EVENT_TASK)
		ask_about_file(pipeline, process);
	if (type == EVENT_TASK && process->findings)
		ask_about_rest(pipeline, process);
}

/* True for an event that leads to another judgement of what stands in files. */
static bool is_judgement(const struct event *event)
{
	return event->header->type == EVENT_RULES ||
	       (event->header->type == EVENT_CONTENT && event->content->object == CONTENT_EXE);
}

/* A file that nothing is known of, as after a restart, speaks for nobody. */
void pipeline_withdraw(struct pipeline *pipeline, struct process *process,
	const struct detector *detector, const char *grade)
{
	if (process->findings && is_judgement(&pipeline->event) &&
		(detector->events & DETECTOR_ON(EVENT_RULES)) && has_file(process) &&
		content_find(pipeline->state.contents, &process->image->file))
		incident_withdraw(pipeline->incidents, process, detector, grade);
}

/* A file is its device, inode, ctime and size; how many names it has may change. */
static bool same_file(const struct event_file *a, const struct event_file *b)
{
	return a->dev == b->dev && a->inode == b->inode && a->ctime_ns == b->ctime_ns &&
	       a->size == b->size;
}

static void judge_one(void *context, struct process *process)
{
	struct pipeline *pipeline = context;
	const struct event *event = &pipeline->event;

	if (!process_alive(process) || !has_file(process))
		return;
	/* Its own process is judged by the event as any is. */
	if (event->header->type == EVENT_CONTENT &&
		((process->key.pid == event->header->pid &&
			 process->key.start_ns == event->header->start_ns) ||
			!same_file(&process->image->file, &event->content->file)))
		return;
	pipeline_detect(pipeline, process);
}

void pipeline_judge_again(struct pipeline *pipeline)
{
	if (is_judgement(&pipeline->event))
		process_each(pipeline->state.processes, judge_one, pipeline);
}

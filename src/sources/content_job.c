/* SPDX-License-Identifier: Apache-2.0 */
/* What the queue must know of jobs that read files: how long they may take, and what to say when
 * they are given up. */
#include "sources/content_job.h"

#include <string.h>

#include "sources/host.h"

#define SECOND_NS UINT64_C(1000000000)

uint64_t content_job_ns(const struct examine_job *job, const struct content_pace *pace)
{
	uint64_t bytes = 0;

	if (job->kind != EXAMINE_CONTENT || !pace->bytes_per_s)
		return 0;
	if (job->objects & CONTENT_BIT(CONTENT_EXE))
		bytes += job->file.size < pace->largest ? job->file.size : pace->largest;
	if (job->objects & CONTENT_BIT(CONTENT_MAPPED))
		bytes += pace->largest;
	if (job->objects & CONTENT_BIT(CONTENT_MEMORY))
		bytes += CONTENT_MEMORY_BYTES;
	/* Twice, as a disk may be slower than what it is allowed. */
	return (2 * bytes / pace->bytes_per_s + 1) * SECOND_NS;
}

size_t content_job_gave_up(const struct examine_job *job, __u64 record[EVENT_RECORD_MAX / 8])
{
	struct event_content *content = (struct event_content *)record;

	if (job->kind != EXAMINE_CONTENT)
		return 0;
	memset(content, 0, sizeof(*content));
	content->header = host_header(EVENT_CONTENT, sizeof(*content));
	content->header.pid = content->header.tid = job->process.pid;
	content->header.start_ns = job->process.start_ns;
	content->header.cgroup_id = job->cgroup_id;
	content->file = job->file;
	content->result = CONTENT_GAVE_UP;
	content->object = CONTENT_EXE; /* the first of those asked for stands for all */
	while (content->object < CONTENT_MEMORY && !(job->objects & CONTENT_BIT(content->object)))
		content->object++;
	return sizeof(*content);
}

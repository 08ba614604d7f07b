/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a CONTAINER record. */
#include "examiner/container_record.h"

#include <string.h>
#include <time.h>

#include "util/span.h"
#include "util/utf8.h"

#define SECOND_NS UINT64_C(1000000000)

_Static_assert(sizeof(struct event_container) + CONTAINER_TEXTS * EVENT_CONTAINER_TEXT_MAX <=
		       EVENT_RECORD_MAX,
	"the longest texts fit a record");

size_t container_record_write(const struct examine_job *job, const struct container_facts *facts,
	__u64 record[static EVENT_RECORD_MAX / 8])
{
	struct event_container *container = (struct event_container *)record;
	char *next = (char *)(container + 1);
	struct timespec now;

	memset(container, 0, sizeof(*container));
	container->created_ns = facts->created_ns;
	container->flags = facts->flags;
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++) {
		struct span text = span_of(facts->texts[i] ? facts->texts[i] : "");
		struct span kept = utf8_cut(text, EVENT_CONTAINER_TEXT_MAX - 1);

		if (text.len == 0)
			continue;
		if (kept.len < text.len)
			container->flags |= CONTAINER_CUT;
		memcpy(next, kept.data, kept.len);
		next[kept.len] = '\0';
		next += kept.len + 1;
		container->lengths[i] = (__u16)(kept.len + 1);
	}
	clock_gettime(CLOCK_BOOTTIME, &now);
	container->header.type = EVENT_CONTAINER;
	container->header.size = (__u32)(next - (char *)record);
	container->header.time_ns = (__u64)now.tv_sec * SECOND_NS + (__u64)now.tv_nsec;
	container->header.start_ns = job->process.start_ns;
	container->header.cgroup_id = job->cgroup_id;
	container->header.pid = container->header.tid = job->process.pid;
	return container->header.size;
}

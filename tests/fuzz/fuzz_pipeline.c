/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz harness of the pipeline: one input is a run, whose every alert is written as JSON. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "pipeline.h"
#include "rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define STEP_MAX_S 1000

/*
 * A record of the input: these four bytes, then the record's own from behind the header. Few pids,
 * start times and cgroups, so that records meet each other in the state.
 */
struct prefix {
	uint8_t type; /* place in types[]; 255: taken as it comes, with its own header */
	uint8_t who; /* pid, start time, cgroup */
	uint8_t step; /* of event time */
	uint8_t len; /* 16 bytes each */
};

static const uint8_t types[] = {EVENT_HOST, EVENT_WALL, EVENT_TICK, EVENT_COUNTERS, EVENT_DEGRADED,
	EVENT_END, EVENT_EXEC, EVENT_FORK, EVENT_EXIT, EVENT_CONNECT, EVENT_CGROUP_MKDIR,
	EVENT_CGROUP_RELEASE, EVENT_CGROUP_ATTACH, EVENT_CGROUP_RENAME, EVENT_TASK, EVENT_THREAD,
	EVENT_PROCESS, EVENT_CGROUP, EVENT_CONTAINER, EVENT_SOCKET, EVENT_PAYLOAD, EVENT_INCIDENT,
	EVENT_FINDING};

static int write_alert(void *context, const struct alert *alert)
{
	static char line[ALERT_LINE_MAX];
	size_t len = alert_json(alert, NULL, line);

	(void)context;
	/* One line with an end, of a severity that has a name in the schema. */
	if (len < 2 || len > sizeof(line) || line[len - 1] != '\n' ||
		memchr(line, '\n', len) != line + len - 1 || alert->severity == SEVERITY_NONE)
		abort();
	return 0;
}

static void head(
	struct event_header *header, const struct prefix *prefix, size_t len, uint64_t *now_ns)
{
	uint64_t step_ns = (uint64_t)(prefix->step & 127) * 10000000; /* to 1.27 s */

	if (prefix->step & 128)
		step_ns = (uint64_t)(prefix->step & 127) * STEP_MAX_S * 10000000;
	*now_ns += step_ns;
	header->type = types[prefix->type % sizeof(types)];
	header->size = (__u32)len;
	header->time_ns = *now_ns;
	header->start_ns = 1 + (prefix->who >> 3 & 1);
	header->pid = header->tid = 1 + (prefix->who & 7);
	header->cgroup_id = prefix->who >> 4 & 3;
}

static void feed(struct pipeline *pipeline, const uint8_t *data, size_t len)
{
	uint64_t now_ns = UINT64_C(1000000000000);
	struct prefix prefix;

	while (len >= sizeof(prefix)) {
		static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
		size_t take, skip;

		memcpy(&prefix, data, sizeof(prefix));
		data += sizeof(prefix);
		len -= sizeof(prefix);
		take = (size_t)prefix.len * 16 < len ? (size_t)prefix.len * 16 : len;
		skip = prefix.type == 255 ? 0 : sizeof(struct event_header);
		memset(record, 0, sizeof(record));
		memcpy((char *)record + skip, data, take);
		if (skip)
			head((struct event_header *)record, &prefix, skip + take, &now_ns);
		if (pipeline_feed(pipeline, record, skip + take))
			abort();
		data += take;
		len -= take;
	}
}

/* The embedded rules are the same for every input. */
static const struct rules *embedded(void)
{
	static struct rules *rules;

	if (!rules && rules_load(NULL, stderr, &rules) < 0)
		abort();
	return rules;
}

static void examine(void *context, const struct examine_job *job)
{
	(void)context;
	if (!job->process.pid)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct pipeline_config config = {
		.rules = embedded(), .alert = write_alert, .examine = examine};
	struct pipeline *pipeline = pipeline_new(&config);

	if (!pipeline)
		abort();
	feed(pipeline, data, len);
	pipeline_free(pipeline);
	return 0;
}

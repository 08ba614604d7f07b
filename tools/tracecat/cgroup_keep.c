/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses the records that --cgroup keeps. */
#include "cgroup_keep.h"

#include <string.h>

#include "event.h"

static bool belongs_to_no_cgroup(unsigned type)
{
	switch (type) {
	case EVENT_HOST:
	case EVENT_WALL:
	case EVENT_TICK:
	case EVENT_COUNTERS:
	case EVENT_DEGRADED:
	case EVENT_TAMPER:
	case EVENT_END:
		return true;
	default:
		return false;
	}
}

bool cgroup_keeps(uint64_t cgroup_id, const void *record, size_t len)
{
	struct event_header header;

	if (len < sizeof(header))
		return false;
	memcpy(&header, record, sizeof(header));
	return header.cgroup_id == cgroup_id || belongs_to_no_cgroup(header.type);
}

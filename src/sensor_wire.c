/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between the kernel's records and the pipeline: payload is put together on the way. */
#include <errno.h>
#include <unistd.h>

#include "sensor.h"
#include "sources/host.h"

int sensor_take(void *context, void *record, size_t len)
{
	struct sensor *sensor = context;

	const struct event_header *header = record;

	/* Here, where segments pass too: they go no further. */
	canary_watch(&sensor->health.canary, record, len);
	/* Nobody suspects us: that we look at our own socket is for the canary alone. */
	if (header->type == EVENT_SOCKET && header->pid == (__u32)getpid())
		return 0;
	return payload_feed(sensor->payload, record, len);
}

int sensor_wire_tick(struct sensor *sensor)
{
	uint32_t pids[SCANNED_MAX];
	unsigned count = sockets_take(&sensor->sockets, pids);
	int err = payload_tick(sensor->payload, host_now_ns(), false);

	if (err < 0 || !count)
		return err;
	err = live_sockets(sensor->live, pids, count);
	/* Without the hook nobody waits for an answer; a pass that failed is asked for again. */
	if (err < 0 && err != -ENOTSUP)
		sensor->sockets.refused += count;
	return 0;
}

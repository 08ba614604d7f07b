// SPDX-License-Identifier: Apache-2.0
/* The sensor's pass over all processes, with the listings of /proc it is compared with. */
#include "sensor.h"
#include "sources/host.h"

#define PROC "/proc"

/* Says once when nothing hidden can be noticed, and when it can again. */
static void say_blind(struct sensor *sensor)
{
	const char *why = proc_listing_blind(sensor->listing);

	if (why && !sensor->listing_blind)
		sensor_degrade(sensor, "proc_listing", why);
	if (!why && sensor->listing_blind)
		sensor_restore(sensor, "proc_listing");
	sensor->listing_blind = why;
}

int sensor_pass(struct sensor *sensor, struct event_tick *tick)
{
	uint64_t start_ns;
	uint32_t processes;
	bool whole;

	proc_listing_before(sensor->listing, PROC, host_now_ns());
	say_blind(sensor);
	whole = live_pass(sensor->live, &start_ns, &processes) == 0;
	if (whole) {
		tick->pass_start_ns = start_ns;
		tick->processes = processes;
	}
	return proc_listing_after(sensor->listing, PROC, whole, &sensor->out);
}

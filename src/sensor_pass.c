// SPDX-License-Identifier: Apache-2.0
/* The sensor's pass over all processes, with the listings of /proc it is compared with. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

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

/* A missing hook has been said; a pass that came to nothing is said until there is one again. */
static void say_passes(struct sensor *sensor, int err)
{
	bool fails = err < 0 && err != -ENOTSUP;
	char why[sizeof(((struct event_degraded *)0)->why)];

	snprintf(why, sizeof(why), "no pass over all processes: %s", strerror(-err));
	if (fails && !sensor->passes_fail)
		sensor_degrade(sensor, "passes", why);
	if (!fails && sensor->passes_fail)
		sensor_restore(sensor, "passes");
	sensor->passes_fail = fails;
}

int sensor_pass(struct sensor *sensor, struct event_tick *tick)
{
	uint64_t start_ns;
	uint32_t processes;
	int err;

	proc_listing_before(sensor->listing, PROC, host_now_ns());
	say_blind(sensor);
	err = live_pass(sensor->live, &start_ns, &processes);
	say_passes(sensor, err);
	if (err == 0) {
		tick->pass_start_ns = start_ns;
		tick->processes = processes;
	}
	return proc_listing_after(sensor->listing, PROC, err == 0, &sensor->out);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's part in looking at arithmetic: when, and what is said where it cannot. */
#include <stdio.h>

#include "sensor.h"
#include "sources/host.h"

/* Says once when the arithmetic can be seen no more, and when it can again. */
static void say_rounding(struct sensor *sensor)
{
	const char *why = rounding_blind_why(&sensor->rounding);

	if (why && !sensor->blind)
		sensor_degrade(sensor, "rounding", why);
	if (!why && sensor->blind)
		sensor_restore(sensor, "rounding");
	sensor->blind = why != NULL;
}

static void say_closed_cpus(struct sensor *sensor)
{
	char cpus[24], why[80];
	unsigned count = visitor_closed(sensor->rounding.visitor, cpus, sizeof(cpus));

	if (count == sensor->closed_cpus)
		return;
	sensor->closed_cpus = count;
	snprintf(why, sizeof(why), "RandomX may hide on %u CPUs that are not visited: %s", count,
		cpus);
	sensor_degrade(sensor, "rounding_cpus", why);
}

void sensor_rounding_start(struct sensor *sensor)
{
	rounding_try(&sensor->rounding, sensor->live);
	say_rounding(sensor);
	say_closed_cpus(sensor);
}

bool sensor_rounding_tick(struct sensor *sensor)
{
	uint64_t now_ns = host_now_ns();

	rounding_tick(&sensor->rounding, now_ns);
	say_rounding(sensor);
	say_closed_cpus(sensor);
	return visitor_tick(sensor->rounding.visitor, now_ns);
}

int sensor_rounding_round(struct sensor *sensor)
{
	int err = live_consume(sensor->live);

	if (err >= 0)
		err = rounding_round(&sensor->rounding, sensor->live, host_now_ns());
	return err < 0 ? err : 0;
}

int sensor_rounding_answer(struct sensor *sensor)
{
	int err = live_consume(sensor->live);

	if (err >= 0)
		rounding_answer(&sensor->rounding, sensor->live, host_now_ns());
	return err < 0 ? err : 0;
}
